import { z } from 'zod'
import { MOST_AT_ONCE } from '#workflows/ledger/envelope.schema.ts'
import {
	id,
	instant,
	pagingShape,
	person,
	refusedShape,
	role,
	roleKey,
	saidNumber,
	seconds,
	state,
} from './shape-parts.server.ts'

/* Requests: what programs ask for, and what they are told of it. */

const asked = {
	reason: z.string('errors.reasonShort').trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong'),
	ticket: z.string('errors.required').trim().min(1, 'errors.required').max(60, 'errors.TICKET_MALFORMED'),
	durationSeconds: z
		.int('errors.number')
		.min(1, 'errors.DURATION_TOO_SHORT')
		.max(86_400, 'errors.DURATION_TOO_LONG'),
	roles: z
		.array(roleKey, 'errors.chooseRole')
		.min(1, 'errors.chooseRole')
		.max(MOST_AT_ONCE, 'errors.chooseRole'),
}
const beside = {
	allOrNone: z
		.boolean('api.boolean')
		.default(true)
		.describe('File all of several roles or none; false files those that can be.'),
	startAt: z.iso
		.datetime({ offset: true, error: 'errors.instant' })
		.nullable()
		.default(null)
		.describe('When the access is to begin; null: once it is approved.'),
	beneficiaryId: id.optional().describe('Whom it is for, where that is not the owner of the token.'),
	charterVersion: z
		.int('errors.number')
		.optional()
		.describe('The charter version that was looked at; another one in force is a conflict.'),
}

/** What is asked for, in full. */
export const newRequestShape = z.strictObject({ ...asked, ...beside })

/** The same as in a request of before, but for what is given; a ticket is for one occasion and must be. */
export const repeatShape = z.strictObject({
	like: z
		.union([z.literal('last'), id], 'api.like')
		.describe('A request of one’s own, or the last that was filed, with every role of it.'),
	...z.object(asked).partial().shape,
	ticket: asked.ticket,
	...beside,
})

export const listQueryShape = z.object({
	whose: z
		.enum(['mine', 'all'], 'api.choice')
		.default('mine')
		.describe('all: those that the owner of the token may see.'),
	state: z.enum(['open', 'closed'], 'api.choice').optional(),
	role: roleKey.optional(),
	number: saidNumber.describe('The number that people say: R-204 is 204.'),
	...pagingShape.shape,
})

export const filedShape = z.strictObject({
	filingId: id,
	requests: z.array(z.strictObject({ id, number: z.int(), role: z.string(), url: z.string() })),
	refused: z.array(refusedShape),
})

const summary = {
	id,
	number: z.int(),
	url: z.string(),
	requester: person,
	...role.shape,
	state,
	durationSeconds: seconds,
	filedAt: instant,
	startAt: instant.nullable(),
	deadline: instant.nullable().describe('When the open stage runs out, or the access ends.'),
	waitsFor: z.string().nullable().describe('Who is to decide now.'),
	grantId: id.nullable(),
	isBreakGlass: z.boolean(),
}

export const requestsShape = z.strictObject({
	requests: z.array(z.strictObject(summary)),
	next: z.string().nullable().describe('Address of the next page; null after the last.'),
})

const grantState = z.strictObject({
	id,
	state: z.string().describe('State of the access as its statechart names it.'),
	from: instant.nullable(),
	until: instant.nullable(),
	closedAt: instant.nullable(),
	cause: z.string().nullable(),
})

export const requestShape = z.strictObject({
	...summary,
	reason: z.string(),
	ticket: z.string(),
	filedBy: z.string().nullable(),
	filingId: id
		.nullable()
		.describe('Shared by what was asked for in one call or form; null where nothing else was.'),
	charterVersion: z.int(),
	charterTextSha256: z.string(),
	requestSha256: z.string(),
	grantedSeconds: seconds,
	stages: z.array(
		z.strictObject({
			title: z.string(),
			status: z.enum(['done', 'open', 'upcoming', 'denied', 'closed']),
			decideBy: instant.nullable(),
			decisions: z.array(
				z.strictObject({ name: z.string(), verdict: z.enum(['approve', 'deny']), decidedAt: instant }),
			),
		}),
	),
	denial: z.strictObject({ by: z.string(), reason: z.string() }).nullable(),
	voidedBy: z.string().nullable().describe('The rule for which it fell by itself.'),
	isAsked: z.boolean().describe('A question waits for an answer, which is given on the page.'),
	grant: grantState.nullable(),
	mayWithdraw: z.boolean(),
	mayEnd: z.boolean(),
})
