import type { BreakGlassState } from '#workflows/access/break-glass-context.ts'
import type { ClauseResult } from '#workflows/charter/verdict.ts'
import type { EndCause, GrantState } from '#workflows/grants/grant.machine.ts'
import type { AccessState, ChartView, RoleName, TimelineItem } from '../views.ts'

/** One use in a list. */
export type UseSummary = {
	id: string
	number: number
	user: { id: string; name: string }
	usingRole: RoleName
	/** Null for an offline use. */
	role: RoleName | null
	/** Name of the emergency account of an offline use; null for one through this app. */
	account: string | null
	state: BreakGlassState
	/** State of the access in the words of every page; null where none was opened. */
	access: AccessState | null
	at: string
	/** What runs out next: the second officer's time, the access, or the review's. */
	deadline: string | null
	reviews: { given: number; needed: number; notJustified: number }
	/** What waits for this reader. */
	needsYou: 'second' | 'review' | null
}

/** A use that bars the next one, with who can settle it. */
export type DebtView = UseSummary & { canReview: string[] }

export type UsableRole = {
	role: RoleName
	purpose: string
	entraRole: string
	ticketExample: string
	/** Every rule about the person that denies; empty where they may. */
	denials: readonly ClauseResult[]
	isOpenAlready: boolean
}

/** How somebody stands to break-glass. */
export type StandingView = {
	/** Whether the charter in force has it at all. */
	isOffered: boolean
	/** Titles of roles that may use it. */
	usedBy: string[]
	/** Whether this person holds one of them. */
	isUser: boolean
	roles: UsableRole[]
	maximumSeconds: number
	secondOfficer: boolean
	/** Titles of roles that are told at once. */
	tells: string[]
	review: { by: string; quorum: number; withinSeconds: number }
	/** What bars the next use of this person. */
	debts: DebtView[]
	/** The record is too far behind: nothing can be begun. */
	isBehind: boolean
	mayRecord: boolean
	/** What waits for this person as second officer or reviewer, and every use that they are told of. */
	open: UseSummary[]
}

export type SignatureView = {
	part: 'use' | 'second' | 'review' | 'offline'
	name: string
	verdict: string
	findings: string
	at: string
	entryIndex: number | null
}

export type UseView = UseSummary & {
	reason: string
	ticket: string
	durationSeconds: number
	charterVersion: number
	charterTextSha256: string
	useSha256: string
	entraRole: string | null
	secondBy: string | null
	reviewBy: string | null
	reviewedBy: string
	voidedBy: string | null
	offline: { account: string; envelope: string; witnesses: string[]; from: string; until: string } | null
	grant: {
		state: GrantState
		startsAt: string | null
		endsAt: string | null
		closedAt: string | null
		cause: EndCause | null
		failure: string | null
		tenantRequestId: string | null
	} | null
	signatures: SignatureView[]
	timeline: TimelineItem[]
	charts: ChartView[]
	canReview: string[]
	canSecond: string[]
	mayWithdraw: boolean
	mayEnd: boolean
	/** Why this reader cannot review what is owed; null where they can, or where nothing is. */
	reviewRefusal: string | null
}

/** The sealed procedure, as the charter in force has it. */
export type ProcedureView = {
	organisation: string
	boundary: string
	charterVersion: number
	charterTextSha256: string
	inForceFrom: string
	printedAt: string
	usedBy: { title: string; people: string[] }[]
	roles: { title: string; entraRole: string; scope: string }[]
	maximumSeconds: number
	tells: { title: string; people: string[] }[]
	review: { title: string; people: string[]; quorum: number; withinSeconds: number }
}
