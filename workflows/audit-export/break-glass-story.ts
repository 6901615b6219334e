import { digestOf } from '../ledger/leaf.ts'
import type { BreakGlassEnvelope } from '../ledger/break-glass-envelope.schema.ts'
import type { Assertion } from '../ledger/envelope.schema.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'
import type { CharterBook } from './charter-book.ts'
import { isSameUse, ruleProblems, type ToldUse } from './break-glass-told.ts'
import type { createEligibilityCheck } from './eligibility-check.ts'
import { opened, problem, type Openings, type StoryProblem } from './problem.ts'
import type { Signatures } from './signatures.ts'

type Signed = LeafOf<'break_glass.signed'>
type Seconded = LeafOf<'break_glass.seconded'>
type Evidence = { envelope: BreakGlassEnvelope; assertion: Assertion }
type Reviewed = LeafOf<'break_glass.reviewed'>
type Recorded = LeafOf<'break_glass.offline_recorded'>
type Closed = LeafOf<'break_glass.withdrawn' | 'break_glass.timed_out' | 'break_glass.voided'>

/**
 * Whether uses of break-glass hold together: each signed by its user and, where the charter asks for it, by a second
 * officer who is somebody else and signed the same digest; for no longer than the charter's limit; none while another of
 * its role was owed a review; and reviewed by the quorum of people who had no part in it, each once.
 */
export function createBreakGlassStory(
	signatures: Pick<Signatures, 'check'>,
	charters: CharterBook,
	eligibility: Pick<ReturnType<typeof createEligibilityCheck>, 'use'>,
) {
	const uses = new Map<string, ToldUse>()
	let [begun, reviewed] = [0, 0]

	const debtOf = (usingRole: string) =>
		[...uses.values()].some((told) => told.isOwed && told.usingRole === usingRole)

	/** The use that a step is on; null, with the problem, where there is none or its subject differs. */
	function find(requestId: string, subject: string | null): ToldUse | StoryProblem {
		const told = uses.get(requestId)
		return told === undefined || told.user !== subject
			? problem('BREAK_GLASS_UNKNOWN', 'a step on a use of break-glass that was not begun before')
			: told
	}

	/** Whether whoever took this step signed this use, in this capacity; nothing where the signature is sealed. */
	function useSignature(
		told: ToldUse,
		{ actor, time, open }: Signed | Seconded,
		step: 'use' | Seconded['open']['verdict'],
		evidence: Evidence | null,
	): StoryProblem[] {
		if (evidence === null) return []
		const { envelope, assertion } = evidence
		const isAgreed = envelope.step === step && isSameUse(told, open.requestId, actor, envelope, charters)
		return signatures.check({
			actor,
			time,
			credentialEntry: open.credentialEntry,
			envelope,
			assertion,
			isAgreed,
		})
	}

	return {
		/** What the access of a use rests on in place of stages; undefined for a request that is no use. */
		useOf: (requestId: string): Readonly<ToldUse> | undefined => uses.get(requestId),
		tellSigned(leaf: Signed, openings: Openings): StoryProblem[] {
			const { subject, actor, time, open, kind } = leaf
			const { requestId, usingRole, role, charterEntry, durationSeconds } = open
			const problems = uses.has(requestId)
				? [problem('BREAK_GLASS_AGAIN', 'a use of break-glass begins a second time')]
				: []
			if (debtOf(usingRole))
				problems.push(problem('BREAK_GLASS_DEBT', 'used while an earlier use of the role was not reviewed'))
			if (subject === null || subject !== actor)
				problems.push(problem('REQUESTER', 'a use is signed by somebody else than its user'))
			const use = opened(kind, 'use', openings)
			const charter = charters.charterOf(charterEntry)
			const needsSecond = open.secondOfficer || charter?.breakGlass?.secondOfficer === true
			const told: ToldUse = {
				user: subject,
				usingRole,
				role,
				charterEntry,
				durationSeconds,
				sha256: use === null ? null : digestOf(use),
				quorum: open.review.quorum,
				participants: new Set([subject]),
				reviewers: new Set(),
				isOpen: !needsSecond,
				hasEnded: false,
				isOwed: true,
			}
			uses.set(requestId, told)
			begun += 1
			problems.push(...ruleProblems(told, charters))
			if (
				use !== null &&
				(use.requestId !== requestId ||
					use.userId !== subject ||
					use.usingRole !== usingRole ||
					use.role !== role ||
					use.durationSeconds !== durationSeconds ||
					use.charterTextSha256 !== charters.hashes.get(charterEntry))
			)
				problems.push(problem('REQUEST_DIFFERS', 'the opened use is not what the entry says'))
			const evidence = opened(kind, 'evidence', openings)
			const judged = opened(kind, 'eligibility', openings)
			if (judged !== null)
				problems.push(
					...eligibility.use(
						{ time, user: subject, charterEntry, usingRole, role, durationSeconds, mustPermit: true },
						evidence?.envelope.eligibilitySha256 ?? null,
						judged,
					),
				)
			return [...problems, ...useSignature(told, leaf, 'use', evidence)]
		},
		tellSeconded(leaf: Seconded, openings: Openings): StoryProblem[] {
			const { subject, actor, time, open, kind } = leaf
			const told = find(open.requestId, subject)
			if ('code' in told) return [told]
			const problems = told.participants.has(actor)
				? [problem('SAME_HUMAN_TWICE', 'the second officer is the user')]
				: []
			if (told.isOpen || !told.isOwed)
				problems.push(problem('STAGE_ORDER', 'a second signature on a use that does not wait for one'))
			told.participants.add(actor)
			if (open.verdict === 'confirm') told.isOpen = told.isOwed
			else told.isOwed = false
			const evidence = opened(kind, 'evidence', openings)
			const judged = opened(kind, 'eligibility', openings)
			if (judged !== null)
				problems.push(
					...eligibility.use(
						{ ...told, time, role: told.role ?? '', mustPermit: open.verdict === 'confirm' },
						evidence?.envelope.eligibilitySha256 ?? null,
						judged,
					),
				)
			return [...problems, ...useSignature(told, leaf, open.verdict, evidence)]
		},
		tellClosed({ subject, open }: Closed): StoryProblem[] {
			const told = find(open.requestId, subject)
			if ('code' in told) return [told]
			const problems = told.isOpen
				? [problem('BREAK_GLASS_OPEN', 'a use that was opened is closed without a review')]
				: []
			told.isOwed = told.isOpen
			return problems
		},
		tellEnded({ subject, open }: LeafOf<'break_glass.access_ended'>): StoryProblem[] {
			const told = find(open.requestId, subject)
			if ('code' in told) return [told]
			told.hasEnded = true
			return []
		},
		tellReviewed(leaf: Reviewed, openings: Openings): StoryProblem[] {
			const { subject, actor, time, open, kind } = leaf
			const told = find(open.requestId, subject)
			if ('code' in told) return [told]
			const problems: StoryProblem[] = []
			if (told.participants.has(actor) || actor === null)
				problems.push(problem('OWN_REQUEST', 'somebody reviews a use that they had a part in'))
			else if (told.reviewers.has(actor))
				problems.push(problem('SAME_HUMAN_TWICE', 'one person reviews a use twice'))
			else told.reviewers.add(actor)
			if (!told.isOpen || !told.hasEnded)
				problems.push(problem('STAGE_ORDER', 'a review before the access was over'))
			const isDone = told.reviewers.size >= told.quorum
			if ((open.outcome === 'reviewed') !== isDone)
				problems.push(problem('REVIEW_QUORUM', 'the review is not done by as many people as it takes'))
			if (isDone && told.isOwed) reviewed += 1
			told.isOwed &&= !isDone
			const evidence = opened(kind, 'evidence', openings)
			if (evidence === null) return problems
			const { envelope, assertion } = evidence
			const findings = opened(kind, 'findings', openings)?.text ?? null
			const isAgreed =
				envelope.requestId === open.requestId &&
				envelope.verdict === open.verdict &&
				envelope.reviewerId === actor &&
				(told.sha256 === null || envelope.useSha256 === told.sha256) &&
				(findings === null || envelope.findingsSha256 === digestOf({ nonce: envelope.nonce, findings }))
			return [
				...problems,
				...signatures.check({
					actor,
					time,
					credentialEntry: open.credentialEntry,
					envelope,
					assertion,
					isAgreed,
				}),
			]
		},
		tellRecorded(leaf: Recorded, openings: Openings): StoryProblem[] {
			const { subject, actor, time, open, kind } = leaf
			const problems = uses.has(open.requestId)
				? [problem('BREAK_GLASS_AGAIN', 'a use of break-glass begins a second time')]
				: []
			const use = opened(kind, 'use', openings)
			const told: ToldUse = {
				user: subject,
				usingRole: open.usingRole,
				role: null,
				charterEntry: open.charterEntry,
				durationSeconds: (Date.parse(open.until) - Date.parse(open.from)) / 1000,
				sha256: use === null ? null : digestOf(use),
				quorum: open.review.quorum,
				participants: new Set([subject, actor, ...open.participants]),
				reviewers: new Set(),
				isOpen: true,
				hasEnded: true,
				isOwed: true,
			}
			uses.set(open.requestId, told)
			begun += 1
			problems.push(...ruleProblems(told, charters))
			if (actor === null || actor === subject)
				problems.push(problem('OWN_REQUEST', 'somebody records their own use of the sealed procedure'))
			if (open.until <= open.from || open.until > time)
				problems.push(
					problem('REQUEST_DIFFERS', 'the recorded use ends before it begins, or later than it is recorded'),
				)
			const isSame =
				use === null ||
				(use.openedBy === subject &&
					use.from === open.from &&
					use.until === open.until &&
					use.usingRole === open.usingRole &&
					[use.openedBy, ...use.witnesses].every((person) => open.participants.includes(person)))
			if (!isSame) problems.push(problem('REQUEST_DIFFERS', 'the opened use is not what the entry says'))
			const evidence = opened(kind, 'evidence', openings)
			if (evidence === null) return problems
			const { envelope, assertion } = evidence
			return [
				...problems,
				...signatures.check({
					actor,
					time,
					credentialEntry: open.credentialEntry,
					envelope,
					assertion,
					isAgreed:
						envelope.requestId === open.requestId &&
						envelope.officerId === actor &&
						(told.sha256 === null || envelope.useSha256 === told.sha256),
				}),
			]
		},
		counts: () => ({ breakGlass: begun, breakGlassReviewed: reviewed }),
	}
}
