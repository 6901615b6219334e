import type { FindingState } from '../grants/finding-context.ts'
import { strictestReaction } from '../grants/strictest-reaction.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import { earliest, plusMs } from '../shared/instants.ts'
import type { CharterBook } from './charter-book.ts'
import { differs, isBeginTold, isOpenedAs, outcomeOf, unruled, type ToldFinding } from './finding-told.ts'
import { opened, type Openings, type StoryProblem } from './problem.ts'

/** An entry that tells how a finding was seen again. */
type Seen = LeafOf<'finding.confirmed'> | LeafOf<'finding.changed'>

const LOOKED_AT: readonly FindingState[] = ['accepted', 'held', 'removing', 'postponed', 'notConfirmed']

/** Notes what is seen of a finding now, and what the charter makes of it; what does not hold together. */
export function noteSeen(
	charters: Pick<CharterBook, 'charterOf'>,
	told: ToldFinding,
	before: FindingState,
	{ kind, open, subject, time }: Seen,
	openings: Openings,
): StoryProblem[] {
	const shown = opened(kind, 'difference', openings)
	const isAsked = open.outcome === 'awaiting'
	const charter = charters.charterOf(open.charterEntry)
	told.subject = subject
	told.kinds = open.kinds
	told.shown = shown
	told.charterEntry = open.charterEntry
	const problems = isOpenedAs(shown, open) && isBeginTold(shown) ? [] : [differs]
	// What is accepted, held or being removed is only looked at: nothing follows from it.
	if (LOOKED_AT.includes(open.outcome)) return problems
	if (open.outcome === 'seen') {
		told.seenAt = time
		return problems
	}
	const reactions =
		charter === null
			? null
			: [true, false].map((removable) => strictestReaction(charter, open.kinds, removable))
	const isByRule = reactions === null || reactions.some((one) => one.do === open.reaction)
	const isFollowed =
		// Who was silent before is asked again only when the charter asks for something else.
		open.outcome === before ||
		open.outcome === outcomeOf(open.reaction) ||
		// One of our own accesses has a way of its own.
		(open.outcome === 'referred' && told.family === 'grant' && open.reaction !== 'remove')
	if (!isByRule || !isFollowed) problems.push(unruled)
	if (open.outcome === 'ordered') told.orderedBy = 'rule'
	const within = reactions?.find((one) => one.do === 'decide')?.withinMs
	const until = within === undefined ? time : plusMs(time, within)
	told.decideBy = isAsked ? earliest([told.decideBy, until]) : null
	return problems
}
