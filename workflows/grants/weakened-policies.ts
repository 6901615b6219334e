import type { TenantPicture } from '../tenant/tenant-picture.ts'
import type {
	AuthenticationStrength,
	ConditionalAccessPolicy,
	RolePolicy,
} from '../tenant/picture-policies.ts'
import { inOrderOfDanger, NO_NAMES, type Difference } from './differences.ts'
import { ruleDigest } from './rule-digest.ts'
import { weakerAccess, type AccessRule, type AccessWeakening } from './weakened-access.ts'
import { weakerRole, type RoleWeakening } from './weakened-roles.ts'

/** One rule of the tenant as it was last seen at its strictest; what later readings are held against. */
export type PolicyBaseline =
	({ kind: 'conditionalAccess' } & AccessRule) | { kind: 'role'; policy: RolePolicy }
export type PolicyBaselines = ReadonlyMap<string, PolicyBaseline>

/** In which ways a rule can ask for less than before. Codes are stored: add freely, never rename. */
type Weakening = 'GONE' | AccessWeakening | RoleWeakening

/** Names a rule of the tenant. */
const conditionalAccessKey = (id: string) => `ca ${id}`.toLowerCase()
const rolePolicyKey = ({ place }: Pick<RolePolicy, 'place'>) =>
	(place.kind === 'role'
		? `role ${place.roleDefinitionId}`
		: `group ${place.groupId} ${place.relation}`
	).toLowerCase()

/**
 * The rules that ask for less than when they were last seen, and what to hold the next reading against: a rule that became
 * weaker keeps the form it had, so that it stays found until it is as strict again. Rules of groups that are not in `groupIds`
 * are not read any more: nothing is said of them, and what was known of them is kept for the day that they are read again.
 */
export function comparePolicies(
	picture: TenantPicture,
	before: PolicyBaselines,
	groupIds: readonly string[],
): { differences: Difference[]; baselines: Map<string, PolicyBaseline> } {
	const baselines = new Map(before)
	const differences: Difference[] = []
	const seen = seenPolicies(picture)
	const judge = (key: string, now: PolicyBaseline | null) => {
		const then = before.get(key)
		const weaker = then === undefined ? [] : weakenings(then, now)
		if (weaker.length > 0) differences.push(differenceOf(key, weaker, then, now))
		const kept = nextBaseline(then, now, weaker.length > 0)
		if (kept !== undefined) baselines.set(key, kept)
	}
	for (const [key, now] of seen) judge(key, now)
	for (const key of before.keys())
		if (!seen.has(key) && isKindKnown(picture, key) && !isUngoverned(key, groupIds)) judge(key, null)
	return { differences: differences.sort((a, b) => (a.key < b.key ? -1 : 1)), baselines }
}

/** Whether it is a rule of a group that the charter does not give places in any more. */
export const isUngoverned = (key: string, groupIds: readonly string[]): boolean =>
	key.startsWith('group ') && !groupIds.some((id) => key.startsWith(`group ${id.toLowerCase()} `))

/**
 * Whether rules of this kind could be read: a rule that is not listed is gone only then. Rules of groups are read one group at a
 * time, and a list in which the group has no rule at all may be one that was refused, or not there yet: only a group of which
 * another rule is listed is known.
 */
export function isKindKnown({ parts, rolePolicies }: TenantPicture, key: string): boolean {
	if (key.startsWith('ca ')) return parts.conditionalAccess.read
	if (!key.startsWith('group ')) return parts.rolePolicies.read
	return rolePolicies.some(
		({ place }) => place.kind === 'group' && key.startsWith(`group ${place.groupId.toLowerCase()} `),
	)
}

/**
 * What to hold the next reading against. What could not be read this time is kept as it was known, so that a weakening is not
 * missed because the reading between was incomplete.
 */
function nextBaseline(
	then: PolicyBaseline | undefined,
	now: PolicyBaseline | null,
	isWeaker: boolean,
): PolicyBaseline | undefined {
	if (now === null) return then
	if (then?.kind !== now.kind) return isWeaker ? then : now
	// What is read of rules today, and was not when this one was remembered, is held from now on.
	if (isWeaker) return withDetails(then, now)
	if (then.kind === 'role' || now.kind === 'role') return now
	if (now.policy.state === 'unknown') return then
	const [before, after] = [then.policy.authenticationStrengthId, now.policy.authenticationStrengthId]
	if (after === null || now.combinations !== null) return now
	if (before === after) return { ...now, combinations: then.combinations }
	return then
}

function withDetails(then: PolicyBaseline, now: PolicyBaseline): PolicyBaseline {
	if (then.policy.details !== undefined || now.policy.details === undefined) return then
	if (then.kind === 'role' && now.kind === 'role')
		return { ...then, policy: { ...then.policy, details: now.policy.details } }
	if (then.kind === 'conditionalAccess' && now.kind === 'conditionalAccess')
		return { ...then, policy: { ...then.policy, details: now.policy.details } }
	return then
}

function seenPolicies(picture: TenantPicture): Map<string, PolicyBaseline> {
	const seen = new Map<string, PolicyBaseline>()
	if (picture.parts.conditionalAccess.read)
		for (const policy of picture.conditionalAccess)
			seen.set(conditionalAccessKey(policy.id), {
				kind: 'conditionalAccess',
				policy,
				combinations: combinationsOf(policy, picture),
			})
	for (const policy of picture.rolePolicies)
		if (policy.place.kind === 'group' || picture.parts.rolePolicies.read)
			seen.set(rolePolicyKey(policy), { kind: 'role', policy })
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

function ruleOf(now: PolicyBaseline | null): Pick<Difference, 'rule'> {
	const rule = ruleDigest(now)
	return rule === undefined ? {} : { rule }
}

const differenceOf = (
	key: string,
	reasons: readonly Weakening[],
	then: PolicyBaseline | undefined,
	now: PolicyBaseline | null,
): Difference => ({
	...ruleOf(now),
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
