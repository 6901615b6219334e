import { z } from 'zod'
import type { PersonFacts } from '../charter/facts.ts'
import { canonicalJson, type Json } from '../shared/canonical-json.ts'

const text = z.string().max(200)
const validity = {
	validFrom: text,
	validUntil: text.nullable(),
	recordedAt: text.optional(),
	retractedAt: text.nullable().optional(),
}

/** What eligibility was judged on, as it stands behind the commitment of an entry. */
export const personFactsSchema = z.strictObject({
	personId: text,
	citizenships: z.array(z.strictObject({ ...validity, country: text })),
	residences: z.array(
		z.strictObject({ ...validity, country: text, status: z.enum(['resident', 'permanent', 'protected']) }),
	),
	clearances: z.array(
		z.strictObject({
			...validity,
			scheme: text,
			level: text,
			issuer: text,
			state: z.enum(['granted', 'suspended', 'revoked']),
		}),
	),
	briefings: z.array(z.strictObject({ ...validity, key: text })),
	training: z.array(z.strictObject({ ...validity, key: text })),
	employments: z.array(
		z.strictObject({ ...validity, employer: text, under: text.nullable(), flowDown: z.boolean() }),
	),
	appointments: z.array(z.strictObject({ ...validity, role: text })),
	facilities: z.array(z.strictObject({ ...validity, facility: text })),
	presences: z.array(z.strictObject({ ...validity, facility: text, by: z.enum(['badge', 'network']) })),
	credentials: z.array(
		z.strictObject({ ...validity, deviceBound: z.boolean(), attested: z.boolean(), aaguid: text }),
	),
	/** Facts that were judged before there were suspensions do not name them. */
	suspensions: z.array(z.strictObject(validity)).default([]),
	live: z.array(z.strictObject({ ...validity, role: text })),
}) satisfies z.ZodType<PersonFacts>

/** Kinds of fact that have entries of their own, in full: nothing may be added to these and nothing left out. */
const RECORDED = [
	'citizenships',
	'residences',
	'clearances',
	'briefings',
	'training',
	'employments',
	'appointments',
	'facilities',
	'suspensions',
	'presences',
] as const

/**
 * The first kind of fact in which what was judged differs from what the entries before it say of the person; null where
 * none does. Other live access has no entries of its own, and of a passkey its entry does not say whether its make was
 * attested: those are taken from what was judged.
 */
export function differingKind(judged: PersonFacts, recorded: PersonFacts): keyof PersonFacts | null {
	if (judged.personId !== recorded.personId) return 'personId'
	for (const kind of RECORDED) if (spelled(judged[kind]) !== spelled(recorded[kind])) return kind
	const enrolled = new Set(recorded.credentials.map(passkey))
	return judged.credentials.every((each) => enrolled.has(passkey(each))) ? null : 'credentials'
}

/** Whether a correction has taken its place since is nothing that could be known when it was judged. */
const spelled = (facts: readonly { retractedAt?: unknown }[]) =>
	facts
		.map(({ retractedAt: _, ...fact }) => canonicalJson(fact as unknown as Json))
		.sort()
		.join('\n')

const passkey = ({ aaguid, deviceBound, validFrom }: PersonFacts['credentials'][number]) =>
	`${aaguid} ${deviceBound} ${validFrom}`
