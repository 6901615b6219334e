import { breakGlassRule } from '../access/judge-break-glass.ts'
import type { CharterBook } from './charter-book.ts'
import { problem, type StoryProblem } from './problem.ts'

/** One use of break-glass as the entries have told it so far. */
export type ToldUse = {
	user: string | null
	usingRole: string
	role: string | null
	charterEntry: string
	durationSeconds: number
	/** Digest of the opened use; null where it is sealed. */
	sha256: string | null
	quorum: number
	participants: Set<string | null>
	reviewers: Set<string>
	/** Whether every signature is there that opens the access. */
	isOpen: boolean
	hasEnded: boolean
	/** It bars the next use of its role until it is reviewed, or came to nothing. */
	isOwed: boolean
}

/** Whether the charter that the use was signed under allowed it, for so long, and with so few reviews. */
export function ruleProblems(told: ToldUse, charters: CharterBook): StoryProblem[] {
	const charter = charters.charterOf(told.charterEntry)
	if (!charters.hashes.has(told.charterEntry))
		return [problem('CHARTER_UNKNOWN', 'the use names a charter that was not in force before it')]
	if (charter === null) return []
	const rule = breakGlassRule(charter)
	if (!rule?.usedBy.includes(told.usingRole) || (told.role !== null && !rule.roles.includes(told.role)))
		return [problem('BREAK_GLASS_NOT_ALLOWED', 'the charter in force did not allow this in an emergency')]
	const problems: StoryProblem[] = []
	if (told.role !== null && told.durationSeconds * 1000 > rule.maximumMs)
		problems.push(problem('BREAK_GLASS_TOO_LONG', 'longer than the charter allows in an emergency'))
	if (told.quorum < rule.review.quorum)
		problems.push(problem('REVIEW_QUORUM', 'fewer reviews are asked for than the charter says'))
	return problems
}

type Envelope = {
	requestId: string
	useSha256: string
	signerId: string
	userId: string
	role: string
	durationSeconds: number
	charterTextSha256: string
}

/** Whether this is a signature on the use that the entries tell of, under the charter it is pinned to. */
export function isSameUse(
	told: ToldUse,
	requestId: string,
	actor: string | null,
	envelope: Envelope,
	charters: CharterBook,
): boolean {
	return (
		envelope.requestId === requestId &&
		envelope.signerId === actor &&
		envelope.userId === told.user &&
		envelope.role === told.role &&
		envelope.durationSeconds === told.durationSeconds &&
		envelope.charterTextSha256 === charters.hashes.get(told.charterEntry) &&
		(told.sha256 === null || envelope.useSha256 === told.sha256)
	)
}
