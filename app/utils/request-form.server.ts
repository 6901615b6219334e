import { z } from 'zod'
import { instantField, parseForm } from './form.server.ts'

/** The form of a new request. */
export const requestFormSchema = z.object({
	filingKey: z.uuid('errors.INVALID_INPUT'),
	charterVersion: z.coerce.number('errors.INVALID_INPUT').int('errors.INVALID_INPUT').optional(),
	/** Keys of roles, separated by commas. */
	role: z
		.string('errors.chooseRole')
		.min(1, 'errors.chooseRole')
		.max(2000, 'errors.chooseRole')
		.transform((text) => text.split(',').filter((key) => key !== '')),
	allOrNone: z
		.enum(['yes', 'no'])
		.catch('yes')
		.transform((choice) => choice === 'yes'),
	beneficiary: z.union([z.literal(''), z.uuid('errors.NOT_FOUND')]).default(''),
	reason: z.string().trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong'),
	ticket: z.string().trim().min(1, 'errors.required').max(60, 'errors.TICKET_MALFORMED'),
	durationMinutes: z.coerce
		.number('errors.required')
		.int('errors.required')
		.min(1, 'errors.required')
		.max(1440, 'errors.DURATION_TOO_LONG'),
	startAt: instantField.default(null),
})

/** The field that a refusal of the use case belongs to. */
const FIELD_OF: Readonly<Record<string, string>> = {
	TICKET_MALFORMED: 'ticket',
	DURATION_TOO_LONG: 'durationMinutes',
	DURATION_TOO_SHORT: 'durationMinutes',
	ROLE_NOT_REQUESTABLE: 'role',
	ALREADY_REQUESTED: 'role',
	START_PAST: 'startAt',
	START_TOO_FAR: 'startAt',
}

export const fieldOf = (code: string): string | undefined => FIELD_OF[code]

const minutes = z.coerce
	.number('errors.required')
	.int('errors.required')
	.min(1, 'errors.required')
	.max(1440, 'errors.DURATION_TOO_LONG')

/** What an approver chooses; the minutes and the group are there where there is a choice. */
export const decisionFormSchema = z
	.object({
		verdict: z.enum(['approve', 'deny'], 'errors.chooseVerdict'),
		reason: z.string().trim().max(500, 'errors.reasonLong'),
		minutes: minutes.optional(),
		group: z.coerce.number('errors.INVALID_INPUT').int().min(0).max(4).optional(),
	})
	.refine(({ verdict, reason }) => verdict === 'approve' || reason.length >= 10, {
		path: ['reason'],
		message: 'errors.denialReason',
	})

/** A question or an answer on the thread of a request. */
export const messageFormSchema = z.object({
	text: z.string().trim().min(3, 'errors.messageShort').max(1000, 'errors.messageLong'),
})

/** What a requester changes of their request. */
export const amendFormSchema = z.object({
	newReason: z.string().trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong'),
	newTicket: z.string().trim().min(1, 'errors.required').max(60, 'errors.TICKET_MALFORMED'),
	newMinutes: minutes,
})

/** When an approver is away, and who stands in. */
export const absenceFormSchema = z.object({
	from: instantField,
	until: instantField.refine((until) => until !== null, 'errors.instant'),
	standIn: z.union([z.literal(''), z.uuid('errors.NOT_FOUND')]).default(''),
})

const verdictsSchema = z.object({
	reason: z.string().trim().max(500, 'errors.reasonLong').default(''),
})
const choiceSchema = z.object({ requestId: z.uuid(), verdict: z.enum(['approve', 'deny']) })

/** The verdicts that were chosen on a page of the queue, and the reason for all of them. */
export function verdictsOf(form: FormData) {
	const read = parseForm(form, verdictsSchema)
	const { sent } = read
	if (!read.ok) return read
	const choices = Object.entries(sent).flatMap(([name, verdict]) => {
		const choice = choiceSchema.safeParse({ requestId: name.replace(/^verdict-/, ''), verdict })
		return name.startsWith('verdict-') && choice.success ? [choice.data] : []
	})
	if (choices.length === 0) return { ok: false as const, errors: { form: 'errors.chooseSeveral' }, sent }
	if (choices.some(({ verdict }) => verdict === 'deny') && read.value.reason.length < 10)
		return { ok: false as const, errors: { reason: 'errors.denialReason' }, sent }
	return { ok: true as const, value: { choices, reason: read.value.reason }, sent }
}
