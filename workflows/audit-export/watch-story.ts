import { watchedBy } from '../grants/reconcile.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import type { CharterBook } from './charter-book.ts'
import { opened, problem, type Openings, type StoryProblem } from './problem.ts'

/** Whether what is told of watched accounts holds together: each sign-in once, none before it happened, of accounts that a charter names. */
export function createWatchStory(charters: Pick<CharterBook, 'around'>) {
	const told = new Set<string>()
	const isNamed = (objectId: string, time: string) =>
		charters.around(time)?.some((charter) => watchedBy(charter).has(objectId)) ?? true
	const other = problem('WATCHED_OTHER', 'an account is told of as watched that the charter does not name')

	return {
		tellSignedIn(leaf: LeafOf<'watched.signed_in'>, openings: Openings): StoryProblem[] {
			const { open, time, kind } = leaf
			const problems: StoryProblem[] = []
			if (told.has(open.signInId))
				problems.push(problem('WATCHED_AGAIN', 'a sign-in of a watched account is told a second time'))
			told.add(open.signInId)
			const signIn = opened(kind, 'signIn', openings)
			if (signIn !== null && (signIn.errorCode === 0) !== open.succeeded)
				problems.push(problem('WATCHED_DIFFERS', 'the opened sign-in is not what the entry says'))
			return signIn === null || isNamed(signIn.objectId, time) ? problems : [...problems, other]
		},
		tellChanged({ kind, time }: LeafOf<'watched.changed'>, openings: Openings): StoryProblem[] {
			const change = opened(kind, 'change', openings)
			return change === null || isNamed(change.objectId, time) ? [] : [other]
		},
	}
}
