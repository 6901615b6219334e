import type { ProviderRequest } from '#workflows/lockbox/provider-request.ts'

/** What became of one answer that was sent. `unknown` is neither success nor failure: read back and compare. */
export type AnswerOutcome =
	| { kind: 'accepted' }
	/** Decided, expired or withdrawn in the meantime: read back to learn which. */
	| { kind: 'moved'; status: string | null }
	/** Not now, but later: throttled, or a token that has run out. */
	| { kind: 'later'; retryAfterMs: number | null }
	/** A definite no, for a reason that sending it again will not mend. */
	| { kind: 'refused'; code: string }
	| { kind: 'unknown'; message: string }

/** A provider's interface for requests for customer content. Nothing is repeated here; reads throw `LockboxUnavailable`. */
export interface LockboxPort {
	/** Every request that the provider holds in this scope, whatever its state, and how many of them cannot be read. */
	list(scope: string): Promise<{ requests: ProviderRequest[]; unreadable: number }>
	/** One of them; null where the provider knows none of this number. */
	read(scope: string, providerRequestId: string): Promise<ProviderRequest | null>
	answer(
		scope: string,
		providerRequestId: string,
		answer: { verdict: 'approve' | 'deny'; reason: string },
	): Promise<AnswerOutcome>
}

export const LOCKBOX_TROUBLES = ['unreachable', 'forbidden', 'unreadable'] as const
export type LockboxTrouble = (typeof LOCKBOX_TROUBLES)[number]

/** The provider could not be read now; nothing is known. The trouble is a code of ours. */
export class LockboxUnavailable extends Error {
	override readonly name = 'LockboxUnavailable'
	readonly trouble: LockboxTrouble

	constructor(trouble: LockboxTrouble, message: string, options?: ErrorOptions) {
		super(message, options)
		this.trouble = trouble
	}
}
