import type { GroupList } from '../picture-holdings.ts'
import type { PicturePart, TenantPicture } from '../tenant-picture.ts'
import { ABOUT_POLICY } from './judge-places.ts'
import { KINDS, LINE_PROBLEMS } from './problem-kinds.ts'
import {
	PROBLEM_KINDS,
	type ProblemKind,
	type ReadinessReport,
	type ReportLine,
	type SectionKey,
} from './report.schema.ts'

/** Parts of the picture that say who holds what: where one is not known, somebody may hold something that no report tells of. */
const HOLDINGS: readonly PicturePart[] = [
	'roleInstances',
	'roleAssignments',
	'roleEligibilities',
	'roleSchedules',
	'groups',
]

/** Parts without which a section is not known. `approvals` takes people and the charter, and nothing of a tenant. */
const NEEDS: Readonly<Record<SectionKey, readonly PicturePart[]>> = {
	people: HOLDINGS,
	accounts: [...HOLDINGS, 'users', 'servicePrincipals'],
	duration: HOLDINGS,
	signIn: [...HOLDINGS, 'conditionalAccess', 'authenticationStrengths'],
	approvals: [],
	places: ['rolePolicies'],
}

/** Whether all that a section takes is there, where these parts are missing. */
export const isSectionRead = (section: SectionKey, missing: readonly string[]): boolean =>
	!NEEDS[section].some((part) => missing.includes(part))

/** Kinds that something of this kind, where it is not known, may hide. */
const HIDDEN_BY: Readonly<Partial<Record<ProblemKind, readonly ProblemKind[]>>> = {
	methodUnknown: ['noResistantMethod'],
	policyUnknown: ['noPolicy', 'policyReportOnly', 'policyExcludes', 'policyWeak'],
	accountUnknown: ['guestHolds', 'applicationHolds', 'unknownPersonHolds', 'disabledHolds'],
	breakGlassUnknown: ['breakGlassUnusable', 'breakGlassHeld', 'breakGlassNoKey'],
}
/** Whatever is told of holders, or of policies by who holds. */
const OF_HOLDERS: readonly ProblemKind[] = [...LINE_PROBLEMS, 'policyExcludes']

/** What it lowers where somebody may hold something that no report tells of. */
export const HOLDER_SECTIONS: ReadonlySet<SectionKey> = new Set(OF_HOLDERS.map((kind) => KINDS[kind].section))

const PLAIN_LISTS: readonly GroupList[] = ['members', 'owners']
const PIM_LISTS: readonly GroupList[] = ['active', 'eligible', 'scheduled']
const UNLICENSED = 'AadPremiumLicenseRequired'

/** Whether somebody may hold a place in a group, or own it, of whom these unread lists do not tell. Where there is no PIM for groups, its lists hide nobody. */
export function hidesHolders(
	unread: readonly GroupList[],
	{ groupSchedules }: Pick<TenantPicture['parts'], 'groupSchedules'>,
): boolean {
	const hasPim =
		groupSchedules.read || (groupSchedules.why !== 'unsupported' && groupSchedules.code !== UNLICENSED)
	return unread.some((list) => PLAIN_LISTS.includes(list) || (hasPim && PIM_LISTS.includes(list)))
}

type Seen = Pick<ReadinessReport, 'sections' | 'problems'> & { lines: readonly Pick<ReportLine, 'kind'>[] }

/**
 * Kinds of problems of which a report could not judge whether there are any: what it does not find of them is not known, and must
 * not pass for mended.
 */
export function kindsNotJudged({ sections, problems, lines }: Seen): Set<ProblemKind> {
	const hidden = new Set<ProblemKind>(problems.flatMap((one) => hiddenBy(one, lines)))
	const missing = problems.flatMap(({ kind, about }) => (kind === 'partUnknown' ? (about ?? []) : []))
	const dark = new Set<SectionKey>(
		sections.flatMap(({ key, roles, judged }) =>
			(roles > 0 && judged === 0) || !isSectionRead(key, missing) ? [key] : [],
		),
	)
	for (const kind of PROBLEM_KINDS)
		// A part that can be read again is found, whatever else is not known.
		if (kind !== 'partUnknown' && dark.has(KINDS[kind].section)) hidden.add(kind)
	return hidden
}

function hiddenBy(
	{ kind, about, detail, lines: positions }: ReadinessReport['problems'][number],
	lines: Seen['lines'],
): readonly ProblemKind[] {
	if (kind === 'partUnknown') {
		// The tenant's own policy of one role is not known: then it may be too long still.
		if (about?.startsWith(ABOUT_POLICY) === true) return ['policyTooLong']
		if (about?.startsWith('group ') !== true) return []
		const lists = String(detail.why).split(' ')
		return [
			...(lists.some((list) => list !== 'properties') ? OF_HOLDERS : []),
			...(lists.includes('properties') ? (['groupUnfit'] as const) : []),
		]
	}
	// A group of which nobody could read who is in it hides all that could be told of them.
	if (kind === 'accountUnknown' && positions.some((at) => lines[at]?.kind === 'group')) return OF_HOLDERS
	return HIDDEN_BY[kind] ?? []
}
