import type { LockboxSummary } from './lockbox/views.ts'
import type { AmendmentSummary } from './amendments/views.ts'
import type { RouteStageView } from './access/route-request.server.ts'
import type { UseSummary } from './break-glass/views.ts'
import type { OfficerDay } from './home/due-views.ts'
import type { EntraStanding } from './tenant/views.ts'
import type { Mender } from '#workflows/tenant/tenant-troubles.ts'
import type { LapseAlarm, Notice } from './lapse/alarms.server.ts'
import type { ClauseResult, Verdict } from '#workflows/charter/verdict.ts'
import type { AssuranceCode } from '#workflows/grants/assurance-codes.ts'
import type { DriftKind, EndCause } from '#workflows/grants/grant-context.ts'
import type { GrantState } from '#workflows/grants/grant-states.ts'
import type { TokenTail } from '#workflows/grants/token-tail.ts'
import type { Drawing } from '#workflows/statecharts/lay-out.ts'
import type { WitnessProblem } from './ledger/witness-policy.server.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { ErrorCode } from '#workflows/shared/errors.ts'

/** The state of an access, always in these words (see the state badge). */
export type AccessState =
	| 'waiting'
	| 'needs_you'
	| 'scheduled'
	| 'provisioning'
	| 'active'
	| 'drifted'
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
	/** Boundaries at providers, closed ones too; `key` is the id. */
	boundaries: RoleName[]
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
	/** When it is to begin; null: once it is approved. */
	startAt: string | null
	grantId: string | null
	/** An access that somebody took in an emergency: nobody was asked beforehand. */
	isBreakGlass: boolean
	/** Whether its requester could ask for the same again. */
	isRepeatable: boolean
}

/** One access on the page of accesses now; a scheduled one has the times that it is to have. */
export type GrantNow = RequestSummary & {
	from: string | null
	until: string | null
	/** A later end that is approved and that Entra has not shown yet. */
	extendingTo: string | null
}
export type GrantsNow = { grants: GrantNow[]; next: string | null; roles: RoleName[] }

export type Seat = {
	name: string
	/** Title of the role as whose holder they decided, where that is not the one of the group. */
	asRole: string | null
	/** What they gave, where that is less than was asked for. */
	grantedSeconds: number | null
	verdict: 'approve' | 'deny'
	reason: string
	decidedAt: string
	entryIndex: number | null
}
export type GroupView = {
	roleTitle: string
	quorum: number
	seats: Seat[]
	/** Who could still decide here under the charter, and until when they are away; filled for the open stage only. */
	canDecide: { name: string; awayUntil: string | null; standIn: string | null }[]
}
export type StageView = {
	/** Titles of the roles of its groups. */
	roleTitle: string
	groups: GroupView[]
	status: 'done' | 'open' | 'upcoming' | 'denied' | 'closed'
	decideBy: string | null
	/** How many denials end it. */
	denials: number
	/** Who may decide as well, and from when on; filled for the open stage only. */
	escalation: { title: string; at: string; isOpen: boolean } | null
}

/** One message on the thread of a request. */
export type MessageView = {
	id: string
	kind: 'question' | 'answer'
	author: string
	text: string
	at: string
	entryIndex: number | null
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
	| {
			allowed: true
			stage: number
			stageTitle: string
			/** In which capacities they may decide; the first is theirs unless they choose. */
			ways: { group: number; title: string; inPlaceOf: boolean }[]
			/** What they chose before their session ended, or before they went back. */
			draft: Record<string, string> | null
	  }
	| { allowed: false; code: ErrorCode; denials: readonly ClauseResult[] }

export type GrantView = {
	state: GrantState
	/** Since when it is in this state. */
	since: string
	/** When it is to begin, while it has not. */
	startAt: string | null
	startsAt: string | null
	endsAt: string | null
	cause: EndCause | null
	endedBy: string | null
	retryAt: string | null
	/** When the kill switch last sent the removal. */
	killSwitchAt: string | null
	/** What Entra ID lacked when it was given, though the charter does not refuse for it. */
	warned: readonly AssuranceCode[]
	failure: string | null
	/** Who can mend that; null where it did not fail. */
	failureMender: Mender | null
	/** What keeps it from being given or taken away now; people have been told. */
	trouble: { code: string; since: string; mender: Mender } | null
	closedAt: string | null
	/** Whether it was ever there by Entra's word, be it only that it took the removal of what nobody had seen. */
	wasThere: boolean
	/** When Entra ID was told to end the holder's sessions. */
	sessionsEndedAt: string | null
	/** Until when tokens of before may still carry it; null unless it has ended at Entra ID. */
	tokenTail: TokenTail | null
	tenantRequestId: string | null
	tenantInstanceId: string | null
	/** `silence`: what becomes of it where nobody answers, and when; null: never. */
	drift: {
		what: DriftKind
		seenEndsAt: string | null
		silence: { does: 'remove' | 'alert'; at: string | null }
	} | null
	/** A later end that is approved and that Entra has not shown yet. */
	extendingTo: string | null
	/** Requests to extend it, oldest first. */
	extensions: (RequestLink & { state: AccessState; durationSeconds: number; code: string | null })[]
}
/** A statechart with where somebody's request, access or use is in it. */
export type ChartView = {
	machine: 'request' | 'grant' | 'breakGlass' | 'lockbox' | 'finding'
	state: string
	drawing: Drawing
}
export type RequestLink = { id: string; number: number }

export type RequestView = RequestSummary & {
	/** Who filed it, where that is not the requester. */
	filedBy: string | null
	/** What was asked for in the same form; null where nothing else was. */
	filing: { id: string; others: RequestLink[] } | null
	/** What the token is called that a program filed it with, for its owner alone. */
	filedByToken: string | null
	/** What the approvers gave so far, in seconds. */
	grantedSeconds: number
	/** How often the requester has changed it since it was filed. */
	changes: number
	/** Why it was denied, as whoever denied it said; null unless it was. */
	denial: { by: string; reason: string } | null
	/** The rule for which it was voided; null unless it was. */
	voidedBy: string | null
	thread: MessageView[]
	/** Whether a question waits for an answer, and whether the reader may give it, or change the request. */
	isAsked: boolean
	mayAnswer: boolean
	mayAmend: boolean
	/** Longest access that could be asked for, for the form that changes it. */
	maximumSeconds: number
	reason: string
	ticket: string
	entra: EntraPlaceView
	charterVersion: number
	charterTextSha256: string
	requestSha256: string
	stages: StageView[]
	grant: GrantView | null
	timeline: TimelineItem[]
	/** Null for the requester of a request that is closed, and for everybody once nothing is to decide. */
	decide: DecideView | null
	/** The request whose access this one is to extend, and that access's end now; null where it asks for one of its own. */
	extends: (RequestLink & { endsAt: string | null }) | null
	/** The statecharts that it goes through, with where it is in each. */
	charts: ChartView[]
	mayWithdraw: boolean
	mayEnd: boolean
	/** Minutes that may be asked for beside what is left; empty where it cannot be extended by this reader now. */
	mayExtendMinutes: number[]
	ticketExample: string
	/** Whether this reader may accept what Entra holds otherwise than approved. */
	mayAcceptDrift: boolean
	/** What Entra ID lacked of the requester when it was last read; for them and for whoever decides, while it waits. */
	lacking: LackView[]
}

/** What is given in Entra ID. */
export type EntraPlaceView = {
	name: string
	where: 'tenant' | 'unit' | 'member' | 'owner'
	/** The administrative unit; null elsewhere. */
	unit: string | null
	/** False where the tenant keeps no end of it, and ours is the only one. */
	hasOwnEnd: boolean
}

/** Something that Entra ID lacked when it was last read, and for which roles (titles) it matters. */
export type LackView = { code: AssuranceCode; isRefused: boolean; roles: string[] }

export type RequestableRole = RoleName & {
	purpose: string
	entraRole: string
	maximumSeconds: number
	ticketExample: string
	stages: RouteStageView[]
	/** The role of which too few could decide; null where there are enough. */
	gap: { title: string; needed: number; able: number } | null
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
	/** Findings that are open, and how many of them cannot wait; null for whoever may not see them. */
	findings: { open: number; alarming: number } | null
	toDecide: RequestSummary[]
	/** Amendments of the charter that a charter owner could sign. */
	toSign: AmendmentSummary[]
	requests: RequestSummary[]
	/** Their last ones that are over. */
	over: RequestSummary[]
	live: RequestSummary[]
	/** What a security officer must look after; null for everybody else. */
	day: OfficerDay | null
	/** What stands between Charterkeep and the tenant; null for whoever it is no business of, or where nothing does. */
	entra: EntraStanding | null
	/** Tasks of the readiness plan that were due before today. */
	readinessOverdue: number
	/** How this person stands to break-glass, and every use of it that they are told of. */
	breakGlass: { isUser: boolean; open: UseSummary[] }
	/** At the lockbox: what waits for them and what is open, the most dangerous first. */
	lockbox: LockboxSummary[]
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
