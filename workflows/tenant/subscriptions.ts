/** Why a tenant does not tell us of something by itself. */
export const SUBSCRIPTION_TROUBLES = [
	'forbidden',
	'quota',
	'unreachable',
	'unsupported',
	'unavailable',
] as const
export type SubscriptionTrouble = (typeof SUBSCRIPTION_TROUBLES)[number]

/**
 * For how long a subscription is asked for. Graph gives those of users and groups almost 29 days; one that nobody renews, since its
 * Charterkeep is gone, is to end sooner.
 */
export const LIFE_MS = 3 * 86_400_000
/** With so much of it left it is renewed: a day is enough to be down for. */
const RENEWED_BEFORE_MS = LIFE_MS / 3

export const USERS = '/users'
/** Of PIM nobody is told: what governs a group is told of as a change of its members. */
export const resourcesOf = (groupIds: readonly string[]): string[] => [
	USERS,
	...[...groupIds].sort().map((id) => `/groups/${id}/members`),
]

/** As much of a subscription as it takes to say what becomes of it. */
type Kept = {
	resource: string
	url: string
	subscriptionId: string | null
	expiresAt: Date | null
	reauthorizeAt: Date | null
	notBefore: Date | null
}

type Plan<S> = {
	/** Leads elsewhere, or to nothing that is wanted any more. */
	drop: S[]
	/** Ends soon, or the tenant asked for it to be confirmed. */
	renew: S[]
	/** Not there: `row` where one was tried or was lost. */
	make: { resource: string; row: S | null }[]
}

/** What is to be done about subscriptions now; `url` is null where nobody can tell us anything. What failed waits for its time. */
export function planSubscriptions<S extends Kept>(
	rows: readonly S[],
	{ wanted, url, at }: { wanted: readonly string[]; url: string | null; at: Date },
): Plan<S> {
	const isDue = ({ notBefore }: S) => notBefore === null || notBefore <= at
	const asked = new Set(url === null ? [] : wanted)
	const isKept = (row: S) => row.url === url && asked.has(row.resource)
	const kept = rows.filter(isKept)
	const known = new Map(kept.map((row) => [row.resource, row]))
	return {
		drop: rows.filter((row) => !isKept(row) && isDue(row)),
		renew: kept.filter(
			(row) =>
				row.subscriptionId !== null &&
				isDue(row) &&
				(row.reauthorizeAt !== null ||
					row.expiresAt === null ||
					row.expiresAt.getTime() - at.getTime() <= RENEWED_BEFORE_MS),
		),
		make: [...asked].flatMap((resource) => {
			const row = known.get(resource) ?? null
			return row === null || (row.subscriptionId === null && isDue(row)) ? [{ resource, row }] : []
		}),
	}
}
