import { z } from 'zod'
import type { EntryKind } from '../../ledger/open-parts.schema.ts'
import { isKnownLevel } from '../../charter/clearance-schemes.ts'
import { countryProblem } from '../countries.ts'
import { REPORTABLE_EVENTS } from './reportable-events.ts'

/** Kinds of fact that an officer records, in the order in which a file is read. */
export const FACT_KINDS = [
	'citizenship',
	'residence',
	'clearance',
	'readIn',
	'briefing',
	'training',
	'agreement',
	'employment',
	'appointment',
	'facility',
	'travel',
	'visit',
	'event',
] as const
export type FactKind = (typeof FACT_KINDS)[number]

export const CITIZENSHIP_DOCUMENTS = [
	'passport',
	'identity_card',
	'certificate',
	'register',
	'declaration',
] as const
export const RESIDENCE_STATUSES = ['resident', 'permanent', 'protected'] as const
export const CLEARANCE_STATES = ['granted', 'suspended', 'revoked'] as const
export const REPORTERS = ['self', 'officer', 'colleague', 'authority'] as const
export const SEVERITIES = ['low', 'elevated', 'high'] as const

/** The message of an issue is the stable code of what is wrong with the field. */
const text = (max: number) => z.string('MISSING').trim().min(1, 'MISSING').max(max, 'TOO_LONG')
const optionalText = (max: number) =>
	z
		.string('MISSING')
		.trim()
		.max(max, 'TOO_LONG')
		.nullable()
		.default(null)
		.transform((said) => (said === '' ? null : said))
const country = z.string('MISSING').superRefine((code, context) => {
	const problem = code === '' ? 'MISSING' : countryProblem(code)
	if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})
const key = z
	.string('MISSING')
	.trim()
	.min(1, 'MISSING')
	.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'BAD_KEY')

const SCHEMAS = {
	citizenship: z.strictObject({
		country,
		document: z.enum(CITIZENSHIP_DOCUMENTS, 'MISSING'),
		issuer: text(120),
	}),
	residence: z.strictObject({ country, status: z.enum(RESIDENCE_STATUSES, 'MISSING') }),
	clearance: z
		.strictObject({
			scheme: text(20),
			level: text(20),
			issuer: text(120),
			state: z.enum(CLEARANCE_STATES, 'MISSING'),
			/** What it hangs on beside the person; `check-clearance.ts` says where it must. */
			post: optionalText(120),
			sponsorId: z.uuid('NO_SUCH_PERSON').nullable().default(null),
		})
		.superRefine(({ scheme, level }, context) => {
			if (!isKnownLevel(scheme, level))
				context.addIssue({ code: 'custom', message: 'UNKNOWN_LEVEL', path: ['level'] })
		}),
	readIn: z.strictObject({ caveat: text(80) }),
	briefing: z.strictObject({ key }),
	training: z.strictObject({ key }),
	agreement: z.strictObject({ key, party: text(120) }),
	employment: z.strictObject({ employer: text(120), under: text(120).nullable(), flowDown: z.boolean() }),
	appointment: z.strictObject({ role: text(64) }),
	facility: z.strictObject({ facility: text(64) }),
	travel: z.strictObject({ countries: z.array(country).min(1, 'MISSING').max(30), itinerary: text(1000) }),
	visit: z
		.strictObject({
			/** The organisation and place that are visited, and who expects the visitor there. */
			host: text(160),
			country,
			contact: text(160),
			purpose: text(500),
			/** What is certified to the host: a clearance that the person holds throughout. */
			scheme: text(20),
			level: text(20),
		})
		.superRefine(({ scheme, level }, context) => {
			if (!isKnownLevel(scheme, level))
				context.addIssue({ code: 'custom', message: 'UNKNOWN_LEVEL', path: ['level'] })
		}),
	event: z.strictObject({
		event: z.enum(REPORTABLE_EVENTS, 'MISSING'),
		details: text(2000),
		reporter: z.enum(REPORTERS, 'MISSING'),
		severity: z.enum(SEVERITIES, 'MISSING'),
	}),
} as const satisfies Record<FactKind, z.ZodType>

/** What a fact of each kind says, beside when it holds and what it rests on. */
export type FactValues = { [K in FactKind]: z.infer<(typeof SCHEMAS)[K]> }

/** How a kind is recorded. */
export type FactRule = {
	/** The kind of its entry. */
	entry: EntryKind
	/** What of its values lies open in the entry; the rest is sealed. */
	open: readonly string[]
	/** It may begin later than today: what is planned, or decided beforehand. */
	mayBeginLater: boolean
	/** It must say when it ends. */
	needsEnd: boolean
	/** Another of the same says nothing new while one holds; the values that must be equal. Empty: several are usual. */
	sameBy: readonly string[]
	/** Values that a fact may leave open: where one does, that says nothing against another that names them. */
	leftOpen: readonly string[]
}

export const FACT_RULES: Readonly<Record<FactKind, FactRule>> = {
	citizenship: rule('person.citizenship_recorded', { sameBy: ['country'] }),
	residence: rule('person.residence_recorded', { sameBy: ['country', 'status'] }),
	clearance: rule('person.clearance_recorded', {
		sameBy: ['scheme', 'level', 'issuer', 'state', 'post'],
		leftOpen: ['post', 'sponsorId'],
	}),
	readIn: rule('person.read_in_recorded', { sameBy: ['caveat'] }),
	briefing: rule('person.attendance_recorded', { open: ['key'] }),
	training: rule('person.attendance_recorded', { open: ['key'] }),
	agreement: rule('person.agreement_recorded', { sameBy: ['key', 'party'] }),
	employment: rule('person.employment_recorded', { sameBy: ['employer', 'under'], mayBeginLater: true }),
	appointment: rule('person.appointed', { open: ['role'], sameBy: ['role'], mayBeginLater: true }),
	facility: rule('person.facility_authorised', {
		open: ['facility'],
		sameBy: ['facility'],
		mayBeginLater: true,
	}),
	travel: rule('person.travel_recorded', { mayBeginLater: true, needsEnd: true }),
	visit: rule('person.visit_recorded', { mayBeginLater: true, needsEnd: true }),
	event: rule('person.event_reported', {}),
}

function rule(entry: EntryKind, more: Partial<FactRule>): FactRule {
	return { entry, open: [], mayBeginLater: false, needsEnd: false, sameBy: [], leftOpen: [], ...more }
}

export type FieldProblem = { field: string; problem: string }

/** Reads what a fact says; the first field that cannot be used otherwise, with the code of what is wrong. */
export function readValues<K extends FactKind>(
	kind: K,
	values: unknown,
): { values: FactValues[K] } | FieldProblem {
	const parsed = SCHEMAS[kind].safeParse(values)
	if (parsed.success) return { values: parsed.data as FactValues[K] }
	const [issue] = parsed.error.issues
	return { field: String(issue?.path[0] ?? 'kind'), problem: issue?.message ?? 'MISSING' }
}

export const isFactKind = (text: string): text is FactKind => (FACT_KINDS as readonly string[]).includes(text)
