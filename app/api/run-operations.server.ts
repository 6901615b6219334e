import type { z } from 'zod'
import type { Program } from '#app/services/api/authenticate.server.ts'
import type { FilingForm } from '#app/services/access/file-request.server.ts'
import type { Services } from '#app/services/services.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import type { grantsQueryShape } from './grant-shapes.server.ts'
import { cursorText, readCursor, readNumberCursor } from './cursor.server.ts'
import { filingOf } from './idempotency.server.ts'
import { refusedRole, type Words } from './problems.server.ts'
import { grantOf, requestOf, requestUrl, roleOf, summaryOf } from './represent.server.ts'
import type { filedShape, listQueryShape, newRequestShape, repeatShape } from './request-shapes.server.ts'
import type { meShape } from './shapes.server.ts'

/** One call of a program whose token and scope have been checked, and whose parts have the shapes of the operation. */
export type Call = {
	services: Services
	program: Program
	words: Words
	/** The id in the path; empty where there is none. */
	id: string
	query: unknown
	/** As it was sent. */
	sent: unknown
	body: unknown
	header: (name: string) => string | null
}
export type Answer = { status: number; body: unknown; headers?: Record<string, string> }

/** Whether a body asks for the same as before. */
export const isRepeat = (sent: unknown) => typeof sent === 'object' && sent !== null && 'like' in sent

export async function me({ services, program: { actor, token } }: Call): Promise<Answer> {
	const { person, boundary, tenant } = await services.home.frame(actor)
	const body: z.infer<typeof meShape> = {
		person,
		boundary,
		tenant,
		token: { ...token, scopes: [...token.scopes] },
		permissions: [...actor.permissions],
		time: services.now().toISOString(),
	}
	return { status: 200, body }
}

export async function roles({ services, program: { actor }, words }: Call): Promise<Answer> {
	const found = await services.access.roles(actor)
	return { status: 200, body: { roles: found.map((role) => roleOf(role, words)) } }
}

export async function fileRequest({
	services,
	program: { actor },
	sent,
	body,
	header,
	words,
}: Call): Promise<Answer> {
	const key = filingOf(actor.personId, header('idempotency-key'), sent)
	const form = isRepeat(sent)
		? await repeatedForm(services, actor, body as z.infer<typeof repeatShape>)
		: formOf(body as z.infer<typeof newRequestShape>)
	const { filingId, requests, refused } = await services.access.file(actor, { ...form, ...key })
	const [first, ...others] = requests
	return {
		status: 201,
		body: {
			filingId,
			requests: requests.map(({ id, number, role }) => ({ id, number, role, url: requestUrl(id) })),
			refused: refused.map((each) => refusedRole(each, words)),
		} satisfies z.infer<typeof filedShape>,
		...(first && others.length === 0 ? { headers: { location: requestUrl(first.id) } } : {}),
	}
}

const formOf = ({ startAt, ...body }: z.infer<typeof newRequestShape>): FilingForm => ({
	...body,
	startAt: startAt === null ? null : new Date(startAt),
})

async function repeatedForm(
	services: Services,
	actor: Program['actor'],
	{ like, ...given }: z.infer<typeof repeatShape>,
): Promise<FilingForm> {
	const before = await services.access.repeated(actor, like)
	return formOf({
		...given,
		roles: given.roles ?? before.roles,
		reason: given.reason ?? before.reason,
		durationSeconds: given.durationSeconds ?? before.durationSeconds,
		beneficiaryId: given.beneficiaryId ?? before.beneficiaryId ?? undefined,
	})
}

export async function listRequests({ services, program: { actor }, query }: Call): Promise<Answer> {
	const asked = query as z.infer<typeof listQueryShape>
	const { whose, state, role, number, limit, cursor } = asked
	const { requests, next } = await services.access.list(actor, {
		isOwn: whose === 'mine',
		limit,
		...(state === undefined ? {} : { state }),
		...(number === undefined ? {} : { number }),
		...(role === undefined ? {} : { role }),
		...(cursor === undefined ? {} : { before: readNumberCursor(cursor) }),
	})
	return page('/requests', asked, { requests: requests.map(summaryOf) }, next === null ? null : String(next))
}

export async function listGrants({ services, program: { actor }, query }: Call): Promise<Answer> {
	const asked = query as z.infer<typeof grantsQueryShape>
	const { whose, role, limit, cursor } = asked
	const { grants, next } = await services.access.grantsNow(actor, {
		isOwn: whose === 'mine',
		limit,
		...(role === undefined ? {} : { role }),
		...(cursor === undefined ? {} : { after: readCursor(cursor) }),
	})
	return page('/grants', asked, { grants: grants.map(grantOf) }, next)
}

/** A page of a list, with where the next one is: in the body, and as a link (RFC 8288). */
export function page(
	path: string,
	asked: Record<string, unknown>,
	body: Record<string, unknown>,
	next: string | null,
): Answer {
	if (next === null) return { status: 200, body: { ...body, next: null } }
	const query = new URLSearchParams()
	for (const [name, value] of Object.entries({ ...asked, cursor: cursorText(next) }))
		if (typeof value === 'string' || typeof value === 'number') query.set(name, String(value))
	const address = `/api/v1${path}?${query}`
	return { status: 200, body: { ...body, next: address }, headers: { link: `<${address}>; rel="next"` } }
}

export async function showRequest({ services, program: { actor }, id }: Call): Promise<Answer> {
	return { status: 200, body: requestOf(await services.access.show(actor, id)) }
}

/** Withdrawing what is withdrawn already, as a program does that heard no answer, is no fault. */
export async function withdraw({ services, program: { actor }, id }: Call): Promise<Answer> {
	try {
		await services.access.withdraw(actor, id)
	} catch (error) {
		if (!isIllegal(error)) throw error
		const { charts } = await services.access.show(actor, id)
		if (charts[0]?.state !== 'withdrawn') throw error
	}
	return { status: 200, body: requestOf(await services.access.show(actor, id)) }
}

const OVER: ReadonlySet<string> = new Set([
	'removing',
	'postponed',
	'notConfirmed',
	'ended',
	'expired',
	'revoked',
	'voided',
])

/** The same of an access that is ending, or has ended. */
export async function endGrant({ services, program: { actor }, id }: Call): Promise<Answer> {
	const requestId = await services.access.requestOfOwnGrant(actor, id)
	try {
		await services.access.endGrant(actor, requestId)
	} catch (error) {
		if (!isIllegal(error)) throw error
		const { grant } = await services.access.show(actor, requestId)
		if (grant === null || !OVER.has(grant.state)) throw error
	}
	return { status: 200, body: requestOf(await services.access.show(actor, requestId)) }
}

const isIllegal = (error: unknown) => isDomainError(error) && error.code === 'ILLEGAL_TRANSITION'
