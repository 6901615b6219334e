import { REMOVING_STATES, type FindingState } from '../grants/finding-context.ts'
import { strictestReaction } from '../grants/strictest-reaction.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import { ask, askAgain } from '../grants/time-to-decide.ts'
import { digestOf } from '../ledger/leaf.ts'
import { earliest, type Instant } from '../shared/instants.ts'
import type { CharterBook } from './charter-book.ts'
import {
	differs,
	isBeginTold,
	isOpenedAs,
	oneOfficer,
	outcomeOf,
	unruled,
	type ToldFinding,
} from './finding-told.ts'
import { opened, type Openings, type StoryProblem } from './problem.ts'

/** An entry that tells how a finding was seen again. */
type Seen = LeafOf<'finding.confirmed'> | LeafOf<'finding.changed'>

const LOOKED_AT: readonly FindingState[] = ['accepted', 'held', 'removing', 'postponed', 'notConfirmed']
const UNDER_WAY: readonly FindingState[] = REMOVING_STATES

/** Notes what is seen of a finding now, and what the charter makes of it; what does not hold together. */
export function noteSeen(
	charters: Pick<CharterBook, 'charterOf'>,
	told: ToldFinding,
	before: FindingState,
	{ kind, open, subject, time }: Seen,
	openings: Openings,
): StoryProblem[] {
	const shown = opened(kind, 'difference', openings)
	const charter = charters.charterOf(open.charterEntry)
	const isSame = told.shown === null || shown === null || digestOf(told.shown) === digestOf(shown)
	told.subject = subject
	told.kinds = open.kinds
	told.shown = shown
	told.charterEntry = open.charterEntry
	const problems = isOpenedAs(shown, open) && isBeginTold(shown) ? [] : [differs]
	if ('isAsked' in open && open.isAsked !== undefined) {
		// Whoever asked for its release asked for what was shown then. Entries of before do not say whether that still holds.
		if (open.isAsked && told.askedBy !== null && !isSame) problems.push(oneOfficer)
		if (!open.isAsked) told.askedBy = null
	}
	// What is accepted, held or being removed is only looked at: nothing follows from it, but that the guard may look again.
	if (LOOKED_AT.includes(open.outcome)) return problems
	if (open.outcome === 'ordered' && UNDER_WAY.includes(before)) {
		// Whoever had asked for its release asked for something else.
		told.askedBy = null
		return problems
	}
	if (open.outcome === 'seen') {
		Object.assign(told, { seenAt: time, wasSent: false })
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
	if (!isDue(told, open, within ?? 0, time)) problems.push(unruled)
	return problems
}

/** Notes until when somebody decides; false where what the entry says of it is earlier than the charter gives. */
function isDue(
	told: ToldFinding,
	{ outcome, decideBy }: Seen['open'],
	withinMs: number,
	time: Instant,
): boolean {
	const before = told.asked
	told.asked = null
	if (outcome !== 'awaiting') return true
	const first = ask(withinMs, time)
	if (decideBy === null || decideBy === undefined) {
		// Of before: silence was taken at the first deadline, whatever was told since.
		told.asked = {
			...first,
			since: before?.since ?? time,
			by: earliest([before?.by ?? null, first.by]) ?? first.by,
		}
		return true
	}
	const asked = before === null ? first : askAgain(before, withinMs, time)
	told.asked = { ...asked, by: decideBy }
	return decideBy >= asked.by
}
