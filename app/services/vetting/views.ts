import type { VettingTerms } from '#workflows/ledger/vetting-envelope.schema.ts'
import type { RefusalToVet } from '#workflows/people/direct-line.ts'
import type { ActingParty } from '#workflows/people/vetting-case.acting.ts'
import type { OneOfficerAct, TwoOfficerAct, VettingState } from '#workflows/people/vetting-case.events.ts'
import type { EvidenceItem, EvidenceStage } from '#workflows/people/vetting-checklists.ts'
import type { ErrorCode } from '#workflows/shared/errors.ts'
import type { VettingCounts } from '#db/queries/vetting-lists.ts'
import type { PersonName, TimelineItem } from '../views.ts'

export type CaseSummary = {
	id: string
	number: number
	person: PersonName
	scheme: string
	level: string
	state: VettingState
	/** Whose turn it is; null where nobody owes anything. */
	acts: ActingParty | null
	dueAt: string | null
	isOverdue: boolean
	/** Stated end of the clearance; null before a decision, and where none was stated. */
	validUntil: string | null
	/** One officer has proposed something that waits for a second one. */
	hasProposal: boolean
}

export type CasePage = {
	cases: CaseSummary[]
	counts: VettingCounts
	next: { dueAt: string | null; id: string } | null
}

export type ChecklistView = {
	item: EvidenceItem
	/** Null for evidence that no act waits for. */
	neededFor: EvidenceStage | null
	evidence: {
		reference: string
		fileSha256: string | null
		at: string
		by: string
		entryIndex: number | null
	} | null
}

export type ProposalView = {
	act: TwoOfficerAct
	officer: string
	at: string
	reason: string
	terms: VettingTerms | null
	entryIndex: number | null
	isOwn: boolean
	/** Why this reader cannot confirm it; null where they can. */
	refusal: ErrorCode | null
}

export type CaseView = CaseSummary & {
	version: number
	post: string | null
	sponsor: PersonName | null
	manager: PersonName | null
	neededFrom: string | null
	neededUntil: string | null
	openedAt: string
	reason: string
	/** Hangs on a post or on a sponsor, by its scheme. */
	model: { post: boolean; sponsor: boolean }
	terms: VettingTerms | null
	/** Why this reader must keep out of the case; null for an officer who may act. */
	refusal: RefusalToVet | null
	/** What the file holds in detail is kept from whom it is about, and from who stands in line with them. */
	isWithheld: boolean
	checklist: ChecklistView[]
	acts1: { act: OneOfficerAct; missing: EvidenceItem[] }[]
	acts2: { act: TwoOfficerAct; missing: EvidenceItem[] }[]
	proposal: ProposalView | null
	/** States that the case has been in, the present one included. */
	visited: VettingState[]
	/** The clearance through its states. */
	clearance: { state: 'granted' | 'suspended' | 'revoked'; from: string; until: string | null }[]
	/** Briefings that can be recorded: the one of every clearance, and those that the charter asks for. */
	briefings: string[]
	timeline: TimelineItem[]
}
