import type { Charter } from '../../charter/charter.schema.ts'
import { coverageOf, type Coverage, type CoverageGap, type Holder } from '../conditional-access.ts'
import { listOf, type TenantPicture } from '../tenant-picture.ts'
import { activeRolesIn } from '../active-roles.ts'
import { groupsNamedBy, membershipsIn } from '../policy-memberships.ts'
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
	inclusionUnknown: 'policyUnknown',
	unitScope: 'noPolicy',
	ownerOnly: 'noPolicy',
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
	const groupsOf = membershipsIn(picture, groupsNamedBy(policies, ['excludeGroups']))
	const rolesOf = activeRolesIn(picture)
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
			memberOf: new Set(place.kind === 'group' && place.relation === 'member' ? [place.groupId] : []),
			activeRoles: new Set(),
		})
		if (ofAll.is === 'gap') {
			const nearest = ofAll.nearest[0]
			const kind = nearest ? KIND_OF_GAP[nearest.why] : 'noPolicy'
			// Nobody is covered, so each holder counts: a policy that covers some of them is better than none.
			const detail = kind === 'noPolicy' ? placeDetail(place, nearest) : gapDetail(nearest)
			found.push({ kind, about, detail, lines: holdersOf(governed, lines), isWide: true })
			continue
		}
		for (const [kind, one] of holdersLeftOut(governed, lines, ({ principalId, place }) =>
			coverageOf(policies, strengths, {
				principalId,
				isGuest: guests.has(principalId),
				place,
				memberOf: groupsOf(principalId),
				activeRoles: rolesOf(principalId),
			}),
		))
			found.push({ kind, about, detail: gapDetail(one.nearest), lines: one.lines })
	}
	return found
}

type Nearest = Extract<Coverage, { is: 'gap' }>['nearest'][number] | undefined

/** Positions of people who hold it, in whatever way. */
const holdersOf = ({ roles }: GovernedPlace, lines: readonly ReportLine[]): number[] =>
	lines.flatMap((line, position) =>
		line.kind === 'user' && line.roles.some((role) => roles.includes(role)) ? [position] : [],
	)

function holdersLeftOut(
	governed: GovernedPlace,
	lines: readonly ReportLine[],
	cover: (line: ReportLine) => Coverage,
): Map<ProblemKind, { lines: number[]; nearest: Nearest }> {
	const left = new Map<ProblemKind, { lines: number[]; nearest: Nearest }>()
	for (const position of holdersOf(governed, lines)) {
		const line = lines[position]
		if (line === undefined) continue
		const coverage = cover(line)
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

/** Where a policy that names the role or the group would not be enforced, that is said whether there is one or not. */
function placeDetail(place: Holder['place'], nearest: Nearest): Record<string, string> {
	const why =
		place.kind === 'role'
			? place.directoryScopeId === '/'
				? null
				: 'unitScope'
			: place.relation === 'owner'
				? 'ownerOnly'
				: null
	return why === null ? gapDetail(nearest) : { ...gapDetail(nearest), why }
}
