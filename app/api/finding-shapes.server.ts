import { z } from 'zod'
import { FINDING_KINDS } from '#workflows/charter/entra.schema.ts'
import { FINDING_FAMILIES, FINDING_STANDINGS } from '#workflows/grants/differences.ts'
import { FINDING_STATES, MISSED } from '#workflows/grants/finding-context.ts'
import { FINDING_STEPS } from '#workflows/ledger/finding-envelope.schema.ts'
import { PRINCIPAL_KINDS } from '#workflows/tenant/picture-holdings.ts'
import { id, instant, pagingShape, saidNumber, seconds } from './shape-parts.server.ts'

/* Findings: what Entra holds otherwise than approved. */

const kind = z.enum(FINDING_KINDS, 'api.choice')

export const findingsQueryShape = z.object({
	state: z
		.enum(['open', 'closed'], 'api.choice')
		.optional()
		.describe('open: also what was seen once, and what is accepted for a time.'),
	kind: kind.optional().describe('What is wrong with it, whatever else is.'),
	number: saidNumber.describe('The number that people say: F-3 is 3.'),
	...pagingShape.shape,
})

const summary = {
	id,
	number: z.int(),
	url: z.string(),
	family: z
		.enum(FINDING_FAMILIES)
		.describe('Held beside the approved, one of our own accesses, or a rule of the tenant.'),
	kinds: z.array(kind).describe('Everything that is wrong with it, the most dangerous first.'),
	state: z
		.enum(FINDING_STATES)
		.describe(
			'State as its statechart names it: “seen” is one sighting and not believed yet, “removed” is what Entra has confirmed.',
		),
	standing: z.enum(FINDING_STANDINGS),
	holder: z.strictObject({
		name: z.string().nullable().describe('Null where neither Charterkeep nor the tenant names the account.'),
		objectId: z.string().nullable().describe('Object id in Entra; null for a rule of the tenant.'),
		kind: z.enum(PRINCIPAL_KINDS).nullable(),
	}),
	through: z.string().nullable().describe('The group through which it is held; null: in their own name.'),
	place: z
		.strictObject({
			name: z.string(),
			where: z.enum(['tenant', 'unit', 'member', 'owner']),
			unit: z.string().nullable(),
		})
		.nullable()
		.describe('As the charter names it; null for a rule of the tenant.'),
	policy: z.string().nullable(),
	roles: z.array(z.string()).describe('Titles of the charter roles that give the place.'),
	reaction: z.strictObject({
		do: z.enum(['alert', 'remove', 'decide']),
		withinSeconds: seconds.nullable(),
		otherwise: z.enum(['alert', 'remove']).nullable(),
	}),
	owner: z.string().nullable().describe('Who looks after it.'),
	foundAt: instant,
	lastSeenAt: instant,
	decideBy: instant.nullable(),
	isRemovable: z.boolean(),
	closedAt: instant.nullable(),
	removedAfterSeconds: z
		.number()
		.min(0)
		.nullable()
		.describe('From its first sighting until Entra no longer listed it; null where nothing was removed.'),
}

export const findingsShape = z.strictObject({
	findings: z.array(z.strictObject(summary)),
	next: z.string().nullable().describe('Address of the next page; null after the last.'),
})

export const findingShape = z.strictObject({
	...summary,
	holds: z.strictObject({
		from: instant.nullable(),
		until: instant.nullable(),
		people: z.int().min(0).describe('How many have it through the group that holds it.'),
	}),
	weakened: z.array(z.string()).describe('Codes of what became weaker, of a rule of the tenant.'),
	request: z
		.strictObject({ id, number: z.int(), url: z.string() })
		.nullable()
		.describe('Of our own access that it deviates from.'),
	confirmedAt: instant.nullable().describe('When it was seen again, and so believed.'),
	removal: z
		.strictObject({
			orderedAt: instant,
			orderedBy: z.enum(['rule', 'silence', 'decision']).nullable(),
			sentAt: instant.nullable(),
			killSwitchAt: instant.nullable(),
			failure: z.string().nullable(),
		})
		.nullable()
		.describe('Null where no removal stands ordered.'),
	acceptedUntil: instant.nullable(),
	missed: z.enum(MISSED).nullable().describe('Why it was no longer found, or its removal was given up.'),
	decisions: z.array(
		z.strictObject({
			step: z.enum(FINDING_STEPS),
			officer: z.string(),
			reason: z.string(),
			acceptedUntil: instant.nullable(),
			at: instant,
			recordEntry: z.int().nullable(),
		}),
	),
})
