import type { MethodKind } from '#workflows/people/authentication-methods.ts'
import type { UserChange } from '#workflows/people/tenant-users.ts'

/** One page of what a tenant tells by a delta query. */
export type DeltaPage<Change> =
	| {
			kind: 'page'
			changes: readonly Change[]
			/** How to go on: with the next page of this round (`next`), or with the next round (`done`). */
			then: { kind: 'next' | 'done'; link: string }
	  }
	/** The link is worth nothing any more: all must be read anew, beginning with `link` where one is given. */
	| { kind: 'resync'; link: string | null }

/** What the tenant tells of its users. */
export type ChangesPage = DeltaPage<UserChange>

/** One account and a directory role, as the tenant lists it. Instants are null where it states none. */
export type RoleHolder = {
	/** Object id in lower case. */
	objectId: string
	kind: 'active' | 'eligible'
	from: Date | null
	until: Date | null
}

/** So many object ids does a delta query take. */
export const GROUPS_A_DELTA = 50

/** What reading the tenant's directory must be able to do. All of it throws `DirectoryUnavailable`. */
export interface DirectoryPort {
	/** Which tenant this is; links and users of another one are worth nothing. */
	readonly tenant: string
	/** The page behind a link; the first page of everyone for null. */
	changes(link: string | null): Promise<ChangesPage>
	/**
	 * The same of these groups, `GROUPS_A_DELTA` at most: ids, in lower case, of those whose members changed or that are gone. The
	 * groups matter for the first page alone; a link is of the groups that it began with.
	 */
	groupChanges(link: string | null, groupIds: readonly string[]): Promise<DeltaPage<string>>
	/** Accounts that hold this directory role in the whole tenant now (`active`), or could activate it (`eligible`). */
	roleHolders(roleDefinitionId: string): Promise<readonly RoleHolder[]>
	/** Kinds of authentication methods that a user has registered, each once; null where there is no such user. */
	methods(objectId: string): Promise<readonly MethodKind[] | null>
	/** The same of many, in their order and in few calls; each may be unavailable by itself. Throws where all of them are. */
	methodsOf(
		objectIds: readonly string[],
	): Promise<readonly (readonly MethodKind[] | null | DirectoryUnavailable)[]>
}

export type DirectoryTrouble = 'forbidden' | 'unsupported' | 'throttled' | 'unavailable'

/** The directory could not be read now. The message names no user, and `code` is the tenant's own word. */
export class DirectoryUnavailable extends Error {
	override readonly name = 'DirectoryUnavailable'
	readonly trouble: DirectoryTrouble
	readonly code: string
	readonly retryAfterMs: number | null

	constructor(trouble: DirectoryTrouble, code: string, retryAfterMs: number | null = null) {
		super(`The directory of the tenant cannot be read: ${trouble} (${code}).`)
		this.trouble = trouble
		this.code = code
		this.retryAfterMs = retryAfterMs
	}
}
