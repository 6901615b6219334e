import { durationMs } from '../shared/instants.ts'
import type { TenantPicture } from '../tenant/tenant-picture.ts'
import type {
	AuthenticationStrength,
	ConditionalAccessPolicy,
	RolePolicy,
} from '../tenant/picture-policies.ts'
import { inOrderOfDanger, NO_NAMES, type Difference } from './differences.ts'

/** One rule of the tenant as it was last seen at its strictest; what later readings are held against. */
export type PolicyBaseline =
	| { kind: 'conditionalAccess'; policy: ConditionalAccessPolicy; combinations: readonly string[] | null }
	| { kind: 'role'; policy: RolePolicy }
export type PolicyBaselines = ReadonlyMap<string, PolicyBaseline>

/** In which ways a rule can ask for less than before. Codes are stored: add freely, never rename. */
type Weakening =
	| 'GONE'
	| 'OFF'
	| 'REPORT_ONLY'
	| 'FEWER_INCLUDED'
	| 'MORE_EXCLUDED'
	| 'NARROWED'
	| 'FEWER_CONTROLS'
	| 'ANY_CONTROL'
	| 'WEAKER_STRENGTH'
	| 'LONGER_ASSIGNMENT'
	| 'NO_EXPIRATION'
	| 'LONGER_ACTIVATION'
	| 'FEWER_RULES'
	| 'NO_APPROVAL'

/** Names a rule of the tenant. */
const conditionalAccessKey = (id: string) => `ca ${id}`.toLowerCase()
const rolePolicyKey = ({ place }: Pick<RolePolicy, 'place'>) =>
	(place.kind === 'role'
		? `role ${place.roleDefinitionId}`
		: `group ${place.groupId} ${place.relation}`
	).toLowerCase()

/**
 * The rules that ask for less than when they were last seen, and what to hold the next reading against: a rule that became
 * weaker keeps the form it had, so that it stays found until it is as strict again.
 */
export function comparePolicies(
	picture: TenantPicture,
	before: PolicyBaselines,
): { differences: Difference[]; baselines: Map<string, PolicyBaseline> } {
	const baselines = new Map(before)
	const differences: Difference[] = []
	const seen = seenPolicies(picture)
	const judge = (key: string, now: PolicyBaseline | null) => {
		const then = before.get(key)
		const weaker = then === undefined ? [] : weakenings(then, now)
		if (weaker.length > 0) differences.push(differenceOf(key, weaker, then))
		else if (now !== null) baselines.set(key, now)
	}
	for (const [key, now] of seen) judge(key, now)
	for (const key of before.keys()) if (!seen.has(key) && isKindKnown(picture, key)) judge(key, null)
	return { differences: differences.sort((a, b) => (a.key < b.key ? -1 : 1)), baselines }
}

/** Whether rules of this kind could be read: a rule that is not listed is gone only then. */
export const isKindKnown = (picture: TenantPicture, key: string): boolean =>
	key.startsWith('ca ') ? picture.parts.conditionalAccess.read : picture.parts.rolePolicies.read

function seenPolicies(picture: TenantPicture): Map<string, PolicyBaseline> {
	const seen = new Map<string, PolicyBaseline>()
	if (picture.parts.conditionalAccess.read)
		for (const policy of picture.conditionalAccess)
			seen.set(conditionalAccessKey(policy.id), {
				kind: 'conditionalAccess',
				policy,
				combinations: combinationsOf(policy, picture),
			})
	if (picture.parts.rolePolicies.read)
		for (const policy of picture.rolePolicies) seen.set(rolePolicyKey(policy), { kind: 'role', policy })
	return seen
}

/** Null: no strength is asked for, or what it allows could not be read. */
function combinationsOf(
	{ authenticationStrengthId: id }: ConditionalAccessPolicy,
	{ parts, authenticationStrengths }: TenantPicture,
): readonly string[] | null {
	if (id === null || !parts.authenticationStrengths.read) return null
	const found: AuthenticationStrength | undefined = authenticationStrengths.find((each) => each.id === id)
	return found?.allowedCombinations ?? null
}

function weakenings(then: PolicyBaseline, now: PolicyBaseline | null): Weakening[] {
	if (now === null || now.kind !== then.kind) return isStrict(then) ? ['GONE'] : []
	if (then.kind === 'conditionalAccess' && now.kind === 'conditionalAccess') return weakerAccess(then, now)
	if (then.kind === 'role' && now.kind === 'role') return weakerRole(then.policy, now.policy)
	return []
}

/** A rule that asked for nothing takes nothing along. */
const isStrict = (baseline: PolicyBaseline) => baseline.kind === 'role' || baseline.policy.state === 'enabled'

type Access = Extract<PolicyBaseline, { kind: 'conditionalAccess' }>

function weakerAccess(
	{ policy: then, combinations: before }: Access,
	{ policy: now, combinations }: Access,
): Weakening[] {
	// Only what was in force can have become weaker.
	if (then.state !== 'enabled') return []
	const found: Weakening[] = []
	if (now.state === 'disabled') found.push('OFF')
	else if (now.state === 'reportOnly') found.push('REPORT_ONLY')
	const included = ['includeUsers', 'includeGroups', 'includeRoles', 'includeApplications'] as const
	const excluded = ['excludeUsers', 'excludeGroups', 'excludeRoles', 'excludeApplications'] as const
	if (included.some((list) => !now[list].includes('All') && then[list].some((id) => !now[list].includes(id))))
		found.push('FEWER_INCLUDED')
	if (
		(now.excludesGuests && !then.excludesGuests) ||
		excluded.some((list) => now[list].some((id) => !then[list].includes(id)))
	)
		found.push('MORE_EXCLUDED')
	if (now.narrowedBy.some((condition) => !then.narrowedBy.includes(condition))) found.push('NARROWED')
	const lostStrength = then.authenticationStrengthId !== null && now.authenticationStrengthId === null
	if (lostStrength || then.builtInControls.some((control) => !now.builtInControls.includes(control)))
		found.push('FEWER_CONTROLS')
	if (then.operator === 'AND' && now.operator === 'OR') found.push('ANY_CONTROL')
	if (before !== null && combinations !== null && combinations.some((one) => !before.includes(one)))
		found.push('WEAKER_STRENGTH')
	return found
}

function weakerRole(then: RolePolicy, now: RolePolicy): Weakening[] {
	const found: Weakening[] = []
	if (isLonger(then.maximumAssignment, now.maximumAssignment)) found.push('LONGER_ASSIGNMENT')
	if (then.isExpirationRequired === true && now.isExpirationRequired === false) found.push('NO_EXPIRATION')
	if (isLonger(then.maximumActivation, now.maximumActivation)) found.push('LONGER_ACTIVATION')
	const lists = ['assignmentRules', 'activationRules'] as const
	if (lists.some((list) => then[list].some((rule) => !now[list].includes(rule)))) found.push('FEWER_RULES')
	if (then.needsApproval === true && now.needsApproval === false) found.push('NO_APPROVAL')
	return found
}

function isLonger(then: string | null, now: string | null): boolean {
	const [before, after] = [then, now].map((text) => (text === null ? null : durationMs(text)))
	return typeof before === 'number' && typeof after === 'number' && after > before
}

const differenceOf = (
	key: string,
	reasons: readonly Weakening[],
	then: PolicyBaseline | undefined,
): Difference => ({
	key: `policy ${key}`,
	family: 'policy',
	kinds: inOrderOfDanger(['policyWeakened']),
	principalId: null,
	principalKind: null,
	personId: null,
	place: null,
	roles: [],
	standing: 'active',
	through: null,
	grantId: null,
	from: null,
	until: null,
	reasons,
	names: {
		...NO_NAMES,
		policy: then?.kind === 'conditionalAccess' ? then.policy.displayName : null,
	},
	people: 0,
	isAbsence: false,
	removal: null,
})
