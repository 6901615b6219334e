import type { LeafOf } from '../ledger/entry.schema.ts'
import type { VettingEnvelope } from '../ledger/vetting-envelope.schema.ts'
import { isTwoOfficerAct, VETTING_PATH, type VettingState } from '../people/vetting-case.events.ts'
import { opened, problem, type Openings, type StoryProblem } from './problem.ts'
import type { Signatures } from './signatures.ts'

type Signed = LeafOf<'vetting.proposed'> | LeafOf<'vetting.confirmed'>
type Case = {
	subject: string
	state: VettingState
	proposal: { entryId: string; act: string; officer: string } | null
}

/** Acts by which time or a newer case takes a step that an officer could have taken. */
const ALIAS: Readonly<Record<string, string>> = {
	PAPERS_OVERDUE: 'WITHDRAW_ADMINISTRATIVELY',
	REPLACED: 'WITHDRAW_ADMINISTRATIVELY',
}
const STAYING: ReadonlySet<string> = new Set(['ASK_PAPERS', 'RECEIVE_PAPERS'])

/**
 * How vetting cases went: each along the life cycle, nobody on their own case, and what gives a clearance, gives it back
 * or takes it only by two officers, the second confirming what the first had proposed. What they signed stays sealed in
 * bundles, which are no vetting files; where it is opened all the same, the signatures are checked.
 */
export function createVettingStory(signatures: Signatures) {
	const cases = new Map<string, Case>()

	/** The case that an entry is about, if it stands where the entry says and somebody else acts on it. */
	function find(
		{ actor, subject }: { actor: string | null; subject: string | null },
		caseId: string,
		from: VettingState,
	): { found: Case | null; problems: StoryProblem[] } {
		const found = cases.get(caseId) ?? null
		if (found === null)
			return {
				found,
				problems: [problem('CASE_UNKNOWN', 'a step of a vetting case that was not opened before')],
			}
		const problems: StoryProblem[] = []
		if (subject !== found.subject)
			problems.push(problem('CASE_DIFFERS', 'a step of a vetting case names another person than the case'))
		if (actor !== null && actor === found.subject)
			problems.push(problem('OWN_CASE', 'somebody acts on their own vetting case'))
		if (found.state !== from)
			problems.push(problem('CASE_STATE', 'a step of a vetting case from a state that it was not in'))
		return { found, problems }
	}

	function checkEvidence(leaf: Signed, openings: Openings, proposalEntry: string | null): StoryProblem[] {
		const evidence =
			leaf.kind === 'vetting.proposed'
				? opened('vetting.proposed', 'evidence', openings)
				: opened('vetting.confirmed', 'evidence', openings)
		if (evidence === null) return []
		const { actor, time, subject, open } = leaf
		const envelope: VettingEnvelope = evidence.envelope
		const isAgreed =
			envelope.caseId === open.caseId &&
			envelope.act === open.act &&
			envelope.from === open.from &&
			envelope.subjectId === subject &&
			envelope.officerId === actor &&
			envelope.part === (proposalEntry === null ? 'propose' : 'confirm') &&
			envelope.proposalEntry === proposalEntry
		const { credentialEntry } = open
		return signatures.check({
			actor,
			time,
			credentialEntry,
			envelope,
			assertion: evidence.assertion,
			isAgreed,
		})
	}

	return {
		tellOpened({ subject, actor, open }: LeafOf<'vetting.opened'>): StoryProblem[] {
			if (cases.has(open.caseId)) return [problem('SECOND_OPENING', 'a vetting case is opened a second time')]
			if (subject === null) return [problem('NO_PERSON', 'a vetting case is about nobody')]
			cases.set(open.caseId, { subject, state: 'requested', proposal: null })
			return actor === subject ? [problem('OWN_CASE', 'somebody acts on their own vetting case')] : []
		},
		tellAdvanced(leaf: LeafOf<'vetting.advanced'>): StoryProblem[] {
			const { caseId, from, to, act } = leaf.open
			const { found, problems } = find(leaf, caseId, from)
			if (isTwoOfficerAct(act)) problems.push(problem('ONE_OFFICER', 'one officer does alone what takes two'))
			if (!leads(from, act, to))
				problems.push(problem('CASE_PATH', 'a step of a vetting case that its life cycle does not know'))
			if (found !== null) {
				if (to !== from) found.proposal = null
				found.state = to
			}
			return problems
		},
		tellProposed(leaf: LeafOf<'vetting.proposed'>, openings: Openings): StoryProblem[] {
			const { actor, id, open } = leaf
			const { found, problems } = find(leaf, open.caseId, open.from)
			if (found !== null && actor !== null) found.proposal = { entryId: id, act: open.act, officer: actor }
			return [...problems, ...checkEvidence(leaf, openings, null)]
		},
		tellConfirmed(leaf: LeafOf<'vetting.confirmed'>, openings: Openings): StoryProblem[] {
			const { caseId, from, to, act, proposalEntry } = leaf.open
			const { found, problems } = find(leaf, caseId, from)
			if (found !== null) {
				const { proposal } = found
				if (proposal?.entryId !== proposalEntry || proposal.act !== act)
					problems.push(problem('PROPOSAL_UNKNOWN', 'an officer confirms what was not proposed'))
				else if (proposal.officer === leaf.actor)
					problems.push(problem('SAME_HUMAN_TWICE', 'one officer both proposes and confirms'))
				found.state = to
				found.proposal = null
			}
			if (!leads(from, act, to))
				problems.push(problem('CASE_PATH', 'a step of a vetting case that its life cycle does not know'))
			return [...problems, ...checkEvidence(leaf, openings, proposalEntry)]
		},
		tellDropped({ open }: LeafOf<'vetting.proposal_dropped'>): StoryProblem[] {
			const found = cases.get(open.caseId)
			if (found) found.proposal = null
			return []
		},
	}
}

function leads(from: VettingState, act: string, to: VettingState): boolean {
	if (STAYING.has(act)) return from === to
	const named = ALIAS[act] ?? act
	return VETTING_PATH.some(([start, step, end]) => start === from && step === named && end === to)
}
