import { massRemovalOf } from '../charter/entra.schema.ts'
import { weightOfAll, type Sent } from '../grants/mass-guard.ts'
import { watchedBy } from '../grants/reconcile.ts'
import { msBetween, type Instant } from '../shared/instants.ts'
import type { CharterBook } from './charter-book.ts'
import { problem, type StoryProblem } from './problem.ts'

/** `people` lose something by it; one where the entry does not say. */
type Passed = Sent

/**
 * What holds for all removals of a log together: no more of them pass by themselves within a time than the charter allows, and
 * none is sent of an account that the charter says is only watched.
 */
export function createRemovalGuard(charters: Pick<CharterBook, 'around'>) {
	const passed = new Map<string, Passed>()

	return {
		/** A removal passed by itself; one that grew and passed again counts as it is now. */
		tellPassed(removal: Passed & { findingId: string }): StoryProblem[] {
			passed.set(removal.findingId, removal)
			const { at } = removal
			const all = [...passed.values()]
			const isWithin = charters
				.around(at)
				?.map(massRemovalOf)
				.some(
					({ most, withinMs }) =>
						weightOfAll(all.filter((each) => msBetween(each.at, at) < withinMs)) <= most,
				)
			return isWithin === false
				? [problem('FINDING_MASS', 'more removals pass by themselves at once than the charter allows')]
				: []
		},
		/** Two officers released it: it passes by itself no more. */
		tellReleased(findingId: string): void {
			passed.delete(findingId)
		},
		/** A removal is to be sent of what this account holds; null where that is not laid open. */
		tellSent(principalId: string | null, time: Instant): StoryProblem[] {
			const known = charters.around(time)
			if (principalId === null || known === null) return []
			return known.every((charter) => watchedBy(charter).has(principalId))
				? [problem('FINDING_WATCHED', 'a removal is sent of an account that is only watched')]
				: []
		},
	}
}
