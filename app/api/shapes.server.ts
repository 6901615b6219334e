import { z } from 'zod'
import { MOST_AT_ONCE } from '#workflows/ledger/envelope.schema.ts'
import { API_SCOPES } from '#workflows/people/api-scopes.ts'

/*
 * What programs send and are answered. The same shapes check what comes in and are what the OpenAPI document says, so that
 * neither can say anything that the other does not. Messages are keys of the catalogue.
 */

const id = z.uuid('errors.uuid')
const instant = z.iso.datetime()
const seconds = z.int().min(0)
const roleKey = z.string('errors.chooseRole').min(1, 'errors.chooseRole').max(64, 'errors.chooseRole')

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
	number: z.coerce
		.number('errors.number')
		.int('errors.number')
		.min(1, 'errors.number')
		.optional()
		.describe('The number that people say: R-204 is 204.'),
	limit: z.coerce
		.number('errors.number')
		.int('errors.number')
		.min(1, 'api.limit')
		.max(100, 'api.limit')
		.default(50),
	cursor: z
		.string()
		.max(200, 'api.cursor')
		.optional()
		.describe('What `next` of the page before holds; opaque.'),
})
export const grantsQueryShape = listQueryShape.omit({ state: true, number: true })

const person = z.strictObject({ id, name: z.string() })
const role = z.strictObject({ role: z.string(), title: z.string() })

export const reasonShape = z.strictObject({
	code: z.string(),
	requirement: z.string(),
	found: z.string(),
	fix: z.string(),
	who: z.string(),
})

export const meShape = z.strictObject({
	person,
	boundary: z.string(),
	tenant: z.strictObject({ kind: z.enum(['sandbox', 'entra']), name: z.string() }),
	token: z.strictObject({ id, name: z.string(), scopes: z.array(z.enum(API_SCOPES)), endsAt: instant }),
	permissions: z.array(z.string()).describe('What the token passes on of what its owner may do now.'),
	time: instant,
})

export const rolesShape = z.strictObject({
	roles: z.array(
		z.strictObject({
			...role.shape,
			purpose: z.string(),
			entraRole: z.string(),
			mayAsk: z.boolean(),
			maximumSeconds: seconds,
			ticketExample: z.string(),
			holdsUntil: instant
				.nullable()
				.describe('When what allows it ends; null: no end is known, or not allowed.'),
			isOpen: z.boolean().describe('A request or an access of this role is open already.'),
			gap: z
				.strictObject({ title: z.string(), needed: z.int(), able: z.int() })
				.nullable()
				.describe('The role of which too few people could decide.'),
			stages: z.array(
				z.strictObject({
					groups: z.array(
						z.strictObject({ title: z.string(), quorum: z.int(), able: z.int(), away: z.int() }),
					),
					withinSeconds: seconds,
					escalation: z.strictObject({ title: z.string(), afterSeconds: seconds }).nullable(),
				}),
			),
			reasons: z.array(reasonShape).describe('Why it is not allowed; empty where it is.'),
		}),
	),
})

export const refusedShape = z.strictObject({
	role: z.string(),
	code: z.string(),
	detail: z.string(),
	reasons: z.array(reasonShape),
})

export const filedShape = z.strictObject({
	filingId: id,
	requests: z.array(z.strictObject({ id, number: z.int(), role: z.string(), url: z.string() })),
	refused: z.array(refusedShape),
})

const ACCESS_STATES = [
	'waiting',
	'needs_you',
	'scheduled',
	'provisioning',
	'active',
	'drifted',
	'ending',
	'ended',
	'refused',
	'timed_out',
	'voided',
	'not_confirmed',
] as const
const state = z
	.enum(ACCESS_STATES)
	.describe('“active” and “ended” are what Entra has confirmed, and nothing else is.')

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

export const grantsShape = z.strictObject({
	grants: z.array(
		z.strictObject({
			id,
			requestId: id,
			requestNumber: z.int(),
			holder: person,
			...role.shape,
			state,
			from: instant.nullable(),
			until: instant.nullable(),
			extendingTo: instant.nullable(),
			isBreakGlass: z.boolean(),
		}),
	),
	next: z.string().nullable(),
})

/** A problem (RFC 9457). */
export const problemShape = z.strictObject({
	type: z.string().describe('Names the kind of problem, relative to this server; stable.'),
	title: z.string(),
	status: z.int(),
	detail: z
		.string()
		.describe('A sentence that says what to do, in the language of Accept-Language (en, de).'),
	code: z.string().describe('The same kind as a word; stable.'),
	requestId: z.string().describe('To be named when something is reported.'),
	errors: z
		.array(
			z.strictObject({
				pointer: z.string().optional().describe('JSON Pointer into the body, as a fragment.'),
				parameter: z.string().optional().describe('Name of a query parameter or header.'),
				detail: z.string(),
			}),
		)
		.optional(),
	reasons: z.array(reasonShape).optional().describe('Every clause of the charter that stands against it.'),
	refused: z.array(refusedShape).optional().describe('Of several roles, those that were refused.'),
	numbers: z.record(z.string(), z.number()).optional().describe('Numbers that the sentence names.'),
})
