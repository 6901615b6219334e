import { massRemovalOf } from '../charter/entra.schema.ts'
import { watchedBy } from '../grants/reconcile.ts'
import { msBetween, type Instant } from '../shared/instants.ts'
import type { CharterBook } from './charter-book.ts'
import { problem, type StoryProblem } from './problem.ts'

/**
 * What holds for all removals of a log together: no more of them pass by themselves within a time than the charter allows, and
 * none is sent of an account that the charter says is only watched.
 */
export function createRemovalGuard(charters: Pick<CharterBook, 'around'>) {
	const passed: Instant[] = []

	return {
		/** A removal passed by itself. */
		tellPassed(time: Instant): StoryProblem[] {
			passed.push(time)
			const guards = charters.around(time)?.map(massRemovalOf)
			const isWithin = guards?.some(
				({ most, withinMs }) => passed.filter((at) => msBetween(at, time) < withinMs).length <= most,
			)
			return isWithin === false
				? [problem('FINDING_MASS', 'more removals pass by themselves at once than the charter allows')]
				: []
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
