import { z } from 'zod'
import { API_SCOPES } from '#workflows/people/api-scopes.ts'
import { id, instant, person, reasonShape, refusedShape, role, seconds } from './shape-parts.server.ts'

/*
 * What programs send and are answered. The same shapes check what comes in and are what the OpenAPI document says, so that
 * neither can say anything that the other does not. Messages are keys of the catalogue.
 */

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
