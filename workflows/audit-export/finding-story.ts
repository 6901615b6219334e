import { strictestReaction } from '../grants/strictest-reaction.ts'
import { isClosedFinding, isRemoving, type FindingState } from '../grants/finding-context.ts'
import type { FindingKind } from '../charter/entra.schema.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import { digestOf } from '../ledger/leaf.ts'
import type { CharterBook } from './charter-book.ts'
import { opened, problem, type Openings, type StoryProblem } from './problem.ts'
import type { Signatures } from './signatures.ts'

type Told = {
	subject: string | null
	kinds: readonly FindingKind[]
	state: FindingState
	/** SHA-256 of what officers were last shown; null where it is not laid open. */
	sha256: string | null
	/** Somebody or a rule ordered a removal, and it was sent. */
	isOrdered: boolean
	isSent: boolean
	/** The guard holds it: only two officers let it pass. */
	isHeld: boolean
	askedBy: string | null
}

/**
 * Whether findings hold together: nothing is removed that was not found twice and ordered by the charter, by silence where the
 * charter says so, or by an officer with a passkey; what the guard held only with two officers; nobody decides on what they
 * hold themselves; and nothing is called removed that was not sent.
 */
export function createFindingStory(signatures: Pick<Signatures, 'check'>, charters: CharterBook) {
	const findings = new Map<string, Told>()

	function find(findingId: string): Told | StoryProblem {
		const told = findings.get(findingId)
		if (told === undefined) return problem('FINDING_UNKNOWN', 'a step on a finding that was not found before')
		return isClosedFinding(told.state) ? problem('FINDING_OVER', 'a step on a finding that was over') : told
	}

	/** Notes what is seen now, and where the finding stands. */
	function note(
		told: Told,
		leaf: LeafOf<'finding.confirmed'> | LeafOf<'finding.changed'>,
		openings: Openings,
	): StoryProblem[] {
		const { kind, open, subject } = leaf
		const shown = opened(kind, 'difference', openings)
		const before = told.state
		told.subject = subject
		told.kinds = open.kinds
		told.sha256 = shown === null ? null : digestOf(shown)
		told.state = open.outcome
		const problems = isAgreed(shown, open) ? [] : [differs]
		if (open.outcome === 'seen') told.isOrdered = false
		if (open.outcome !== 'ordered' || before === 'ordered') return problems
		told.isOrdered = true
		const charter = charters.charterOf(open.charterEntry)
		const isByRule = charter === null || strictestReaction(charter, open.kinds, true).do === 'remove'
		if (open.reaction !== 'remove' || !isByRule) problems.push(unruled)
		return problems
	}

	return {
		tellOpened(leaf: LeafOf<'finding.opened'>, openings: Openings): StoryProblem[] {
			const { open, subject, kind } = leaf
			const problems = findings.has(open.findingId)
				? [problem('FINDING_AGAIN', 'a finding begins a second time')]
				: []
			const shown = opened(kind, 'difference', openings)
			findings.set(open.findingId, {
				subject,
				kinds: open.kinds,
				state: 'seen',
				sha256: shown === null ? null : digestOf(shown),
				isOrdered: false,
				isSent: false,
				isHeld: false,
				askedBy: null,
			})
			return isAgreed(shown, open) ? problems : [...problems, differs]
		},
		tellConfirmed(leaf: LeafOf<'finding.confirmed'>, openings: Openings): StoryProblem[] {
			const told = find(leaf.open.findingId)
			if ('code' in told) return [told]
			const problems =
				told.state === 'seen'
					? []
					: [problem('FINDING_ORDER', 'a finding is confirmed that was confirmed before')]
			return [...problems, ...note(told, leaf, openings)]
		},
		tellChanged(leaf: LeafOf<'finding.changed'>, openings: Openings): StoryProblem[] {
			const told = find(leaf.open.findingId)
			return 'code' in told ? [told] : note(told, leaf, openings)
		},
		tellSilent({ open }: LeafOf<'finding.silent'>): StoryProblem[] {
			const told = find(open.findingId)
			if ('code' in told) return [told]
			const problems =
				told.state === 'awaiting' ? [] : [problem('FINDING_ORDER', 'silence is taken where nobody was asked')]
			told.isOrdered ||= open.outcome === 'ordered'
			told.state = open.outcome
			return problems
		},
		tellAcceptanceOver({ open }: LeafOf<'finding.acceptance_over'>): StoryProblem[] {
			const told = find(open.findingId)
			if ('code' in told) return [told]
			told.state = 'seen'
			told.isOrdered = false
			return []
		},
		tellDecided(leaf: LeafOf<'finding.decided'>, openings: Openings): StoryProblem[] {
			const { open, actor, time, kind } = leaf
			const told = find(open.findingId)
			if ('code' in told) return [told]
			const problems: StoryProblem[] = []
			if (actor === null || (told.subject !== null && actor === told.subject))
				problems.push(problem('FINDING_OWN', 'somebody decides on what they hold themselves, or nobody does'))
			if (open.step === 'release' && (told.askedBy === null || told.askedBy === actor))
				problems.push(
					problem('FINDING_ONE_OFFICER', 'a removal that the guard held is released by one officer alone'),
				)
			if (open.step === 'ask_release') told.askedBy = actor
			if (open.step === 'remove' || open.step === 'release') told.isOrdered = true
			if (open.step === 'release') {
				told.isHeld = false
				told.isSent = true
			}
			if (open.step === 'accept') {
				told.isOrdered = false
				told.isHeld = false
				told.askedBy = null
			}
			told.state = open.outcome
			const evidence = opened(kind, 'evidence', openings)
			if (evidence === null) return problems
			const { envelope, assertion } = evidence
			const reason = opened(kind, 'reason', openings)?.text ?? null
			const signedFor = envelope.findings.filter(({ findingId }) => findingId === open.findingId)
			const isSame =
				envelope.step === open.step &&
				envelope.officerId === actor &&
				envelope.acceptedUntil === open.acceptedUntil &&
				signedFor.length === 1 &&
				(told.sha256 === null || signedFor[0]?.differenceSha256 === told.sha256) &&
				envelope.charterTextSha256 === charters.hashes.get(open.charterEntry) &&
				(reason === null || envelope.reasonSha256 === digestOf({ nonce: envelope.nonce, reason }))
			return [
				...problems,
				...signatures.check({
					actor,
					time,
					credentialEntry: open.credentialEntry,
					envelope,
					assertion,
					isAgreed: isSame,
				}),
			]
		},
		tellHeld({ open }: LeafOf<'finding.held'>): StoryProblem[] {
			const told = find(open.findingId)
			if ('code' in told) return [told]
			told.isHeld = true
			told.state = 'held'
			return []
		},
		tellRemoving({ open }: LeafOf<'finding.removing'>): StoryProblem[] {
			const told = find(open.findingId)
			if ('code' in told) return [told]
			const problems: StoryProblem[] = []
			if (!told.isOrdered)
				problems.push(problem('FINDING_UNORDERED', 'a removal is sent that nobody and no rule ordered'))
			if (told.isHeld)
				problems.push(problem('FINDING_HELD', 'a removal is sent that the guard against mass removal held'))
			told.isSent = true
			told.state = 'removing'
			return problems
		},
		/** The steps of a removal that is under way. */
		tellRemoval({
			open,
		}: LeafOf<
			| 'finding.removal_postponed'
			| 'finding.removal_retried'
			| 'finding.removal_not_confirmed'
			| 'finding.removal_failed'
			| 'finding.kill_switch_used'
		>): StoryProblem[] {
			const told = find(open.findingId)
			if ('code' in told) return [told]
			return told.isSent ? [] : [unsent]
		},
		tellClosed({ open }: LeafOf<'finding.closed'>): StoryProblem[] {
			const told = find(open.findingId)
			if ('code' in told) return [told]
			const problems = open.how === 'removed' && !told.isSent ? [unsent] : []
			// What is over without a removal must not have been taken away by us unseen.
			if (open.how === 'neverConfirmed' && isRemoving(told.state)) problems.push(unsent)
			told.state = open.how
			return problems
		},
		counts: () => ({
			findings: findings.size,
			findingsRemoved: [...findings.values()].filter(({ state }) => state === 'removed').length,
		}),
	}
}

const isAgreed = (
	shown: { findingId: string; kinds: readonly string[] } | null,
	open: { findingId: string; kinds: readonly string[] },
) => shown === null || (shown.findingId === open.findingId && shown.kinds.join() === open.kinds.join())

const differs = problem('FINDING_DIFFERS', 'the opened difference is not what the entry says')
const unruled = problem('FINDING_RULE', 'a removal is ordered by a rule that the charter does not have')
const unsent = problem('FINDING_UNSENT', 'something is called removed, or being removed, that was never sent')
