import type { AuthenticationStrength, ConditionalAccessPolicy } from './picture-policies.ts'

/** Combinations of methods that cannot be phished, as authentication strengths name them. */
const RESISTANT: ReadonlySet<string> = new Set([
	'fido2',
	'windowsHelloForBusiness',
	'x509CertificateMultiFactor',
])
/** The strength "Phishing-resistant MFA" that every tenant has. */
export const PHISHING_RESISTANT_ID = '00000000-0000-0000-0000-000000000004'

/** Whether everything that the strength lets pass is phishing-resistant. */
export const isPhishingResistant = ({
	allowedCombinations,
}: Pick<AuthenticationStrength, 'allowedCombinations'>): boolean =>
	allowedCombinations.length > 0 && allowedCombinations.every((combination) => RESISTANT.has(combination))

/** Who is to be held to phishing-resistant sign-in, and by holding what. */
export type Holder = {
	principalId: string
	isGuest: boolean
	/** Scope and relation count: see `addressOf`. */
	place:
		| { kind: 'role'; roleDefinitionId: string; directoryScopeId: string }
		| { kind: 'group'; groupId: string; relation: 'member' | 'owner' }
	/** Groups that they are known to be in; null where nobody looked: then no group that is named is known to have or to miss them. */
	memberOf: ReadonlySet<string> | null
	/** Directory roles that they hold now, by templates; null where nobody looked, and then no exclusion of a role is known to miss them. */
	activeRoles: ReadonlySet<string> | null
}

/** Why a policy that speaks of the holder does not hold them to it; what is nearest to holding them first. */
export const COVERAGE_GAPS = [
	/** It leaves out this account, a role or group of theirs, or guests. */
	'excluded',
	/** It leaves out a group or role, and whether they have it is not known. */
	'exclusionUnknown',
	/** It is for groups, and whether they are in one of them is not known. */
	'inclusionUnknown',
	/** It names the role, which they hold in a part of the tenant only: Entra ID does not enforce it there. */
	'unitScope',
	/** It names the group, whose owner they are: owners are not members. */
	'ownerOnly',
	/** It only reports what it would do, and would hold them if it were switched on. */
	'reportOnly',
	/** The strength that it asks for could not be read. */
	'strengthUnknown',
	/** Something weaker does as well. */
	'alternative',
	/** It does not hold for all applications. */
	'applications',
	/** It holds only sometimes: at some places, on some platforms, at some risk. */
	'narrowed',
	/** It asks for no strength, or for one that lets others pass. */
	'weak',
	/** It is off, or only reports and would not hold them if it were switched on. */
	'disabled',
] as const
export type CoverageGap = (typeof COVERAGE_GAPS)[number]

const UNKNOWN: ReadonlySet<CoverageGap> = new Set(['exclusionUnknown', 'inclusionUnknown', 'strengthUnknown'])
/** Whether it is not known whether this is a gap at all. */
export const isUnknownGap = (gap: CoverageGap): boolean => UNKNOWN.has(gap)

export type Coverage =
	| { is: 'covered'; by: readonly string[] }
	/**
	 * Policies that speak of the holder and why each does not do, the nearest first; none where no policy does. Policies that block
	 * are left out, since nobody signs in by them, well or badly.
	 */
	| { is: 'gap'; nearest: readonly { policyId: string; displayName: string | null; why: CoverageGap }[] }

/**
 * Whether some Conditional Access policy that is switched on demands phishing-resistant sign-in of the holder, for every
 * application and at all times. What is not known counts as a gap.
 */
export function coverageOf(
	policies: readonly ConditionalAccessPolicy[],
	strengths: readonly AuthenticationStrength[] | null,
	holder: Holder,
): Coverage {
	const judged = policies.flatMap((policy) => {
		const address = has(policy.builtInControls, 'block') ? null : addressOf(policy, holder)
		return address === null ? [] : [{ policy, why: gapOf(policy, strengths, holder, address) }]
	})
	const by = judged.filter(({ why }) => why === null).map(({ policy }) => policy.id)
	if (by.length > 0) return { is: 'covered', by }
	return {
		is: 'gap',
		nearest: judged
			.flatMap(({ policy: { id, displayName }, why }) =>
				why === null ? [] : [{ policyId: id, displayName, why }],
			)
			.sort((a, b) => distance(a.why) - distance(b.why) || (a.policyId < b.policyId ? -1 : 1)),
	}
}

const distance = (gap: CoverageGap) => COVERAGE_GAPS.indexOf(gap)

const has = (ids: readonly string[], id: string) =>
	ids.some((each) => each.toLowerCase() === id.toLowerCase())

/** `holds`: whoever is addressed so is held, where nothing else is in the way. */
type Address = 'holds' | 'inclusionUnknown' | 'unitScope' | 'ownerOnly'

/**
 * Whether the policy speaks of the holder, by account, role or group; null: it does not. Entra ID enforces a policy by a role only
 * where the role is held for the whole tenant, and by a group only for its members. Where nobody looked whether they are in a
 * group that it is for, it may hold them.
 */
function addressOf(
	policy: ConditionalAccessPolicy,
	{ principalId, isGuest, place, memberOf }: Holder,
): Address | null {
	const { includeUsers, includeRoles, includeGroups } = policy
	if (has(includeUsers, 'All') || has(includeUsers, principalId)) return 'holds'
	if (isGuest && has(includeUsers, 'GuestsOrExternalUsers')) return 'holds'
	if (includeGroups.some((group) => memberOf?.has(group.toLowerCase()) === true)) return 'holds'
	const byPlace = addressByPlace(includeRoles, includeGroups, place)
	if (byPlace === 'holds') return 'holds'
	return memberOf === null && includeGroups.length > 0 ? 'inclusionUnknown' : byPlace
}

function addressByPlace(
	includeRoles: readonly string[],
	includeGroups: readonly string[],
	place: Holder['place'],
): Exclude<Address, 'inclusionUnknown'> | null {
	if (place.kind === 'role') {
		if (!has(includeRoles, place.roleDefinitionId)) return null
		return place.directoryScopeId === '/' ? 'holds' : 'unitScope'
	}
	if (!has(includeGroups, place.groupId)) return null
	return place.relation === 'member' ? 'holds' : 'ownerOnly'
}

/**
 * Why the policy does not hold them: of several reasons the one that is farthest from it, so that the policy that is told is one
 * whose change would help. What is surely a gap goes before what may be one.
 */
function gapOf(
	policy: ConditionalAccessPolicy,
	strengths: readonly AuthenticationStrength[] | null,
	holder: Holder,
	address: Address,
): CoverageGap | null {
	if (policy.state !== 'enabled' && policy.state !== 'reportOnly') return 'disabled'
	const all: (CoverageGap | null)[] = [
		exclusionOf(policy, holder),
		address === 'holds' ? null : address,
		has(policy.includeApplications, 'All') && policy.excludeApplications.length === 0 ? null : 'applications',
		policy.narrowedBy.length > 0 ? 'narrowed' : null,
		controlGap(policy, strengths),
	]
	const gaps = all.flatMap((gap) => (gap === null ? [] : [gap]))
	if (policy.state === 'reportOnly') return gaps.length === 0 ? 'reportOnly' : 'disabled'
	const sure = gaps.filter((gap) => !isUnknownGap(gap))
	const counted = sure.length > 0 ? sure : gaps
	return counted.sort((a, b) => distance(b) - distance(a))[0] ?? null
}

/** As strict as can be: a role or group that is left out leaves them out in whatever part and by whatever relation they have it. */
function exclusionOf(
	policy: ConditionalAccessPolicy,
	{ principalId, isGuest, place, memberOf, activeRoles }: Holder,
): CoverageGap | null {
	const { excludeUsers, excludeRoles, excludeGroups, excludesGuests } = policy
	if (has(excludeUsers, principalId) || has(excludeUsers, 'All')) return 'excluded'
	if (isGuest && (excludesGuests || has(excludeUsers, 'GuestsOrExternalUsers'))) return 'excluded'
	if (place.kind === 'role' && has(excludeRoles, place.roleDefinitionId)) return 'excluded'
	if (place.kind === 'group' && has(excludeGroups, place.groupId)) return 'excluded'
	const left = [isAmong(excludeGroups, memberOf), isAmong(excludeRoles, activeRoles)]
	if (left.includes(true)) return 'excluded'
	return left.includes(null) ? 'exclusionUnknown' : null
}

/** Null: nobody looked, and there is something to look for. */
const isAmong = (ids: readonly string[], known: ReadonlySet<string> | null): boolean | null =>
	ids.length === 0 ? false : known === null ? null : ids.some((id) => known.has(id.toLowerCase()))

function controlGap(
	{ authenticationStrengthId, operator, builtInControls, hasOtherControls }: ConditionalAccessPolicy,
	strengths: readonly AuthenticationStrength[] | null,
): CoverageGap | null {
	if (authenticationStrengthId === null) return 'weak'
	if (operator === 'OR' && (builtInControls.length > 0 || hasOtherControls)) return 'alternative'
	const id = authenticationStrengthId.toLowerCase()
	const strength = strengths?.find((each) => each.id.toLowerCase() === id)
	if (strength) return isPhishingResistant(strength) ? null : 'weak'
	return id === PHISHING_RESISTANT_ID ? null : 'strengthUnknown'
}
