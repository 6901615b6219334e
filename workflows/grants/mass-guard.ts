import { msBetween, type Instant } from '../shared/instants.ts'
import type { FindingKind } from '../charter/entra.schema.ts'
import { dangerOf, type Difference } from './differences.ts'

/** A removal that was ordered and not sent; `people` have what it takes away through the group that holds it, 0 where no group does. */
type Ordered = {
	id: string
	kind: FindingKind
	people: number
	at: Instant
	/** As the guard let it pass before it grew, which is one of those that were sent. */
	admitted?: Sent | null
}
/** A removal that was sent without a second officer. */
export type Sent = { people: number; at: Instant }

/** How many people lose something by a removal: it counts as so many. */
export const weightOf = ({ people }: Pick<Ordered, 'people'>): number => Math.max(1, people)

/** How many people lose something by these removals together. */
export const weightOfAll = (removals: readonly Pick<Ordered, 'people'>[]): number =>
	removals.reduce((sum, removal) => sum + weightOf(removal), 0)

/** What was let pass, and as what it was known then. */
type LetPass = {
	admitted: Sent | null
	releasedBy: string | null
	difference: Pick<Difference, 'principalKind'>
}

/** Whether it turns out to be a group what was known as one account: nobody let that pass, whoever released it. */
export const turnsOutGroup = (
	before: Pick<Difference, 'principalKind'>,
	now: Pick<Difference, 'principalKind'>,
): boolean => now.principalKind === 'group' && before.principalKind !== 'group'

/**
 * Whether a removal hits more people than the guard let pass. What two officers released is let pass for good, as what it was shown
 * as: looks and the page tell them of whoever joins.
 */
export const hasOutgrown = (
	{ admitted, releasedBy, difference }: LetPass,
	now: Pick<Difference, 'people' | 'principalKind'>,
): boolean =>
	turnsOutGroup(difference, now) ||
	(releasedBy === null && admitted !== null && weightOf(now) > weightOf(admitted))

/**
 * Which of the ordered removals may be sent now, and which wait for a second officer: no more than `most` people lose something
 * within the time, the most dangerous and the oldest first. One that takes something from more people than there is room for waits,
 * and keeps those after it from nothing; one that passed and grew takes room for those who came to it. What was released by a second
 * officer is none of `sent`.
 */
export function admitRemovals(
	ordered: readonly Ordered[],
	sent: readonly Sent[],
	{ most, withinMs }: { most: number; withinMs: number },
	now: Instant,
): { go: string[]; hold: string[] } {
	const counts = ({ at }: Sent) => msBetween(at, now) < withinMs
	let room = most - weightOfAll(sent.filter(counts))
	const order = [...ordered].sort(
		(a, b) => dangerOf(a.kind) - dangerOf(b.kind) || a.at.localeCompare(b.at) || a.id.localeCompare(b.id),
	)
	const go: string[] = []
	const hold: string[] = []
	for (const removal of order) {
		const { admitted = null } = removal
		const more = weightOf(removal) - (admitted !== null && counts(admitted) ? weightOf(admitted) : 0)
		const isWithin = more <= room
		if (isWithin) room -= more
		;(isWithin ? go : hold).push(removal.id)
	}
	return { go, hold }
}
