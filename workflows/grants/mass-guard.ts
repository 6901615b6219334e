import { msBetween, type Instant } from '../shared/instants.ts'
import type { FindingKind } from '../charter/entra.schema.ts'
import { dangerOf } from './differences.ts'

/** A removal that was ordered and not sent; `people` have what it takes away through the group that holds it, 0 where no group does. */
type Ordered = { id: string; kind: FindingKind; people: number; at: Instant }
/** A removal that was sent without a second officer. */
export type Sent = { people: number; at: Instant }

/** How many people lose something by a removal: it counts as so many. */
export const weightOf = ({ people }: Pick<Ordered, 'people'>): number => Math.max(1, people)

/** How many people lose something by these removals together. */
export const weightOfAll = (removals: readonly Pick<Ordered, 'people'>[]): number =>
	removals.reduce((sum, removal) => sum + weightOf(removal), 0)

/**
 * Which of the ordered removals may be sent now, and which wait for a second officer: no more than `most` people lose something
 * within the time, the most dangerous and the oldest first. One that takes something from more people than there is room for waits,
 * and keeps those after it from nothing. What was released by a second officer is none of `sent`.
 */
export function admitRemovals(
	ordered: readonly Ordered[],
	sent: readonly Sent[],
	{ most, withinMs }: { most: number; withinMs: number },
	now: Instant,
): { go: string[]; hold: string[] } {
	let room = most - weightOfAll(sent.filter(({ at }) => msBetween(at, now) < withinMs))
	const order = [...ordered].sort(
		(a, b) => dangerOf(a.kind) - dangerOf(b.kind) || a.at.localeCompare(b.at) || a.id.localeCompare(b.id),
	)
	const go: string[] = []
	const hold: string[] = []
	for (const removal of order) {
		const isWithin = weightOf(removal) <= room
		if (isWithin) room -= weightOf(removal)
		;(isWithin ? go : hold).push(removal.id)
	}
	return { go, hold }
}
