import type { BoundaryAnswer } from './boundary-card.tsx'

/**
 * Fields of one form of one boundary. Several forms have fields of the same name: those of the one that was sent have the
 * plain id that the summary of errors leads to, all others one of their own.
 */
export function fieldsOf(intent: string, boundaryId: string, { sent, errors }: BoundaryAnswer) {
	const isOwn = sent.intent === intent
	return {
		/** What was sent and refused is open again. */
		isOpen: isOwn || undefined,
		idOf: (name: string) => (isOwn ? name : `${intent}-${name}-${boundaryId}`),
		sent: (name: string) => (isOwn ? (sent[name] ?? '') : ''),
		error: (name: string) => (isOwn ? errors[name] : undefined),
	}
}
