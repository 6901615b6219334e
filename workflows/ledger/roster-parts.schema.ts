import { z } from 'zod'
import { DAYS } from '../charter/person-rules.schema.ts'
import { PROVIDERS } from '../lockbox/providers.ts'
import { id, instant } from './primitives.schema.ts'

const holdersNeeded = z.int().min(1).max(99)

/** What lies open of the roster: who could answer a provider, and when. Whose it is says the subject of the entry. */
export const ROSTER_OPEN = {
	/** A provider's requests are matched to it from here on. What it is called there lies sealed. */
	'provider_boundary.recorded': z.strictObject({
		boundaryId: id,
		provider: z.enum(PROVIDERS),
		holdersNeeded,
	}),
	'provider_boundary.changed': z.strictObject({ boundaryId: id, holdersNeeded }),
	'provider_boundary.closed': z.strictObject({ boundaryId: id }),
	/** An officer says that this person holds the provider's role; what the tenant itself says is read and is no entry. */
	'provider_holder.recorded': z.strictObject({
		holderId: id,
		boundaryId: id,
		from: instant,
		until: instant.nullable(),
	}),
	'provider_holder.ended': z.strictObject({ holderId: id, until: instant }),
	'provider_shift.recorded': z.strictObject({ shiftId: id, boundaryId: id }),
	'provider_shift.removed': z.strictObject({ shiftId: id }),
} as const

export const ROSTER_SEALED = {
	'provider_boundary.recorded': {
		boundary: z.strictObject({ name: z.string(), scope: z.string(), approverRole: z.string() }),
	},
	'provider_holder.recorded': { basis: z.strictObject({ evidence: z.string() }) },
	'provider_shift.recorded': {
		shift: z.strictObject({
			kind: z.enum(['weekly', 'on', 'off']),
			days: z.array(z.enum(DAYS)).nullable(),
			startsAt: z.string().nullable(),
			endsAt: z.string().nullable(),
			zone: z.string().nullable(),
			from: instant,
			until: instant.nullable(),
		}),
	},
} as const
