import type { AmendmentSummary } from './amendments/views.ts'
import type { OfficerDay } from './home/due-views.ts'
import type { LapseAlarm, Notice } from './lapse/alarms.server.ts'
import type { ClauseResult, Verdict } from '#workflows/charter/verdict.ts'
import type { EndCause } from '#workflows/grants/grant.machine.ts'
import type { WitnessProblem } from './ledger/witness-policy.server.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { ErrorCode } from '#workflows/shared/errors.ts'

/** The state of an access, always in these words (see the state badge). */
export type AccessState =
	| 'waiting'
	| 'needs_you'
	| 'provisioning'
	| 'active'
	| 'ending'
	| 'ended'
	| 'refused'
	| 'timed_out'
	| 'voided'
	| 'not_confirmed'

export type RoleName = { key: string; title: string }
export type PersonName = { id: string; name: string }

/** A file that was taken away of the record; `rows` and `sha256` are of what was handed out. */
export type ExportView = {
	index: number
	at: string
	by: string | null
	format: 'csv' | 'jsonl' | 'ocsf' | 'oscal' | 'bundle'
	rows: number
	sha256: string
	isWhole: boolean
}

/** What a history can be filtered by. */
export type HistoryChoices = {
	boundary: string
	people: PersonName[]
	roles: RoleName[]
	facilities: RoleName[]
}

export type RequestSummary = {
	id: string
	number: number
	requester: PersonName
	role: RoleName
	state: AccessState
	durationSeconds: number
	filedAt: string
	/** When the open stage runs out, or the access ends; null when neither lies ahead. */
	deadline: string | null
	/** Title of the role that is to decide now; null when none is. */
	waitsFor: string | null
}

export type Seat = {
	name: string
	verdict: 'approve' | 'deny'
	reason: string
	decidedAt: string
	entryIndex: number | null
}
export type StageView = {
	roleTitle: string
	quorum: number
	seats: Seat[]
	status: 'done' | 'open' | 'upcoming' | 'denied' | 'closed'
	decideBy: string | null
	/** Who could still decide here under the charter; filled for the open stage only. */
	canDecide: string[]
}

export type TimelineItem = {
	at: string
	kind: EntryKind
	actor: string | null
	entryIndex: number | null
	/** Values for the sentence of this kind. */
	values: Record<string, string | number>
}

/** Whether the reader may decide now, and if not, every reason. */
export type DecideView =
	| { allowed: true; stage: number; stageTitle: string }
	| { allowed: false; code: ErrorCode; denials: readonly ClauseResult[] }

export type GrantView = {
	state:
		'planned' | 'provisioning' | 'active' | 'removing' | 'postponed' | 'notConfirmed' | 'ended' | 'failed'
	startsAt: string | null
	endsAt: string | null
	cause: EndCause | null
	endedBy: string | null
	retryAt: string | null
	failure: string | null
	closedAt: string | null
	tenantRequestId: string | null
	tenantInstanceId: string | null
}

export type RequestView = RequestSummary & {
	reason: string
	ticket: string
	entraRole: string
	charterVersion: number
	charterTextSha256: string
	requestSha256: string
	stages: StageView[]
	grant: GrantView | null
	timeline: TimelineItem[]
	/** Null for the requester of a request that is closed, and for everybody once nothing is to decide. */
	decide: DecideView | null
	mayWithdraw: boolean
	mayEnd: boolean
}

export type RequestableRole = RoleName & {
	purpose: string
	entraRole: string
	maximumSeconds: number
	ticketExample: string
	stages: { title: string; quorum: number }[]
	verdict: Verdict
	isOpenAlready: boolean
}

export type PersonSummary = PersonName & {
	userPrincipalName: string
	employer: string
	personnelNumber: string | null
	appointments: string[]
	/** At a glance: fit, about to lapse (within 90 days), stopped, or without an appointment. */
	state: 'fit' | 'lapsing' | 'stopped' | 'none'
	/** Whether any role of the charter is satisfied now. */
	isFit: boolean
	/** The earliest end of what makes them fit; null when none is known. */
	holdsUntil: string | null
}

export type MyWork = {
	toDecide: RequestSummary[]
	/** Amendments of the charter that a charter owner could sign. */
	toSign: AmendmentSummary[]
	requests: RequestSummary[]
	live: RequestSummary[]
	/** What a security officer must look after; null for everybody else. */
	day: OfficerDay | null
	/** What the sweep found and no officer has acknowledged. */
	lapseAlarms: LapseAlarm[]
	/** What ended of what they asked for or approved. */
	notices: Notice[]
	alarms: RequestSummary[]
}

export type EntryView = {
	index: number
	id: string
	kind: EntryKind
	time: string
	subject: string | null
	actor: string | null
	leafHash: string
}
export type EntryDetail = EntryView & {
	leaf: string
	/** What lies behind each commitment where the reader may see it; null where it is sealed or erased. */
	openings: {
		group: string
		commitment: string
		record: string | null
		/** When what opens it was destroyed, and the entry that says so; null while it was not. */
		erased: { at: string; entryIndex: number | null } | null
	}[]
	/** Null while the entry is in no checkpoint that is given out. */
	proof: { path: string[]; checkpoint: string; treeSize: number; isWitnessed: boolean } | null
}

export type RecordStatus = {
	size: number
	pending: number
	signedAt: string | null
	origin: string
	vkey: string
	/** The one that is given out. */
	checkpoint: string | null
	/** Why the log is not signed, and since when; null while it is. */
	trouble: {
		state: 'damaged' | 'clock' | 'signer' | 'guard' | 'failed'
		problems: string[]
		since: string
	} | null
	/** What the last audit found, and when it was; null before the first. */
	audit: { problems: string[]; at: string } | null
	/** So many entries wait that nothing new may begin. */
	isBacklogFull: boolean
	witnessing: WitnessView
}

/** Whose cosignatures a checkpoint needs: that of a witness, or of so many of these. */
export type QuorumView = { name: string } | { threshold: number; members: QuorumView[] }

/** Who has witnessed the record, as the record page says it. */
export type WitnessView = {
	mode: 'open' | 'closed'
	/** Null where no witness is asked for. */
	quorum: QuorumView | null
	/** Size of the checkpoint that is given out, and whether its cosignatures meet the quorum; null while there is none. */
	given: { size: number; isMet: boolean } | null
	/** The newest checkpoint that meets the quorum. */
	lastMet: { size: number; at: string } | null
	witnesses: {
		name: string
		vkey: string
		/** False where the policy has no address: others bring its cosignatures, if anybody does. */
		isAsked: boolean
		/** The largest checkpoint that it cosigned, and when. */
		cosigned: { size: number; at: string; isNewest: boolean } | null
		problem: { code: WitnessProblem; text: string; since: string } | null
		wentBack: { at: string; held: number; cosigned: number } | null
	}[]
}

/** What stands in the frame of every page. */
export type FrameView = {
	person: PersonName
	permissions: string[]
	boundary: string
	tenant: { kind: 'sandbox' | 'entra'; name: string }
	passkeys: number
	/** Notices that this person has not put away, counted up to `MOST_COUNTED`. */
	unseen: number
	record: { size: number; pending: number; signedAt: string | null }
}
