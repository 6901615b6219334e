/** Why a user of the tenant is no longer there: deleted and restorable for 30 days, deleted for good, or no longer listed. */
export const REMOVALS = ['soft_deleted', 'deleted', 'unlisted'] as const
export type Removal = (typeof REMOVALS)[number]

/** A user of the tenant as it is known here. What the tenant has not told is null. */
export type TenantUser = {
	objectId: string
	userPrincipalName: string | null
	displayName: string | null
	accountEnabled: boolean | null
	userType: string | null
	removed: Removal | null
}

/** One object of a delta query: only the properties it names are told; the others are as they were. */
export type UserChange = {
	objectId: string
	removed: Exclude<Removal, 'unlisted'> | null
} & Partial<Pick<TenantUser, 'userPrincipalName' | 'displayName' | 'accountEnabled' | 'userType'>>

/** A round reads either everyone, or what has changed since the last round. */
export type Reading = 'everyone' | 'changes'

const PROPERTIES = ['userPrincipalName', 'displayName', 'accountEnabled', 'userType'] as const

/**
 * What a user comes to by one object of a delta query. The objects of a round may come in any order, in parts and more
 * than once: all of these come to the same. An object id that was deleted for good never comes back, so a late repeat of
 * how it was before does not bring it back; only a reading of everyone does.
 */
export function applyChange(
	before: TenantUser | undefined,
	change: UserChange,
	reading: Reading,
): TenantUser {
	const after: TenantUser = {
		objectId: change.objectId,
		userPrincipalName: null,
		displayName: null,
		accountEnabled: null,
		userType: null,
		removed: null,
		...before,
	}
	for (const name of PROPERTIES)
		if (change[name] !== undefined) Object.assign(after, { [name]: change[name] })
	const isGone = before?.removed === 'deleted' && (reading === 'changes' || change.removed !== null)
	return { ...after, removed: isGone ? 'deleted' : change.removed }
}

/** Applies the objects of a page to what is known of them; gives only what is in the page. */
export function applyPage(
	known: ReadonlyMap<string, TenantUser>,
	page: readonly UserChange[],
	reading: Reading,
): Map<string, TenantUser> {
	const after = new Map<string, TenantUser>()
	for (const change of page) {
		const before = after.get(change.objectId) ?? known.get(change.objectId)
		after.set(change.objectId, applyChange(before, change, reading))
	}
	return after
}

/** How an account stands: whether somebody can sign in with it. */
export type AccountState = 'enabled' | 'disabled' | 'removed' | 'unknown'

export function accountState({
	accountEnabled,
	removed,
}: Pick<TenantUser, 'accountEnabled' | 'removed'>): AccountState {
	if (removed !== null) return 'removed'
	if (accountEnabled === null) return 'unknown'
	return accountEnabled ? 'enabled' : 'disabled'
}
