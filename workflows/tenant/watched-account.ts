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

/** An account for emergencies with what is known of it: groups that it is in, and directory roles that it holds; null: nobody looked. */
export type WatchedHolder = {
	objectId: string
	memberOf: ReadonlySet<string> | null
	roles: ReadonlySet<string> | null
}

/** Whether a policy of Conditional Access holds for the account; `unknown` where that turns on groups or roles that are not known. */
export function holdOf(
	policy: ConditionalAccessPolicy,
	{ objectId, memberOf, roles }: WatchedHolder,
): 'holds' | 'spares' | 'unknown' {
	const { state, includeUsers, includeGroups, includeRoles, excludeUsers, excludeGroups, excludeRoles } =
		policy
	const names = (ids: readonly string[]) =>
		ids.some((id) => id.toLowerCase() === 'all' || id.toLowerCase() === objectId)
	if (state !== 'enabled' || names(excludeUsers)) return 'spares'
	const included = names(includeUsers) || isAmong([includeGroups, memberOf], [includeRoles, roles])
	if (included === false) return 'spares'
	const excluded = isAmong([excludeGroups, memberOf], [excludeRoles, roles])
	if (excluded === true) return 'spares'
	return included === null || excluded === null ? 'unknown' : 'holds'
}

/** Whether one of the sets has one of the ids beside it; null where that is not known, since nobody looked at a set that matters. */
function isAmong(...pairs: (readonly [readonly string[], ReadonlySet<string> | null])[]): boolean | null {
	const found = pairs.map(([ids, known]) =>
		ids.length === 0 ? false : known === null ? null : ids.some((id) => known.has(id.toLowerCase())),
	)
	return found.includes(true) ? true : found.includes(null) ? null : false
}

/**
 * Policies that hold for this account, of those that are switched on. An account for emergencies belongs in none: one wrong policy
 * locks everybody out with it. One of which it is not known counts for none.
 */
export const policiesOver = (
	holder: WatchedHolder,
	policies: readonly ConditionalAccessPolicy[],
): { id: string; name: string }[] =>
	policies
		.filter((policy) => holdOf(policy, holder) === 'holds')
		.map(({ id, displayName }) => ({ id, name: displayName ?? id }))
		.sort((a, b) => (a.id < b.id ? -1 : 1))

/** What makes an account for emergencies useless, or dangerous, before anybody needs it. What is not known is none of it. */
export type Weakness =
	{ is: 'absent' | 'disabled' | 'noKey' } | { is: 'held'; policies: readonly { id: string; name: string }[] }

export function weaknessesOf({ account, hasDeviceBound, policies }: WatchedState): Weakness[] {
	const found: Weakness[] = []
	if (account === 'absent' || account === 'disabled') found.push({ is: account })
	if (hasDeviceBound === false && account !== 'absent') found.push({ is: 'noKey' })
	if (policies !== null && policies.length > 0) found.push({ is: 'held', policies })
	return found
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
