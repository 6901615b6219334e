import { isPhishingResistant, PHISHING_RESISTANT_ID } from '../tenant/conditional-access.ts'
import type { ConditionalAccessPolicy } from '../tenant/picture-policies.ts'
import type { AccessDetails } from '../tenant/policy-details.ts'

/** A policy of Conditional Access with what its strength lets pass; null: it asks for none, or that could not be read. */
export type AccessRule = { policy: ConditionalAccessPolicy; combinations: readonly string[] | null }

type Access =
	| 'OFF'
	| 'REPORT_ONLY'
	| 'FEWER_INCLUDED'
	| 'MORE_EXCLUDED'
	| 'NARROWED'
	| 'FILTER_CHANGED'
	| 'FEWER_CONTROLS'
	| 'ANY_CONTROL'
	| 'WEAKER_STRENGTH'
	| 'LONGER_SESSION'
	| 'FEWER_SESSION_CONTROLS'
export type AccessWeakening = Access

/** In which ways a policy of Conditional Access asks for less than then. Only what was in force can have become weaker. */
export function weakerAccess(before: AccessRule, after: AccessRule): AccessWeakening[] {
	const { policy: then } = before
	const { policy: now } = after
	if (then.state !== 'enabled') return []
	const found: AccessWeakening[] = []
	if (now.state === 'disabled') found.push('OFF')
	else if (now.state === 'reportOnly') found.push('REPORT_ONLY')
	if (coversFewer(then, now)) found.push('FEWER_INCLUDED')
	if (leavesOutMore(then, now)) found.push('MORE_EXCLUDED')
	if (isNarrower(then, now)) found.push('NARROWED')
	if (differs(then.details?.filters, now.details?.filters)) found.push('FILTER_CHANGED')
	found.push(...weakerControls(before, after))
	if (then.details && now.details) found.push(...weakerSession(then.details, now.details))
	return found
}

const lost = (then: readonly string[] | undefined, now: readonly string[] | undefined): boolean =>
	then !== undefined && now !== undefined && then.some((one) => !now.includes(one))
const isAll = (list: readonly string[]) => list.some((one) => one.toLowerCase() === 'all')

/** Lists of people add up, so that where all users are included the others no longer matter. */
function coversFewer(then: ConditionalAccessPolicy, now: ConditionalAccessPolicy): boolean {
	const people = ['includeUsers', 'includeGroups', 'includeRoles'] as const
	const isFewerPeople =
		people.some((list) => lost(then[list], now[list])) ||
		lost(then.details?.includeGuests, now.details?.includeGuests)
	const isFewerThings =
		(!isAll(now.includeApplications) && lost(then.includeApplications, now.includeApplications)) ||
		lost(then.details?.includeUserActions, now.details?.includeUserActions) ||
		lost(then.details?.includeContexts, now.details?.includeContexts)
	return (isFewerPeople && !isAll(now.includeUsers)) || isFewerThings
}

function leavesOutMore(then: ConditionalAccessPolicy, now: ConditionalAccessPolicy): boolean {
	const lists = ['excludeUsers', 'excludeGroups', 'excludeRoles', 'excludeApplications'] as const
	return (
		(now.excludesGuests && !then.excludesGuests) ||
		lists.some((list) => lost(now[list], then[list])) ||
		lost(now.details?.excludeGuests, then.details?.excludeGuests)
	)
}

/** A condition that was not there, or one that lets it apply to less than before. One that is gone makes it apply more often. */
function isNarrower(then: ConditionalAccessPolicy, now: ConditionalAccessPolicy): boolean {
	if (lost(now.narrowedBy, then.narrowedBy)) return true
	if (!then.details || !now.details) return false
	const { narrowedTo: to, narrowedOut: out } = now.details
	const stays = (value: string) => now.narrowedBy.includes(value.split(' ')[0] ?? '')
	const isTaken = (value: string) => !to.includes(value) && !to.includes(`${value.split(' ')[0] ?? ''} all`)
	return (
		then.details.narrowedTo.some((value) => stays(value) && isTaken(value)) ||
		lost(out, then.details.narrowedOut)
	)
}

/** Nobody can say of two rules of a filter which of them lets through less: another one is told as that. */
const differs = (then: readonly string[] | undefined, now: readonly string[] | undefined): boolean =>
	lost(now, then) && then !== undefined && then.length > 0

/** What must be passed, one by one: a control, a strength, or something beside those. */
type Demand = 'strength' | 'other' | `control ${string}`

const demandsOf = ({
	builtInControls,
	authenticationStrengthId,
	hasOtherControls,
}: ConditionalAccessPolicy): Demand[] => [
	...builtInControls.map((control): Demand => `control ${control}`),
	...(authenticationStrengthId === null ? [] : (['strength'] as const)),
	...(hasOtherControls ? (['other'] as const) : []),
]

/** The strengths that every tenant has, of which each lets only several factors pass. */
const BUILT_IN_STRENGTHS: ReadonlySet<string> = new Set([
	'00000000-0000-0000-0000-000000000002',
	'00000000-0000-0000-0000-000000000003',
	PHISHING_RESISTANT_ID,
])

/**
 * Whether whoever passes what is demanded now passes what was demanded then, however the demands are joined: a way past that was
 * not there is a weakening whether it replaces a demand or stands beside it.
 */
function weakerControls(before: AccessRule, after: AccessRule): AccessWeakening[] {
	const [had, has] = [demandsOf(before.policy), demandsOf(after.policy)]
	const found: AccessWeakening[] = []
	const isMultifactor =
		BUILT_IN_STRENGTHS.has(after.policy.authenticationStrengthId ?? '') ||
		(after.combinations !== null && isPhishingResistant({ allowedCombinations: [...after.combinations] }))
	// Who is blocked passes nothing at all.
	const satisfies = (one: Demand, other: Demand) =>
		one === other ||
		one === 'control block' ||
		(one === 'strength' && other === 'control mfa' && isMultifactor)
	const isAny = ({ operator }: ConditionalAccessPolicy, demands: readonly Demand[]) =>
		operator === 'OR' && demands.length > 1
	const isMet = (one: Demand) =>
		isAny(before.policy, had)
			? had.some((other) => satisfies(one, other))
			: had.every((other) => satisfies(one, other))
	if (had.length > 0) {
		const isGone = isAny(before.policy, had)
			? !has.some(isMet)
			: had.some((other) => !has.some((one) => satisfies(one, other)))
		if (isGone) found.push('FEWER_CONTROLS')
		if (isAny(after.policy, has) && !has.every(isMet)) found.push('ANY_CONTROL')
	}
	const { combinations: then } = before
	if (then !== null && after.combinations?.some((one) => !then.includes(one))) found.push('WEAKER_STRENGTH')
	return found
}

const PERSISTENCE = { never: 0, chosen: 1, always: 2 } as const

function weakerSession(then: AccessDetails, now: AccessDetails): AccessWeakening[] {
	const found: AccessWeakening[] = []
	const hours = ({ signInFrequencyHours }: AccessDetails) => signInFrequencyHours ?? Infinity
	const stays = ({ persistentBrowser }: AccessDetails) => PERSISTENCE[persistentBrowser ?? 'chosen']
	if (hours(now) > hours(then) || stays(now) > stays(then)) found.push('LONGER_SESSION')
	if (lost(then.sessionControls, now.sessionControls)) found.push('FEWER_SESSION_CONTROLS')
	return found
}
