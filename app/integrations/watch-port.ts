import type { PartState } from '#workflows/tenant/tenant-picture.ts'
import type { SignIn } from '#workflows/tenant/watched-account.ts'
import type { Instant } from '#workflows/shared/instants.ts'

/** What can be asked of accounts that are only watched, beside what `TenantPort` tells. Nothing is ever written. */
export interface WatchPort {
	/** Interactive sign-ins of this account since then, also those that failed. What the tenant refuses is unknown, with why. */
	signIns(
		objectId: string,
		since: Instant,
	): Promise<{ read: true; rows: readonly SignIn[] } | Extract<PartState, { read: false }>>
}
