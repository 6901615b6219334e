/**
 * The parts of Graph that count their callers apart. What one of them refuses says nothing of the others.
 * https://learn.microsoft.com/graph/throttling-limits
 */
export const FAMILIES = [
	'pim-roles',
	'pim-groups',
	'directory',
	'reports',
	'conditional-access',
	'policies',
	'subscriptions',
] as const
export type Family = (typeof FAMILIES)[number]

/** A token bucket: what may be spent a second, and what may be saved up. In resource units, one for most calls. */
export type Budget = { perSecond: number; burst: number }
export type Budgets = Readonly<Record<Family, Budget>>

/** What PIM takes is published nowhere, and told to be little: this is small, and `ENTRA_PIM_CALLS_PER_SECOND` sets it. */
export const PIM_CALLS_PER_SECOND = 10

/** As much as a burst of calls may save up, in seconds of the budget. */
const SAVED_SECONDS = 3

const ofPim = (perSecond: number): Budget => ({
	perSecond,
	burst: Math.max(8, Math.ceil(perSecond * SAVED_SECONDS)),
})

/**
 * The budgets of one application in one tenant. Directory: 3,500 units in ten seconds, what the smallest size of tenant is
 * given. Reports: five calls in ten seconds. Conditional access: one call a second, of which we leave some to others, since
 * all applications share it. Of subscriptions and policies no number is published.
 */
export const budgetsFor = (pimCallsPerSecond: number): Budgets => ({
	'pim-roles': ofPim(pimCallsPerSecond),
	'pim-groups': ofPim(pimCallsPerSecond),
	directory: { perSecond: 300, burst: 500 },
	reports: { perSecond: 0.4, burst: 2 },
	'conditional-access': { perSecond: 0.8, burst: 1 },
	policies: { perSecond: 10, burst: 30 },
	subscriptions: { perSecond: 5, burst: 10 },
})

const BY_PATH: readonly (readonly [RegExp, Family])[] = [
	[/^\/roleManagement\/directory\/role(Assignment|Eligibility)Schedule/i, 'pim-roles'],
	[/^\/identityGovernance\/privilegedAccess\/group\//i, 'pim-groups'],
	[/^\/(auditLogs|reports)\//i, 'reports'],
	[/^\/(identity\/conditionalAccess|identityProtection)\//i, 'conditional-access'],
	[/^\/policies\//i, 'policies'],
	[/^\/subscriptions\b/i, 'subscriptions'],
]

/** The path of an address without its version: `/users` of `https://graph.microsoft.com/v1.0/users`. */
export const pathOf = (url: URL) => url.pathname.replace(/^\/(v1\.0|beta)(?=\/)/, '')

/** The family that a call counts in; users, groups and all that has no place of its own are the directory. */
export function familyOf(path: string): Family {
	return BY_PATH.find(([pattern]) => pattern.test(path))?.[1] ?? 'directory'
}

const DEAR: readonly (readonly [RegExp, number])[] = [
	[/^\/groups\/[^/]+\/transitiveMembers/i, 5],
	[/^\/groups\/[^/]+\/members/i, 3],
	[/^\/directoryObjects\/getByIds/i, 3],
	[/^\/users(\/delta)?$/i, 2],
]

/**
 * What a call is likely to cost, in resource units: as published for the directory, with one less for `$select` and for few
 * rows, one more for `$expand`, and one at least. Everywhere else a call is a call.
 */
export function costOf(method: string, url: URL): number {
	const path = pathOf(url)
	if (familyOf(path) !== 'directory' || (method !== 'GET' && !/getByIds$/i.test(path))) return 1
	const base = DEAR.find(([pattern]) => pattern.test(path))?.[1] ?? 1
	const { searchParams } = url
	const top = Number(searchParams.get('$top') ?? NaN)
	const less = (searchParams.has('$select') ? 1 : 0) + (top < 20 ? 1 : 0)
	return Math.max(1, base - less + (searchParams.has('$expand') ? 1 : 0))
}
