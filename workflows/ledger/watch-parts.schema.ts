import { z } from 'zod'
import { WATCHED_PARTS } from '../tenant/watched-account.ts'
import { instant } from './primitives.schema.ts'

const account = { objectId: z.string().max(128), title: z.string().max(200) }
const values = z.array(z.string().max(600)).max(400)

/** What lies open in entries about accounts that are only watched: for emergencies, and of nobody. */
export const WATCH_OPEN = {
	/** Somebody signed in with one, or tried to; by the tenant's own number, each once. */
	'watched.signed_in': z.strictObject({
		signInId: z.string().min(1).max(128),
		at: instant,
		succeeded: z.boolean(),
	}),
	/** Something of it, or what it holds, is another thing than when it was last looked at. */
	'watched.changed': z.strictObject({ what: z.enum([...WATCHED_PARTS, 'holdings']) }),
} as const

/** What is sealed in them. */
export const WATCH_SEALED = {
	'watched.signed_in': {
		signIn: z.strictObject({
			...account,
			errorCode: z.int(),
			application: z.string().max(400).nullable(),
			ipAddress: z.string().max(64).nullable(),
		}),
	},
	'watched.changed': { change: z.strictObject({ ...account, before: values, after: values }) },
} as const
