import type { DecisionEnvelope, DecisionsEnvelope } from '../ledger/envelope.schema.ts'

/** What one signature says of one request. */
export type SignedDecision = Omit<DecisionEnvelope, 'v' | 'purpose' | 'nonce' | 'expiresAt' | 'reason'>

/**
 * What an envelope decides on this request: one that is about it alone, or one of several that were signed in one ceremony.
 * Null where it is about others, or names this one more than once.
 */
export function signedDecision(
	envelope: DecisionEnvelope | DecisionsEnvelope,
	requestId: string,
): SignedDecision | null {
	if (envelope.purpose === 'request.decision') return envelope.requestId === requestId ? envelope : null
	const [found, ...more] = envelope.decisions.filter((decision) => decision.requestId === requestId)
	return found === undefined || more.length > 0 ? null : { ...found, approverId: envelope.approverId }
}
