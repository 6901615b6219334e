import type { AuthenticationStrength, ConditionalAccessPolicy } from './picture-policies.ts'

/** Combinations of methods that cannot be phished, as authentication strengths name them. */
const RESISTANT: ReadonlySet<string> = new Set([
	'fido2',
	'windowsHelloForBusiness',
	'x509CertificateMultiFactor',
])
/** The strength "Phishing-resistant MFA" that every tenant has. */
const BUILT_IN = '00000000-0000-0000-0000-000000000004'

/** Whether everything that the strength lets pass is phishing-resistant. */
export const isPhishingResistant = ({
	allowedCombinations,
}: Pick<AuthenticationStrength, 'allowedCombinations'>): boolean =>
	allowedCombinations.length > 0 && allowedCombinations.every((combination) => RESISTANT.has(combination))

/** Who is to be held to phishing-resistant sign-in, and by holding what. */
export type Holder = {
	principalId: string
	isGuest: boolean
	place: { kind: 'role'; roleDefinitionId: string } | { kind: 'group'; groupId: string }
	/** Groups that they are known to be in; null where nobody looked, and then no exclusion of a group is known to miss them. */
	memberOf: ReadonlySet<string> | null
}

/** Why a policy that speaks of the holder does not hold them to it. */
export const COVERAGE_GAPS = [
	/** It only reports what it would do. */
	'reportOnly',
	'disabled',
	/** It leaves out this account, this role, or guests. */
	'excluded',
	/** It leaves out a group, and whether they are in it is not known. */
	'exclusionUnknown',
	/** It does not hold for all applications. */
	'applications',
	/** It holds only sometimes: at some places, on some platforms, at some risk. */
	'narrowed',
	/** Something weaker does as well. */
	'alternative',
	/** It asks for no strength, or for one that lets others pass. */
	'weak',
	/** The strength that it asks for could not be read. */
	'strengthUnknown',
] as const
export type CoverageGap = (typeof COVERAGE_GAPS)[number]

export type Coverage =
	| { is: 'covered'; by: readonly string[] }
	/** Policies that speak of the holder and why each does not do; none where no policy does. */
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
	const addressing = policies.filter((policy) => addresses(policy, holder))
	const judged = addressing.map((policy) => ({ policy, why: gapOf(policy, strengths, holder) }))
	const by = judged.filter(({ why }) => why === null).map(({ policy }) => policy.id)
	if (by.length > 0) return { is: 'covered', by }
	return {
		is: 'gap',
		nearest: judged.flatMap(({ policy: { id, displayName }, why }) =>
			why === null ? [] : [{ policyId: id, displayName, why }],
		),
	}
}

const has = (ids: readonly string[], id: string) =>
	ids.some((each) => each.toLowerCase() === id.toLowerCase())

/** Whether the policy speaks of the holder, by account, role or group. */
function addresses(
	policy: ConditionalAccessPolicy,
	{ principalId, isGuest, place, memberOf }: Holder,
): boolean {
	const { includeUsers, includeRoles, includeGroups } = policy
	if (has(includeUsers, 'All') || has(includeUsers, principalId)) return true
	if (isGuest && has(includeUsers, 'GuestsOrExternalUsers')) return true
	if (place.kind === 'role' && has(includeRoles, place.roleDefinitionId)) return true
	if (place.kind === 'group' && has(includeGroups, place.groupId)) return true
	return includeGroups.some((group) => memberOf?.has(group.toLowerCase()) === true)
}

function gapOf(
	policy: ConditionalAccessPolicy,
	strengths: readonly AuthenticationStrength[] | null,
	holder: Holder,
): CoverageGap | null {
	if (policy.state === 'reportOnly') return 'reportOnly'
	if (policy.state !== 'enabled') return 'disabled'
	const exclusion = exclusionOf(policy, holder)
	if (exclusion !== null) return exclusion
	if (!has(policy.includeApplications, 'All') || policy.excludeApplications.length > 0) return 'applications'
	if (policy.narrowedBy.length > 0) return 'narrowed'
	return controlGap(policy, strengths)
}

function exclusionOf(
	policy: ConditionalAccessPolicy,
	{ principalId, isGuest, place, memberOf }: Holder,
): CoverageGap | null {
	const { excludeUsers, excludeRoles, excludeGroups, excludesGuests } = policy
	if (has(excludeUsers, principalId) || has(excludeUsers, 'All')) return 'excluded'
	if (isGuest && (excludesGuests || has(excludeUsers, 'GuestsOrExternalUsers'))) return 'excluded'
	if (place.kind === 'role' && has(excludeRoles, place.roleDefinitionId)) return 'excluded'
	if (place.kind === 'group' && has(excludeGroups, place.groupId)) return 'excluded'
	if (excludeGroups.length === 0) return null
	if (memberOf === null) return 'exclusionUnknown'
	return excludeGroups.some((group) => memberOf.has(group.toLowerCase())) ? 'excluded' : null
}

function controlGap(
	{ authenticationStrengthId, operator, builtInControls, hasOtherControls }: ConditionalAccessPolicy,
	strengths: readonly AuthenticationStrength[] | null,
): CoverageGap | null {
	if (authenticationStrengthId === null) return 'weak'
	if (operator === 'OR' && (builtInControls.length > 0 || hasOtherControls)) return 'alternative'
	const id = authenticationStrengthId.toLowerCase()
	const strength = strengths?.find((each) => each.id.toLowerCase() === id)
	if (strength) return isPhishingResistant(strength) ? null : 'weak'
	return id === BUILT_IN ? null : 'strengthUnknown'
}
