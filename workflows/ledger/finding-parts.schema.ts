import { z } from 'zod'
import { FINDING_KINDS } from '../charter/entra.schema.ts'
import { CLOSED_FINDING_STATES, FINDING_STATES, MISSED } from '../grants/finding-context.ts'
import { FINDING_FAMILIES, FINDING_STANDINGS } from '../grants/differences.ts'
import { PRINCIPAL_KINDS } from '../tenant/picture-holdings.ts'
import { assertionSchema } from './envelope.schema.ts'
import { FINDING_STEPS, findingEnvelopeSchema } from './finding-envelope.schema.ts'
import { count, id, instant, sha256Hex, slug } from './primitives.schema.ts'

const on = { findingId: id }
/** State of the finding after this entry. */
const outcome = z.enum(FINDING_STATES)
const kinds = z.array(z.enum(FINDING_KINDS)).min(1)
const reaction = z.enum(['alert', 'remove', 'decide'])
const why = z.enum(MISSED)

/** What lies open in the entries of findings. Whose account it is about is the subject where that is one of ours. */
export const FINDING_OPEN = {
	/** Entra was seen once to hold something else than approved. */
	'finding.opened': z.strictObject({
		...on,
		family: z.enum(FINDING_FAMILIES),
		kinds,
		standing: z.enum(FINDING_STANDINGS),
		/** Charter roles that give what it is about. */
		roles: z.array(slug).max(200),
		charterEntry: id,
		/** Our own access that it deviates from. */
		grantId: id.optional(),
	}),
	/** Seen again: believed, and what the charter says of it begins. */
	'finding.confirmed': z.strictObject({
		...on,
		kinds,
		reaction,
		/** Until when an officer decides; null where nobody is asked. */
		decideBy: instant.nullable(),
		charterEntry: id,
		outcome,
	}),
	/** What is wrong with it, or what the charter says of it, is another thing than before. */
	'finding.changed': z.strictObject({
		...on,
		kinds,
		reaction,
		charterEntry: id,
		outcome,
		/** Until when an officer decides; stands in what is `awaiting`, since it is kept. */
		decideBy: instant.optional(),
		/** Whether an officer's asking for the release still holds; stands in what is `held`, since it is kept. */
		isAsked: z.boolean().optional(),
	}),
	'finding.taken': z.strictObject(on),
	'finding.decided': z.strictObject({
		...on,
		step: z.enum(FINDING_STEPS),
		acceptedUntil: instant.nullable(),
		credentialEntry: id,
		charterEntry: id,
		outcome,
	}),
	/** Nobody decided in time. */
	'finding.silent': z.strictObject({ ...on, outcome }),
	/** The time is over for which somebody answered for it. */
	'finding.acceptance_over': z.strictObject(on),
	/** More removals than the charter allows at once: this one waits for a second officer. */
	'finding.held': z.strictObject({ ...on, most: count, withinSeconds: count, charterEntry: id }),
	/** The removal is about to be sent. */
	'finding.removing': z.strictObject({
		...on,
		orderedBy: z.enum(['rule', 'silence', 'decision']),
		/** How many people lose something by it, one at least: what the guard counted. Stands since it is kept. */
		people: count.optional(),
	}),
	'finding.removal_postponed': z.strictObject({ ...on, until: instant, code: slug }),
	'finding.removal_retried': z.strictObject(on),
	/** An alarm: what was to go must be assumed to be live. */
	'finding.removal_not_confirmed': z.strictObject(on),
	'finding.removal_failed': z.strictObject({ ...on, code: slug, outcome }),
	/** The second application is about to send the removal. */
	'finding.kill_switch_used': z.strictObject({ ...on, why: slug }),
	/** Entra ended the sessions of its holder, or has no such account: then it has none of its sessions. */
	'finding.sessions_ended': z.strictObject({ ...on, accountAbsent: z.literal(true).optional() }),
	'finding.closed': z.strictObject({ ...on, how: z.enum(CLOSED_FINDING_STATES), why: why.optional() }),
	'finding.attempt_refused': z.strictObject({
		findingId: id.nullable(),
		step: z.enum(FINDING_STEPS),
		code: slug,
	}),
} as const

const place = z.discriminatedUnion('kind', [
	z.strictObject({ kind: z.literal('role'), roleDefinitionId: z.string(), directoryScopeId: z.string() }),
	z.strictObject({
		kind: z.literal('group'),
		groupId: z.string(),
		relation: z.enum(['member', 'owner']),
		by: z.enum(['pim', 'membership']),
	}),
])
/** What differs, as officers saw it: whose account, where, until when. Its digest is what they sign. */
const shownDifferenceSchema = z.strictObject({
	findingId: id,
	kinds,
	principalId: z.string().nullable(),
	principalKind: z.enum(PRINCIPAL_KINDS).nullable(),
	place: place.nullable(),
	/** Names a rule of the tenant; null otherwise. */
	policy: z.string().nullable(),
	standing: z.enum(FINDING_STANDINGS),
	/** From when on; stands in what is `scheduled` alone, and is null where Entra does not say. */
	from: instant.nullable().optional(),
	through: z.string().nullable(),
	/**
	 * Who has it through the group that it is about, or could: how many accounts and groups, and the SHA-256 of their sorted ids in
	 * canonical form; null where not all could be read. Stands in what is about a group, since it is kept.
	 */
	members: z.strictObject({ count, sha256: sha256Hex }).nullable().optional(),
	/** The SHA-256 of the rule that it is about, as it stands; absent where not all of it could be read, and of before it was kept. */
	rule: sha256Hex.optional(),
	until: instant.nullable(),
	reasons: z.array(slug).max(200),
})
export type ShownDifference = z.infer<typeof shownDifferenceSchema>

const difference = { difference: shownDifferenceSchema }

/** What is sealed in them. */
export const FINDING_SEALED = {
	'finding.opened': difference,
	'finding.confirmed': difference,
	'finding.changed': difference,
	'finding.decided': {
		evidence: z.strictObject({ envelope: findingEnvelopeSchema, assertion: assertionSchema }),
		/** Kept apart from the evidence, which stays when a person is erased. */
		reason: z.strictObject({ text: z.string().max(1000) }),
	},
	'finding.attempt_refused': { refusal: z.strictObject({ message: z.string() }) },
} as const
