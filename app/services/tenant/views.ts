import type { Capability } from '#app/integrations/graph/clouds.ts'
import type { TenantFilter } from '#db/queries/tenant-lists.ts'
import type { MethodsVerdict } from '#workflows/people/authentication-methods.ts'
import type { Mender } from '#workflows/tenant/tenant-troubles.ts'
import type { AccountState, Removal } from '#workflows/people/tenant-users.ts'

/** What a page shows of somebody's methods. */
export type MethodsView = Omit<MethodsVerdict, 'readAt'> & { readAt: string | null }

/** A user of the tenant, a person, or both where they are the same. */
export type AccountView = {
	/** Null for a person whose account the tenant does not have. */
	objectId: string | null
	name: string
	userPrincipalName: string | null
	isGuest: boolean
	account: AccountState | 'none'
	removal: Removal | null
	removedAt: string | null
	person: { id: string; name: string; link: 'linked' | 'proposed'; active: boolean } | null
	/** Null where nobody is linked: nothing is read then. */
	methods: MethodsView | null
	/** The account works no longer while the person still holds something. */
	isNotice: boolean
}

export type SyncView = {
	state: 'never' | 'running' | 'waiting' | 'failed' | 'done'
	finishedAt: string | null
	startedAt: string | null
	trouble: 'forbidden' | 'unsupported' | 'throttled' | 'unavailable' | null
	/** The tenant's own word for it. */
	code: string | null
	since: string | null
	againAt: string | null
	methods: { trouble: NonNullable<MethodsVerdict['why']>; code: string | null; since: string } | null
	/** What the tenant's cloud does not have. */
	lacks: readonly Capability[]
}

export type AccountsView = {
	accounts: AccountView[]
	next: { name: string; id: string } | null
	counts: Record<TenantFilter, number>
	sync: SyncView
}

/** What stands in the way of registering or linking one user. */
export type ChosenProblem =
	| 'ACCOUNT_GONE'
	| 'ACCOUNT_LINKED'
	| 'ACCOUNT_PROPOSED'
	| 'ACCOUNT_NAMELESS'
	| 'NOT_PROPOSED'
	| 'OWN_ACCOUNT'
	| 'HOLDS_ACCESS'
	| 'SUSPENDED'

export type ChosenView = {
	objectId: string
	name: string
	userPrincipalName: string
	/** Whom it would be linked to. */
	person: { id: string; name: string; entraObjectId: string } | null
	problem: ChosenProblem | null
}

type Standing = { code: string; since: string; mender: Mender }
/** What keeps Charterkeep from the tenant, and which accesses are held up, with who can mend it. */
export type EntraStanding = {
	connection: Standing | null
	accesses: (Standing & { id: string; number: number })[]
	/** Certificates that end within 30 days, or have ended. */
	certificates: { of: 'application' | 'killSwitch'; endsAt: string; isOver: boolean }[]
}
