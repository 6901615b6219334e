import type { Instant } from '../shared/instants.ts'
import type { PictureMethods, PictureUser } from './tenant-picture.ts'
import type { ConditionalAccessPolicy } from './picture-policies.ts'

/** A sign-in as the tenant lists it. */
export type SignIn = {
	id: string
	at: Instant
	/** 0: it succeeded. Otherwise the tenant's own number for why not. */
	errorCode: number
	application: string | null
	ipAddress: string | null
}

export const WATCHED_PARTS = ['account', 'methods', 'policies'] as const
export type WatchedPart = (typeof WATCHED_PARTS)[number]

/** What a watched account was seen as; a part that could not be read is null. */
export type WatchedState = {
	account: 'enabled' | 'disabled' | 'absent' | null
	/** Kinds of its methods, and each passkey by its id, in order. */
	methods: readonly string[] | null
	/** Whether it has a passkey that cannot leave its authenticator. */
	hasDeviceBound: boolean | null
	/** Conditional Access policies that are switched on, hold for everybody or for it, and do not leave it out. */
	policies: readonly { id: string; name: string }[] | null
}

export const NOTHING_SEEN: WatchedState = {
	account: null,
	methods: null,
	hasDeviceBound: null,
	policies: null,
}

export const accountOf = (user: PictureUser | 'absent' | { read: false }): WatchedState['account'] => {
	if (user === 'absent') return 'absent'
	if ('read' in user || user.accountEnabled === null) return null
	return user.accountEnabled ? 'enabled' : 'disabled'
}

export function methodsOf(methods: PictureMethods): Pick<WatchedState, 'methods' | 'hasDeviceBound'> {
	if (!methods.read) return { methods: null, hasDeviceBound: null }
	const { kinds, passkeys } = methods
	const keys = (passkeys ?? []).map(({ id }) => `passkey ${id}`)
	const hasKey = kinds.includes('fido2')
	return {
		// Of passkeys whose details are not told there is only the kind, and one in place of another is not seen.
		methods: [...kinds, ...keys].sort(),
		hasDeviceBound: !hasKey
			? false
			: (passkeys?.some(({ passkeyType }) => passkeyType === 'deviceBound') ?? null),
	}
}

/**
 * Policies that hold for this account, of those that are switched on. An account for emergencies belongs in none: one wrong policy
 * locks everybody out with it. One that leaves out a group counts only where the account is known not to be in it.
 */
export function policiesOver(
	objectId: string,
	policies: readonly ConditionalAccessPolicy[],
	memberOf: ReadonlySet<string> | null,
): { id: string; name: string }[] {
	const has = (ids: readonly string[], id: string) => ids.some((each) => each.toLowerCase() === id)
	const isIn = (groups: readonly string[]) =>
		memberOf === null ? null : groups.some((group) => memberOf.has(group.toLowerCase()))
	return policies
		.filter(({ state, includeUsers, includeGroups, excludeUsers, excludeGroups }) => {
			if (state !== 'enabled') return false
			if (!has(includeUsers, 'all') && !has(includeUsers, objectId) && isIn(includeGroups) !== true)
				return false
			if (has(excludeUsers, objectId) || has(excludeUsers, 'all')) return false
			return excludeGroups.length === 0 || isIn(excludeGroups) === false
		})
		.map(({ id, displayName }) => ({ id, name: displayName ?? id }))
		.sort((a, b) => (a.id < b.id ? -1 : 1))
}

export type WatchedChange = { what: WatchedPart; before: string[]; after: string[] }

/** What of an account is another thing than when it was last seen. What is not known now, or was not, is no change. */
export function changesOf(before: WatchedState, after: WatchedState): WatchedChange[] {
	const changes: WatchedChange[] = []
	const add = (what: WatchedPart, was: readonly string[] | null, is: readonly string[] | null) => {
		if (was !== null && is !== null && was.join('\n') !== is.join('\n'))
			changes.push({ what, before: [...was], after: [...is] })
	}
	const account = ({ account: state }: WatchedState) => (state === null ? null : [state])
	const policies = ({ policies: list }: WatchedState) => list?.map(({ id, name }) => `${id} ${name}`) ?? null
	add('account', account(before), account(after))
	add('methods', before.methods, after.methods)
	add('policies', policies(before), policies(after))
	return changes
}

/** What is known after a look: where it could not be read, what was known before. */
export const knownAfter = (before: WatchedState, after: WatchedState): WatchedState => ({
	account: after.account ?? before.account,
	methods: after.methods ?? before.methods,
	hasDeviceBound: after.methods === null ? before.hasDeviceBound : after.hasDeviceBound,
	policies: after.policies ?? before.policies,
})
