import { durationMs } from '../../shared/instants.ts'
import type { Charter } from '../../charter/charter.schema.ts'
import { coverageOf, type CoverageGap } from '../conditional-access.ts'
import { listOf, type TenantPicture } from '../tenant-picture.ts'
import { governedPlaces, type GovernedPlace } from './governed-places.ts'
import type { Problem, ProblemKind, ReportLine } from './report.schema.ts'

/** `isWide`: it concerns the role itself, beside whoever holds it now. */
type Found = Pick<Problem, 'kind' | 'about' | 'detail' | 'lines'> & { isWide?: boolean }

/** What a gap in coverage is called here. */
const KIND_OF_GAP: Readonly<Record<CoverageGap, ProblemKind>> = {
	reportOnly: 'policyReportOnly',
	disabled: 'noPolicy',
	excluded: 'policyExcludes',
	exclusionUnknown: 'policyUnknown',
	applications: 'policyWeak',
	narrowed: 'policyWeak',
	alternative: 'policyWeak',
	weak: 'policyWeak',
	strengthUnknown: 'policyUnknown',
}
/** The account of nobody: whether a role is covered for whoever gets it. */
const ANYBODY = '00000000-0000-0000-0000-000000000000'

/**
 * Whether Conditional Access demands phishing-resistant sign-in of whoever holds a role of the charter, and of each who holds it
 * now: a policy may cover a role and leave out an account. Null where policies could not be read.
 */
export function judgeConditionalAccess(
	charter: Charter,
	picture: TenantPicture,
	lines: readonly ReportLine[],
): Found[] | null {
	const policies = listOf(picture, 'conditionalAccess')
	if (policies === null) return null
	const strengths = listOf(picture, 'authenticationStrengths')
	const groupsOf = membershipOf(picture)
	const guests = new Set(
		picture.users.filter(({ userType }) => userType === 'guest').map((user) => user.objectId),
	)
	const found: Found[] = []
	for (const governed of governedPlaces(charter).values()) {
		const { place, roles } = governed
		const about = roles.join(' ')
		const ofAll = coverageOf(policies, strengths, {
			principalId: ANYBODY,
			isGuest: false,
			place,
			memberOf: new Set(place.kind === 'group' ? [place.groupId] : []),
		})
		if (ofAll.is === 'gap') {
			const nearest = ofAll.nearest[0]
			const kind = nearest ? KIND_OF_GAP[nearest.why] : 'noPolicy'
			// Nobody is covered, so each holder counts: a policy that covers some of them is better than none.
			found.push({ kind, about, detail: gapDetail(nearest), lines: holdersOf(governed, lines), isWide: true })
			continue
		}
		for (const [kind, one] of holdersLeftOut(governed, lines, (principalId) =>
			coverageOf(policies, strengths, {
				principalId,
				isGuest: guests.has(principalId),
				place,
				memberOf: groupsOf(principalId),
			}),
		))
			found.push({ kind, about, detail: gapDetail(one.nearest), lines: one.lines })
	}
	return found
}

type Nearest = { displayName: string | null; why: CoverageGap } | undefined

/** Positions of people who hold it, in whatever way. */
const holdersOf = ({ roles }: GovernedPlace, lines: readonly ReportLine[]): number[] =>
	lines.flatMap((line, position) =>
		line.kind === 'user' && line.roles.some((role) => roles.includes(role)) ? [position] : [],
	)

function holdersLeftOut(
	governed: GovernedPlace,
	lines: readonly ReportLine[],
	cover: (principalId: string) => ReturnType<typeof coverageOf>,
): Map<ProblemKind, { lines: number[]; nearest: Nearest }> {
	const left = new Map<ProblemKind, { lines: number[]; nearest: Nearest }>()
	for (const position of holdersOf(governed, lines)) {
		const coverage = cover(lines[position]?.principalId ?? '')
		if (coverage.is === 'covered') continue
		const nearest = coverage.nearest[0]
		const kind = nearest ? KIND_OF_GAP[nearest.why] : 'policyExcludes'
		const known = left.get(kind)
		if (known) known.lines.push(position)
		else left.set(kind, { lines: [position], nearest })
	}
	return left
}

const gapDetail = (nearest: Nearest): Record<string, string> =>
	nearest === undefined ? {} : { why: nearest.why, policy: nearest.displayName ?? '' }

/** Groups that are known to hold somebody; null where not every group of the tenant was looked at, which is always so. */
function membershipOf(picture: TenantPicture): (principalId: string) => ReadonlySet<string> | null {
	const excluded = new Set(picture.conditionalAccess.flatMap(({ excludeGroups }) => excludeGroups))
	const readable = new Set(
		picture.groups.filter(({ unread }) => !unread.includes('members')).map((group) => group.objectId),
	)
	// Who is in a group that policies leave out must be known for each of them.
	const isWhole = [...excluded].every((id) => readable.has(id))
	const groups = new Map<string, Set<string>>()
	for (const group of picture.groups)
		for (const { objectId } of group.members)
			groups.set(objectId, (groups.get(objectId) ?? new Set()).add(group.objectId))
	return (principalId) => (isWhole ? (groups.get(principalId) ?? new Set()) : null)
}

/**
 * Whether the tenant's own policy of each place lets it be given without an end, or for longer than the charter does; and whether
 * a group of the charter is one that places can be given in. Null where policies could not be read.
 */
export function judgePlaces(
	charter: Charter,
	picture: TenantPicture,
): { policies: Found[] | null; groups: Found[] } {
	const known = new Map(
		picture.rolePolicies.map((policy) => [
			policy.place.kind === 'role'
				? policy.place.roleDefinitionId
				: `${policy.place.groupId} ${policy.place.relation}`,
			policy,
		]),
	)
	const policies: Found[] = []
	const groups: Found[] = []
	const listed = new Map(picture.groups.map((group) => [group.objectId, group]))
	for (const { place, roles } of governedPlaces(charter).values()) {
		const about = roles.join(' ')
		if (place.kind === 'group') {
			const group = listed.get(place.groupId)
			const why = group === undefined ? null : whyUnfit(group)
			if (why !== null) groups.push({ kind: 'groupUnfit', about, detail: { why }, lines: [] })
		}
		const policy = known.get(
			place.kind === 'role' ? place.roleDefinitionId : `${place.groupId} ${place.relation}`,
		)
		if (policy === undefined) continue
		const longest = Math.max(
			...roles.map((role) => durationMs(charter.roles[role]?.access?.maximumDuration ?? '') ?? 0),
		)
		const allowed = policy.maximumAssignment === null ? null : daysOf(policy.maximumAssignment)
		if (policy.isExpirationRequired === false)
			policies.push({ kind: 'policyTooLong', about, detail: { why: 'noExpiration' }, lines: [] })
		else if (allowed !== null && allowed > longest)
			policies.push({
				kind: 'policyTooLong',
				about,
				detail: {
					why: 'longer',
					allowed: policy.maximumAssignment ?? '',
					charter: Math.round(longest / 3_600_000),
				},
				lines: [],
			})
	}
	return { policies: listOf(picture, 'rolePolicies') === null ? null : policies, groups }
}

/** A group that nobody can be put into for a time. */
const whyUnfit = ({ exists, managed }: TenantPicture['groups'][number]): string | null => {
	if (exists === false) return 'absent'
	return managed === 'onPremises' || managed === 'dynamic' ? managed : null
}

/** Milliseconds of an ISO 8601 time with days or hours; a policy far above any charter's needs no exactness. */
const daysOf = (text: string): number | null => durationMs(text)
