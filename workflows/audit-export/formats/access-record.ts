import type { Marking } from '../../charter/clearance-schemes.ts'
import type { Instant } from '../../shared/instants.ts'

/** What became of a request, as far as the tenant has confirmed it. */
export type Outcome =
	| 'waiting'
	| 'refused'
	| 'timed_out'
	| 'voided'
	| 'scheduled'
	| 'provisioning'
	| 'active'
	| 'drifted'
	| 'ending'
	| 'not_confirmed'
	| 'ended'
	| 'failed'

/** An entry of the record; its index is null while it waits for one. */
export type EntryRef = { id: string; index: number | null }

export type ApprovalRecord = {
	approver: { id: string; name: string }
	/** Key of the role that the stage asks. */
	role: string
	stage: number
	verdict: 'approve' | 'deny'
	at: Instant
	entry: EntryRef
}

/** One request and what came of it, as every export tells it. No vetting data: neither nationality nor clearance. */
export type AccessRecord = {
	request: {
		id: string
		number: number
		at: Instant
		durationSeconds: number
		reason: string
		ticket: string
	}
	/** Who asked, and for whom it is: here the two are one. */
	subject: { id: string; name: string; employer: string }
	role: { key: string; title: string; handles: Marking }
	/** What the role assigns in the tenant, and where. */
	entitlement: { name: string; scope: string }
	charter: { id: string; version: number; textSha256: string; organisation: string; boundary: string }
	/** The stages that the request had to pass, in order. */
	stages: readonly { role: string; quorum: number }[]
	approvals: readonly ApprovalRecord[]
	outcome: Outcome
	/** When the request was closed without an access, and by which rule it fell. */
	closed: { at: Instant; code: string | null } | null
	grant: {
		id: string
		approvedAt: Instant
		/** When the tenant confirmed it; null before, or when it never did. */
		activatedAt: Instant | null
		expiresAt: Instant | null
		/** When the tenant no longer held it. */
		endedAt: Instant | null
		endedBy: string | null
		endCause: string | null
		failure: string | null
		tenantRequestId: string | null
	} | null
	/** Of a use of break-glass, in place of stages: who opened it beside the user, and the reviews; null for any other access. */
	breakGlass: {
		number: number
		state: string
		second: { id: string; name: string; at: Instant; entry: EntryRef } | null
		reviews: readonly {
			reviewer: { id: string; name: string }
			verdict: string
			at: Instant
			entry: EntryRef
		}[]
	} | null
	/** Keys of facilities: authorised for, and shown to be at, while the request or its access lasted. */
	facilities: { authorised: readonly string[]; present: readonly string[] }
	/** The entry of the request, with the hash of its leaf. */
	entry: (EntryRef & { leafHash: string | null }) | null
	/** Every event of request and grant with its entry, oldest first; empty where a format does not ask for them. */
	events: readonly (EntryRef & { kind: string; at: Instant })[]
}

/** What every export says of itself. */
export type ExportContext = {
	/** Name of who takes it away. */
	exportedBy: string
	exportedAt: Instant
	boundary: string
}
