import type { AmendmentState } from '#workflows/charter/amendment.machine.ts'
import type { QuorumGap, RoleImpact } from '#workflows/charter/impact.ts'
import type { ClauseResult } from '#workflows/charter/verdict.ts'
import type { ErrorCode } from '#workflows/shared/errors.ts'
import type { PlacesView } from '../charter/places-view.ts'
import type { CharterChanges, TextDiff } from '../charter/views.ts'
import type { PersonName, TimelineItem } from '../views.ts'

export type AmendmentSummary = {
	id: string
	version: number
	state: AmendmentState
	reason: string
	drafter: PersonName
	createdAt: string
	/** When it is to be in force; null: as soon as the last signature is given. */
	inForceFrom: string | null
	/** Until when signatures are taken; null while it is a draft. */
	signBy: string | null
	signatures: number
}

export type EndingView = {
	requestId: string
	number: number
	person: PersonName
	roleTitle: string
	isPending: boolean
	reasons: readonly string[]
}

export type ImpactView = {
	/** The instant at which everybody was judged. */
	at: string
	people: number
	/** Roles in which anything changes first. */
	roles: RoleImpact[]
	quorumGaps: (QuorumGap & { roleTitle: string; fromTitle: string })[]
	owners: { before: number; after: number; needed: number }
	endings: EndingView[]
}

export type SignatureView = {
	name: string
	verdict: 'sign' | 'reject'
	reason: string
	at: string
	entryIndex: number | null
}

/** Whether the reader may sign or reject now, and if not, why. */
export type SignView =
	| { allowed: true; verdicts: readonly ('sign' | 'reject')[] }
	| { allowed: false; code: ErrorCode; denials: readonly ClauseResult[] }

export type AmendmentView = Omit<AmendmentSummary, 'signatures'> & {
	textSha256: string
	yaml: string
	base: { version: number; textSha256: string }
	/** What it says that its base does not: line by line, and in words. */
	text: TextDiff
	words: CharterChanges
	/** Another version than its base is in force by now. */
	isOutdated: boolean
	signatures: SignatureView[]
	needed: number
	timeline: TimelineItem[]
	/** Why Charterkeep stopped it; null otherwise. */
	stoppedBy: ErrorCode | null
	/** Null once it is settled: what was signed stands in the record. */
	impact: ImpactView | null
	/** Whether the tenant could give the places that it names; null once it is settled. */
	places: PlacesView | null
	sign: SignView | null
	/** What bars its proposal at this moment; null when nothing does, or when it is not a draft. */
	obstacle: ErrorCode | null
	mayEdit: boolean
	mayPropose: boolean
	mayWithdraw: boolean
}

export type ChangeRow = {
	person: PersonName
	role: { key: string; title: string }
	change: 'gains' | 'loses'
	reasons: readonly string[]
}

export type ChangeFilter = {
	role?: string | undefined
	change?: 'gains' | 'loses' | undefined
	reason?: string | undefined
	search?: string | undefined
}

export type ChangesView = {
	amendment: { id: string; version: number; reason: string }
	at: string
	rows: ChangeRow[]
	/** How many the filter chooses; more than there are rows when the page shows the first of them. */
	total: number
	roles: { key: string; title: string }[]
	reasons: string[]
}

/** What the editor begins with. */
export type EditorView = {
	yaml: string
	reason: string
	inForceFrom: string | null
	lockVersion: number | null
	/** The version in force, whose place it takes. */
	version: number
	isRebased: boolean
	templates: string[]
	/** Whether the tenant could give the places that the text names as it was saved; null for a template. */
	places: PlacesView | null
}
