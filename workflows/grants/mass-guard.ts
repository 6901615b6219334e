import { msBetween, type Instant } from '../shared/instants.ts'
import type { FindingKind } from '../charter/entra.schema.ts'
import { dangerOf } from './differences.ts'

/** A removal that was ordered and not sent. */
type Ordered = { id: string; kind: FindingKind; at: Instant }

/**
 * Which of the ordered removals may be sent now, and which wait for a second officer: no more than `most` within the time,
 * the most dangerous and the oldest first. What was released by a second officer is none of `sent`.
 */
export function admitRemovals(
	ordered: readonly Ordered[],
	sent: readonly Instant[],
	{ most, withinMs }: { most: number; withinMs: number },
	now: Instant,
): { go: string[]; hold: string[] } {
	const lately = sent.filter((at) => msBetween(at, now) < withinMs).length
	const room = Math.max(0, most - lately)
	const order = [...ordered].sort(
		(a, b) => dangerOf(a.kind) - dangerOf(b.kind) || a.at.localeCompare(b.at) || a.id.localeCompare(b.id),
	)
	return { go: order.slice(0, room).map(({ id }) => id), hold: order.slice(room).map(({ id }) => id) }
}
