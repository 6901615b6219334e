import type { z } from 'zod'
import { findingText, fixText, requirementText } from '#app/messages/reasons-in-words.ts'
import type { TextKey, Text } from '#app/messages/create-text.ts'
import type { Formats } from '#app/utils/format.ts'
import { refusalOf, statusOf } from '#app/utils/http.server.ts'
import type { RefusedRole } from '#workflows/access/refused-role.ts'
import type { ClauseResult } from '#workflows/charter/verdict.ts'
import type { DomainError } from '#workflows/shared/errors.ts'
import type { reasonShape, refusedShape } from './shape-parts.server.ts'
import type { problemShape } from './shapes.server.ts'

export type Words = { t: Text; format: Formats }
export type Problem = z.infer<typeof problemShape>
type FieldError = NonNullable<Problem['errors']>[number]

/** What can be wrong with a call itself, whatever it asks for, and its status. */
const STATUS = {
	TOKEN_MISSING: 401,
	TOKEN_INVALID: 401,
	SCOPE_MISSING: 403,
	NO_SUCH_ADDRESS: 404,
	METHOD_NOT_ALLOWED: 405,
	BODY_TOO_LARGE: 413,
	MEDIA_TYPE: 415,
	BODY_NOT_JSON: 400,
	KEY_MISSING: 400,
	FIELDS_INVALID: 422,
	TOO_MANY_CALLS: 429,
	UNEXPECTED: 500,
} as const
export type CallProblem = keyof typeof STATUS

/** A call that is refused before any use case is asked. */
export class ApiProblem extends Error {
	override readonly name = 'ApiProblem'
	readonly code: CallProblem
	readonly headers: Readonly<Record<string, string>>
	readonly values: Readonly<Record<string, string>>
	readonly fields: readonly { at: Pick<FieldError, 'pointer' | 'parameter'>; message: string }[]

	constructor(
		code: CallProblem,
		{
			headers = {},
			values = {},
			fields = [],
		}: {
			headers?: Record<string, string>
			/** Values that its sentence names. */
			values?: Record<string, string>
			/** Where in the call what is wrong; messages are keys of the catalogue. */
			fields?: readonly { at: Pick<FieldError, 'pointer' | 'parameter'>; message: string }[]
		} = {},
	) {
		super(code)
		this.code = code
		this.headers = headers
		this.values = values
		this.fields = fields
	}
}

const typeOf = (code: string) => `/api/v1/problems/${code.toLowerCase().replaceAll('_', '-')}`

/** A refused call as RFC 9457 says it. */
export function problemOfCall(
	{ code, values, fields }: ApiProblem,
	{ t }: Words,
	requestId: string,
): Problem {
	return {
		type: typeOf(code),
		title: t(`api.title_${code}`),
		status: STATUS[code],
		detail: t(`api.${code}`, values),
		code,
		requestId,
		...(fields.length === 0
			? {}
			: {
					errors: fields.map(({ at, message }) => ({ ...at, detail: t(message as TextKey) })),
				}),
	}
}

const TITLES: Readonly<Record<number, TextKey>> = {
	401: 'api.title_TOKEN_INVALID',
	403: 'errors.title403',
	404: 'errors.title404',
	409: 'errors.title409',
	422: 'errors.title422',
	429: 'api.title_TOO_MANY_CALLS',
	503: 'errors.title503',
}

/** Fields of a new request by the code of the refusal that is about them. */
const POINTERS: Readonly<Record<string, string>> = {
	TICKET_MALFORMED: '#/ticket',
	DURATION_TOO_LONG: '#/durationSeconds',
	DURATION_TOO_SHORT: '#/durationSeconds',
	ROLE_NOT_REQUESTABLE: '#/roles',
	ALREADY_REQUESTED: '#/roles',
	START_PAST: '#/startAt',
	START_TOO_FAR: '#/startAt',
	NOTHING_TO_REPEAT: '#/like',
}

/** What a use case refused, with every reason. */
export function problemOfRefusal(error: DomainError, words: Words, requestId: string): Problem {
	const { t } = words
	const { code, denials, numbers, role, refused } = refusalOf(error)
	const status = statusOf(error)
	const detail = t(`errors.${code}`, { ...numbers, role: role ?? '' })
	const pointer = POINTERS[code]
	return {
		type: typeOf(code),
		title: t(TITLES[status] ?? 'errors.title500'),
		status,
		detail,
		code,
		requestId,
		...(pointer === undefined ? {} : { errors: [{ pointer, detail: withExample(detail, error, words) }] }),
		...(denials.length === 0 ? {} : { reasons: denials.map((denial) => reasonOf(denial, words)) }),
		...(refused.length === 0 ? {} : { refused: refused.map((each) => refusedRole(each, words)) }),
		...(Object.keys(numbers).length === 0 ? {} : { numbers }),
	}
}

function withExample(detail: string, { details }: DomainError, { t }: Words): string {
	const { example } = details
	return typeof example === 'string' ? `${detail} ${t('requests.ticketHint', { example })}` : detail
}

/** A clause in words: what it asks for, what was found, what mends it and who can. */
export function reasonOf(clause: ClauseResult, words: Words): z.infer<typeof reasonShape> {
	const { fix, who } = fixText(words, clause)
	return {
		code: clause.code,
		requirement: requirementText(words, clause),
		found: findingText(words, clause.found),
		fix,
		who,
	}
}

/** Why one of several roles was refused. */
export function refusedRole(refused: RefusedRole, words: Words): z.infer<typeof refusedShape> {
	const { role, code, denials, numbers, gap, example } = refused
	const { t } = words
	const detail = t(`errors.${code}`, { ...numbers, role: gap ?? '' })
	return {
		role,
		code,
		detail: example === null ? detail : `${detail} ${t('requests.ticketHint', { example })}`,
		reasons: denials.map((denial) => reasonOf(denial, words)),
	}
}
