import type { LeafOf } from '../ledger/entry.schema.ts'
import { digestOf } from '../ledger/leaf.ts'
import type { LockboxState } from '../lockbox/lockbox-context.ts'
import type { CharterBook } from './charter-book.ts'
import type { createEligibilityCheck } from './eligibility-check.ts'
import {
	decideByOf,
	isSameDecision,
	isSameRequest,
	isWhole,
	lackingStage,
	lockboxRuleProblems,
	type ToldLockbox,
} from './lockbox-told.ts'
import { opened, problem, type Openings, type StoryProblem } from './problem.ts'
import type { Signatures } from './signatures.ts'

/** States in which the provider has access, or had. */
const OPENED: readonly LockboxState[] = ['approvedAtProvider', 'overtaken', 'accessEnding', 'accessEnded']
const SETTLED: readonly LockboxState[] = [
	...OPENED,
	'denied',
	'deniedElsewhere',
	'expired',
	'withdrawnByProvider',
]

/**
 * Whether requests for customer content hold together: judged by the charter, decided by the quorum of distinct people at
 * every stage, in order and in time, nobody on what benefits them, each by a passkey; and only then answered. An access
 * that was opened otherwise must be told as such, and is counted apart.
 */
export function createLockboxStory(
	signatures: Pick<Signatures, 'check'>,
	charters: CharterBook,
	eligibility: Pick<ReturnType<typeof createEligibilityCheck>, 'lockbox'>,
	isSuspended: (personId: string) => boolean,
	providerOfBoundary: (entryId: string) => string | undefined,
) {
	const requests = new Map<string, ToldLockbox>()
	let outOfBand = 0

	/** The request that a step is on; the problem where there is none or its subject differs. */
	function find(requestId: string, subject: string | null): ToldLockbox | StoryProblem {
		const told = requests.get(requestId)
		return told === undefined || told.subject !== subject
			? problem('LOCKBOX_UNKNOWN', 'a step on a request for customer content that did not come in before')
			: told
	}

	function settle(told: ToldLockbox, outcome: LockboxState): void {
		if (SETTLED.includes(outcome)) told.isSettled = true
	}

	function markOutOfBand(told: ToldLockbox, isOutOfBand: boolean): void {
		if (isOutOfBand && !told.isOutOfBand) outOfBand += 1
		told.isOutOfBand ||= isOutOfBand
	}

	return {
		tellImported(leaf: LeafOf<'lockbox.imported'>, openings: Openings): StoryProblem[] {
			const { subject, open, kind, time } = leaf
			const problems = requests.has(open.requestId)
				? [problem('LOCKBOX_AGAIN', 'a request for customer content comes in a second time')]
				: []
			const request = opened(kind, 'request', openings)
			const told: ToldLockbox = {
				...open,
				subject,
				request,
				sha256: request === null ? null : digestOf(request),
				stage: 0,
				openedAt: time,
				approvers: open.stages.map(() => new Set()),
				people: new Set(open.barred),
				answer: open.outcome === 'denying' ? 'deny' : null,
				isSent: false,
				isSettled: false,
				isOutOfBand: false,
			}
			requests.set(open.requestId, told)
			settle(told, open.outcome)
			markOutOfBand(told, OPENED.includes(open.outcome) || open.outcome === 'deniedElsewhere')
			if (open.boundaryEntry !== null && providerOfBoundary(open.boundaryEntry) !== open.provider)
				problems.push(
					problem('LOCKBOX_BOUNDARY', 'matched to a boundary that was not recorded of this provider before'),
				)
			problems.push(...lockboxRuleProblems(open, charters))
			if (request !== null && !isSameRequest(request, open, subject, charters))
				problems.push(problem('REQUEST_DIFFERS', 'the opened request is not what the entry says'))
			const judged = opened(kind, 'eligibility', openings)
			if (judged !== null && judged.verdictSha256 !== null && request?.role)
				problems.push(
					...eligibility.lockbox(
						{
							time,
							person: subject,
							charterEntry: open.charterEntry,
							role: request.role,
							durationMs: (open.durationSeconds ?? 0) * 1000,
							as: 'requester',
							mustPermit: open.denials.length === 0,
						},
						null,
						{ facts: judged.facts, verdictSha256: judged.verdictSha256 },
					),
				)
			return problems
		},
		tellDecided(leaf: LeafOf<'lockbox.decided'>, openings: Openings): StoryProblem[] {
			const { subject, actor, time, open, kind } = leaf
			const told = find(open.requestId, subject)
			if ('code' in told) return [told]
			const problems: StoryProblem[] = []
			if (actor === null || told.barred.includes(actor))
				problems.push(
					problem('OWN_REQUEST', 'somebody decides on what benefits them or what they brought in'),
				)
			else if (told.people.has(actor))
				problems.push(problem('SAME_HUMAN_TWICE', 'one person decides on a request twice'))
			if (told.answer !== null || told.isSettled || open.stage !== told.stage)
				problems.push(problem('STAGE_ORDER', 'a decision at a stage that is not open'))
			if (time >= decideByOf(told))
				problems.push(
					problem('LOCKBOX_LATE', 'decided after the time to decide, or the clock of the provider'),
				)
			const from = told.stages[told.stage]?.from ?? ''
			const judged = opened(kind, 'eligibility', openings)
			const evidence = opened(kind, 'evidence', openings)
			if (judged !== null)
				problems.push(
					...eligibility.lockbox(
						{
							time,
							person: actor,
							charterEntry: told.charterEntry,
							role: from,
							durationMs: 0,
							as: 'approver',
							mustPermit: true,
						},
						evidence?.envelope.eligibilitySha256 ?? null,
						judged,
					),
				)
			const isAgreed = evidence !== null && isSameDecision(told, leaf, evidence.envelope, charters)
			count(told, leaf)
			const expected =
				told.answer === 'approve' ? 'approving' : told.answer === 'deny' ? 'denying' : 'pending'
			if (open.outcome !== expected)
				problems.push(problem('LOCKBOX_QUORUM', 'it goes on without the people that its stages ask for'))
			if (told.answer === 'approve' && told.approvers.some((givers) => [...givers].some(isSuspended)))
				problems.push(
					problem('LOCKBOX_FALLEN', 'an approval counts whose giver was suspended before the last'),
				)
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
					isAgreed,
				}),
			]
		},
		tellApprovalFell({ subject, open, time }: LeafOf<'lockbox.approval_fell'>): StoryProblem[] {
			const told = find(open.requestId, subject)
			if ('code' in told) return [told]
			const problems: StoryProblem[] = []
			if (told.answer !== null || told.isSettled || open.outcome !== 'pending')
				problems.push(problem('STAGE_ORDER', 'an approval falls when the stages had decided'))
			if (!told.approvers.some((givers) => givers.delete(open.approverId)))
				problems.push(problem('LOCKBOX_FALLEN', 'an approval falls that was not given'))
			const lacking = lackingStage(told)
			// Once the time is over silence denies all the same.
			if (lacking !== null && lacking < told.stage && time < decideByOf(told)) {
				told.stage = lacking
				told.openedAt = time
			}
			if (open.stage !== told.stage)
				problems.push(problem('LOCKBOX_QUORUM', 'it goes on without the people that its stages ask for'))
			return problems
		},
		tellRequesterFell({ subject, open }: LeafOf<'lockbox.requester_fell'>): StoryProblem[] {
			const told = find(open.requestId, subject)
			if ('code' in told) return [told]
			const problems: StoryProblem[] = []
			if (told.by !== 'inside')
				problems.push(problem('LOCKBOX_FALLEN', 'a requester falls of whom nobody here knows anything'))
			if (told.isSent && open.outcome === 'denying')
				problems.push(problem('STAGE_ORDER', 'a yes that was carried over becomes a no'))
			if (open.outcome === 'denying') told.answer = 'deny'
			return problems
		},
		tellClock({ subject, open, time }: LeafOf<'lockbox.clock'>): StoryProblem[] {
			const told = find(open.requestId, subject)
			if ('code' in told) return [told]
			const problems: StoryProblem[] = []
			if (open.outcome === 'denying' && told.answer === null) {
				if (time < decideByOf(told))
					problems.push(problem('LOCKBOX_CLOCK', 'silence is taken for a denial before the time was over'))
				told.answer = 'deny'
			}
			settle(told, open.outcome)
			return problems
		},
		tellSending({ subject, open, time }: LeafOf<'lockbox.sending'>): StoryProblem[] {
			const told = find(open.requestId, subject)
			if ('code' in told) return [told]
			const problems: StoryProblem[] = []
			if (told.answer !== open.answer || (open.answer === 'approve' && !isWhole(told)))
				problems.push(problem('LOCKBOX_UNAPPROVED', 'an answer is sent that the stages did not give'))
			if (told.isSettled) problems.push(problem('STAGE_ORDER', 'an answer is sent when all was over'))
			if (time >= told.deadline)
				problems.push(problem('LOCKBOX_LATE', 'an answer is sent after the clock of the provider'))
			told.isSent = true
			return problems
		},
		tellSeen({ subject, open }: LeafOf<'lockbox.seen'>): StoryProblem[] {
			const told = find(open.requestId, subject)
			if ('code' in told) return [told]
			markOutOfBand(told, open.isOutOfBand)
			const problems: StoryProblem[] = []
			if (OPENED.includes(open.outcome) && !told.isOutOfBand && (told.answer !== 'approve' || !isWhole(told)))
				problems.push(
					problem('LOCKBOX_UNAPPROVED', 'access is open without the quorum, and is not told as such'),
				)
			settle(told, open.outcome)
			return problems
		},
		counts: () => ({ lockbox: requests.size, lockboxOutOfBand: outOfBand }),
	}

	/** Takes a decision in: the stage that it fills, and what it comes to. */
	function count(told: ToldLockbox, { actor, time, open }: LeafOf<'lockbox.decided'>): void {
		if (open.verdict === 'deny') told.answer = 'deny'
		else if (actor !== null && !told.people.has(actor)) {
			told.approvers[told.stage]?.add(actor)
			const lacking = lackingStage(told)
			if (lacking === null && told.stages.length > 0) told.answer = 'approve'
			else if (lacking !== null && lacking !== told.stage) {
				told.stage = lacking
				told.openedAt = time
			}
		}
		if (actor !== null) told.people.add(actor)
	}
}
