import type { PictureMethods, PictureUser, TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import type { ConditionalAccessPolicy, AuthenticationStrength } from '#workflows/tenant/picture-policies.ts'
import type { SeenPart, TenantPart } from '#workflows/tenant/charter-places.ts'
import type { PartState } from '#workflows/tenant/tenant-picture.ts'

/** Groups that matter, beside those that hold a directory role: those that a charter gives places in. */
export type Governed = {
	groupIds: readonly string[]
	/** Accounts whose ways of signing in matter, whether they hold anything or not: those for emergencies. */
	accountIds?: readonly string[]
}

/** What is asked for before somebody is given an access. */
export type Assurance = {
	/** `absent`: the tenant has no such user (any more). Otherwise why it could not be read. */
	user: PictureUser | 'absent' | Extract<PartState, { read: false }>
	methods: PictureMethods
}

/** What governs how people sign in. Each part says by itself whether it was read. */
export type SignInRules = {
	conditionalAccess:
		{ read: true; rows: readonly ConditionalAccessPolicy[] } | Extract<PartState, { read: false }>
	authenticationStrengths:
		{ read: true; rows: readonly AuthenticationStrength[] } | Extract<PartState, { read: false }>
}

/**
 * Groups by object id, and directory roles that are held for the whole tenant by template, all in lower case. `roles`: null where
 * the tenant did not say which roles they are.
 */
export type MemberOf =
	| { read: true; groups: readonly string[]; roles: readonly string[] | null }
	| Extract<PartState, { read: false }>

/** What became of reading one part of the tenant. */
export type ReadPart = { read: true; seen: SeenPart } | Extract<PartState, { read: false }>

export type ReadOptions = {
	users: 'read' | readonly PictureUser[]
	onMethods?: (done: number, total: number) => Promise<void>
}

/**
 * Reading what a tenant holds. Nothing here throws for what the tenant refuses or cannot answer: the part that it concerns is
 * unknown then, with why, and the others stand. Nothing is ever written.
 */
export interface TenantPort {
	/** Which tenant this is. */
	readonly tenant: string
	/**
	 * Who holds what, and nothing of how they sign in: seconds, also for a large tenant. Users are not asked for, so whoever knows
	 * them (the mirror) says who is a guest. `rules`: also the policies of Conditional Access and of roles, which are a few calls more.
	 */
	readPrivileges(governed: Governed, also?: { rules: boolean }): Promise<TenantPicture>
	/** Who is in this group, owns it, could be in it or will be, as it is now: a few calls, and nothing else of the tenant. */
	readGroup(objectId: string): Promise<Pick<TenantPicture, 'groups' | 'groupHoldings' | 'parts'>>
	/**
	 * All of it. `users`: `read` pages through everybody; `given` are taken as the tenant's, such as those of the mirror, which a delta
	 * query keeps. Methods are read of whoever holds something, and of `accountIds`; `onMethods` is told of how many of them they were read, now and then.
	 */
	readTenant(governed: Governed, options: ReadOptions): Promise<TenantPicture>
	/** This account alone; `absent` only where the tenant itself says so. */
	account(objectId: string): Promise<Assurance['user']>
	/** Whether this account works, and how its owner can sign in; for one person, at once. */
	assurance(objectId: string): Promise<Assurance>
	signInRules(): Promise<SignInRules>
	/** What each of these parts of the tenant is, by `partKey`: whether what a charter names is there, and can be given. */
	readParts(parts: readonly TenantPart[]): Promise<ReadonlyMap<string, ReadPart>>
	/** What this user is in, also through other groups. */
	memberOf(objectId: string): Promise<MemberOf>
}
