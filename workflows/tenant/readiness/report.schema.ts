import { z } from 'zod'
import { CLAUSE_CODES } from '../../charter/verdict.ts'
import { isInstant } from '../../shared/instants.ts'
import { PART_TROUBLES, PICTURE_PARTS } from '../tenant-picture.ts'
import { PRINCIPAL_KINDS } from '../picture-holdings.ts'

/**
 * What can stand in the way of handing a tenant over to its charter, in the order in which it is mended: first who acts now
 * without anybody being answerable for it, then whom the charter refuses, then what does not end, then how people sign in, then
 * whether the work can go on, and last what is not known.
 */
export const PROBLEM_KINDS = [
	'guestHolds',
	'applicationHolds',
	'unknownPersonHolds',
	'refusedHolds',
	'controlsGroup',
	'disabledHolds',
	'breakGlassUnusable',
	'breakGlassHeld',
	'breakGlassNoKey',
	'permanent',
	'pastPim',
	'beginsLater',
	'noResistantMethod',
	'noPolicy',
	'policyReportOnly',
	'policyExcludes',
	'policyWeak',
	'standingEligible',
	'policyTooLong',
	'groupUnfit',
	'noQuorum',
	'nobodyMay',
	'methodUnknown',
	'breakGlassUnknown',
	'policyUnknown',
	'accountUnknown',
	'partUnknown',
] as const
export type ProblemKind = (typeof PROBLEM_KINDS)[number]

/** Sections of a charter by what of it a tenant can be held to. */
export const SECTIONS = ['people', 'accounts', 'duration', 'signIn', 'approvals', 'places'] as const
export type SectionKey = (typeof SECTIONS)[number]

const count = z.int().min(0)
const id = z.string().min(1).max(128)
const instant = z.string().refine(isInstant)

const placeSchema = z.discriminatedUnion('kind', [
	z.strictObject({ kind: z.literal('role'), roleDefinitionId: id, directoryScopeId: z.string().max(512) }),
	z.strictObject({ kind: z.literal('group'), groupId: id, relation: z.enum(['member', 'owner']) }),
])

const lineSchema = z.strictObject({
	principalId: id,
	kind: z.enum(PRINCIPAL_KINDS),
	/** The person that Charterkeep knows for this account; null: nobody. */
	personId: z.string().max(64).nullable(),
	place: placeSchema,
	/** Roles of the charter that give this place; none: the charter says nothing of it. */
	roles: z.array(z.string().max(64)),
	standing: z.enum(['active', 'eligible', 'scheduled', 'controls']),
	/** The group through which it is held. */
	through: id.nullable(),
	from: instant.nullable(),
	until: instant.nullable(),
	/**
	 * `permitted` and `refused` by the charter; `unknownPerson`: there are no facts; `notAPerson`: an application or a group;
	 * `notGoverned`: the charter has no role for it.
	 */
	verdict: z.enum(['permitted', 'refused', 'unknownPerson', 'notAPerson', 'notGoverned']),
	/** Why the charter refuses, by the role that is nearest. */
	codes: z.array(z.enum(CLAUSE_CODES)),
	/** Whether they can sign in in a way that cannot be phished; null: not asked of this kind. */
	method: z.enum(['yes', 'no', 'unknown']).nullable(),
	problems: z.array(z.enum(PROBLEM_KINDS)),
})
export type ReportLine = z.infer<typeof lineSchema>

const problemSchema = z.strictObject({
	kind: z.enum(PROBLEM_KINDS),
	section: z.enum(SECTIONS),
	/** What it is about: a role of the charter, a part that was not read; null: the tenant. */
	about: z.string().max(200).nullable(),
	/** How many of it; each counts once in its section. */
	count,
	/** Whether it is only not known; else it is wrong. */
	isUnknown: z.boolean(),
	/** What the sentence beside it names: a need, a number, a reason. */
	detail: z.record(z.string(), z.union([z.string(), z.number()])),
	/** Whose accounts: positions in the list of lines. */
	lines: z.array(count),
})
export type Problem = z.infer<typeof problemSchema>

const sectionSchema = z.strictObject({
	key: z.enum(SECTIONS),
	/** Roles of the charter that this section is about. */
	roles: count,
	/** Those of them of which something could be judged. */
	judged: count,
	wrong: count,
	unknown: count,
	/** judged / (roles + wrong + unknown); 0 to 1. */
	score: z.number().min(0).max(1),
	/** How much of it is known, whatever it is: 0 to 1. */
	certainty: z.number().min(0).max(1),
})
export type Section = z.infer<typeof sectionSchema>

/** A readiness report: what a tenant held at one time, judged by one charter. It names nobody but by id. */
export const reportSchema = z.strictObject({
	format: z.literal(1),
	tenantId: z.string().max(128).nullable(),
	readAt: instant,
	judgedAt: instant,
	/** SHA-256 of each file that it was made of, in hex and sorted; absent where the tenant itself was read, and of before it was kept. */
	filesSha256: z.array(z.string().regex(/^[0-9a-f]{64}$/)).optional(),
	charter: z.strictObject({ id: z.string(), title: z.string(), version: z.int() }),
	unread: z.array(
		z.strictObject({ part: z.enum(PICTURE_PARTS), why: z.enum(PART_TROUBLES), code: z.string().nullable() }),
	),
	counts: z.strictObject({
		users: count.nullable(),
		guests: count.nullable(),
		/** Everything that is held, governed or not. */
		holdings: count,
		holders: count,
		governed: count,
		permitted: count,
		refused: count,
		unknownPersons: count,
	}),
	score: z.number().min(0).max(1),
	sections: z.array(sectionSchema),
	/** First what is mended first. */
	problems: z.array(problemSchema),
	lines: z.array(lineSchema),
})
export type ReadinessReport = z.infer<typeof reportSchema>
