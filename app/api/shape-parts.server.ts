import { z } from 'zod'

/* What the shapes of several operations are made of. */

export const id = z.uuid('errors.uuid')
export const instant = z.iso.datetime()
export const seconds = z.int().min(0)
export const roleKey = z.string('errors.chooseRole').min(1, 'errors.chooseRole').max(64, 'errors.chooseRole')

/** What pages of lists are asked for with. */
export const pagingShape = z.object({
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
/** The number that people say of something. */
export const saidNumber = z.coerce
	.number('errors.number')
	.int('errors.number')
	.min(1, 'errors.number')
	.optional()

export const person = z.strictObject({ id, name: z.string() })
export const role = z.strictObject({ role: z.string(), title: z.string() })

export const reasonShape = z.strictObject({
	code: z.string(),
	requirement: z.string(),
	found: z.string(),
	fix: z.string(),
	who: z.string(),
})

export const refusedShape = z.strictObject({
	role: z.string(),
	code: z.string(),
	detail: z.string(),
	reasons: z.array(reasonShape),
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
export const state = z
	.enum(ACCESS_STATES)
	.describe('“active” and “ended” are what Entra has confirmed, and nothing else is.')
