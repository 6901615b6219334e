import type { Instant } from '../shared/instants.ts'
import type { AssuranceCode } from './assurance-codes.ts'
import type { DriftAnswer } from './drift-answer.ts'
import type { Drift, EndCause, Extension } from './grant-context.ts'

/** `code`: the first clause that no longer holds, where that is the cause. */
type End = { type: 'END'; cause: EndCause; code?: string; actorId: string | null; at: Instant }
/** The tenant lists it as ours: while it is being given, or for the first time when it is to end already. */
export type Confirmed = {
	type: 'CONFIRMED'
	startsAt: Instant
	tenantRequestId: string
	tenantInstanceId: string
	/** Absent in those before version 6; null where the tenant keeps none. */
	scheduleId?: string | null
	at: Instant
}
/** `endSessions`: the charter asks for it. */
export type Removed = {
	type: 'REMOVED'
	how: 'removed' | 'expired' | 'never_active' | 'held_by_other'
	endSessions?: boolean
	at: Instant
}
export type GrantEvent =
	/** `warned`: what Entra ID lacked, though the charter does not refuse for it. */
	| { type: 'SEND'; warned?: readonly AssuranceCode[]; at: Instant }
	| Confirmed
	| { type: 'REFUSED'; code: string; at: Instant }
	| ({ type: 'EXTEND'; at: Instant } & Extension)
	| { type: 'EXTENDED'; at: Instant }
	| { type: 'NOT_EXTENDED'; code: string; at: Instant }
	/** `answer`: what the charter says of silence about it; absent in those before version 7. */
	| ({ type: 'DRIFTED'; answer?: DriftAnswer; at: Instant } & Drift)
	| { type: 'AS_APPROVED'; at: Instant }
	| { type: 'ACCEPT_DRIFT'; actorId: string; at: Instant }
	| End
	/** The second application is about to send the removal, since the first one could not. */
	| { type: 'KILL_SWITCH'; code: string; at: Instant }
	| { type: 'POSTPONED'; until: Instant; code: string; at: Instant }
	| Removed
