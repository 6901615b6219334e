import type { Marking } from '../../charter/clearance-schemes.ts'
import type { LockboxState } from '../../lockbox/lockbox-context.ts'
import type { Provider } from '../../lockbox/providers.ts'
import type { Instant } from '../../shared/instants.ts'
import type { EntryRef, Outcome } from './access-record.ts'

/** What stands in every export for what a provider does not say of whoever asks. */
export const UNDISCLOSED = 'not disclosed by provider'

export type LockboxApproval = {
	approver: { id: string; name: string }
	/** Key of the role that the stage asks. */
	role: string
	stage: number
	verdict: 'approve' | 'deny'
	/** Why an approval no longer counts; null while it does. */
	fell: string | null
	at: Instant
	entry: EntryRef
}

/** One request for customer content and what came of it: of a provider, or of one of ours. */
export type LockboxRecord = {
	request: {
		id: string
		number: number
		at: Instant
		durationSeconds: number | null
		cause: string
		supportRequest: string
	}
	/** Where it came from; `inside`: one of ours asked. */
	origin: 'poll' | 'import' | 'hand' | 'inside'
	provider: Provider
	providerRequestId: string
	/** The boundary that it was matched to; null where there is none. */
	boundary: { id: string; name: string } | null
	resources: readonly string[]
	/** As the provider discloses it and nobody here vetted it; null for what it does not say. */
	disclosed: { name: string | null; country: string | null; clearance: string | null }
	/** Of a request from inside: who asked, whom it is for, and as holder of which role. */
	requester: { id: string; name: string } | null
	subject: { id: string; name: string; employer: string } | null
	role: { key: string; title: string; handles: Marking } | null
	charter: { id: string; version: number; textSha256: string; organisation: string; boundary: string }
	/** The stages that it had to pass, in order; none where a rule denied it. */
	stages: readonly { role: string; quorum: number }[]
	denials: readonly string[]
	approvals: readonly LockboxApproval[]
	answer: 'approve' | 'deny' | null
	answerCause: string | null
	state: LockboxState
	outcome: Outcome
	/** It was decided at the provider and not by us. */
	isOutOfBand: boolean
	providerStatus: string
	/** Null where the provider never had access, as far as anybody was told. */
	access: {
		/** When it was seen to be open; null where it was open and over while nobody looked. */
		openedAt: Instant | null
		endsAt: Instant | null
		endedAt: Instant | null
		/** Whether the provider said so, or only its clock. */
		endedBy: 'provider' | 'clock' | null
	} | null
	closedAt: Instant | null
	entry: EntryRef & { leafHash: string | null }
	events: readonly (EntryRef & { kind: string; at: Instant })[]
}

/** What became of it in the words of accesses; the provider's access is "active" once it was seen to be open. */
export function lockboxOutcome(state: LockboxState, answer: 'approve' | 'deny' | null): Outcome {
	switch (state) {
		case 'pending':
			return 'waiting'
		case 'approving':
			return 'provisioning'
		case 'sendFailed':
			return answer === 'approve' ? 'provisioning' : 'refused'
		case 'denying':
		case 'denied':
		case 'deniedElsewhere':
			return 'refused'
		case 'approvedAtProvider':
		case 'overtaken':
			return 'active'
		case 'accessEnding':
			return 'not_confirmed'
		case 'accessEnded':
			return 'ended'
		case 'expired':
			return 'timed_out'
		case 'withdrawnByProvider':
			return 'voided'
	}
}

/** Whether every stage had its quorum of distinct people before this moment; approvals that fell do not count. */
export function isLockboxApproved({ stages, approvals }: LockboxRecord, at: Instant): boolean {
	return (
		stages.length > 0 &&
		stages.every(({ quorum }, stage) => {
			const seats = approvals.filter(
				(each) => each.stage === stage && each.verdict === 'approve' && each.fell === null && each.at <= at,
			)
			return new Set(seats.map(({ approver }) => approver.id)).size >= quorum
		})
	)
}
