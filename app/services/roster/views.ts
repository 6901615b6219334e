import type { Weekday } from '#workflows/lockbox/shifts.ts'
import type { Provider } from '#workflows/lockbox/providers.ts'
import type { ClauseCode, FixOwner } from '#workflows/charter/verdict.ts'
import type { PersonName } from '../views.ts'

/** Days that are looked ahead, the one that has begun being the first. */
export const ROSTER_DAYS = 14

/** Who can close a gap: whoever gives roles at the provider, or one of the owners of a clause. */
export type GapOwner = 'provider_admin' | Exclude<FixOwner, 'requester' | 'nobody'>

/** Why somebody is not counted. `who` is null for readers who may not see people; `account` is nobody known here. */
export type CauseView = {
	kind:
		| 'NOBODY_HOLDS'
		| 'NOBODY_ELSE'
		| 'NO_STAGE'
		| 'COUNTED_ELSEWHERE'
		| 'UNKNOWN_HERE'
		| 'NOT_ACTIVATED'
		| 'NOT_HELD'
		| 'NOT_ELIGIBLE'
		| 'AWAY'
		| 'OFF_DUTY'
	who: PersonName | null
	account: string | null
	/** Clauses that fail; those on nationality and residence as one. */
	codes: readonly (ClauseCode | 'NATIONALITY')[]
	/** When it will be held, or until when they are away; null where nothing is known, or where it is over. */
	at: string | null
	owners: readonly GapOwner[]
}
export type PieceView = { from: string; until: string; count: number; needed: number; causes: CauseView[] }
export type GapView = {
	from: string
	until: string
	missing: number
	/** It would only be there if somebody were absent as asked. */
	isNew: boolean
	pieces: PieceView[]
	owners: readonly GapOwner[]
}

/** One hour, or what is left of it; `missing` counts empty seats at its worst moment. */
export type CellView = {
	hour: number
	offset: string
	from: string
	count: number
	missing: number
	isNeeded: boolean
}
export type DayView = { day: string; cells: CellView[] }

export type RowView = {
	key: string
	kind: 'boundary' | 'stage'
	/** Name of the boundary, or title of the role that decides. */
	title: string
	/** Of a stage: its place, from 1. */
	stage: number | null
	needed: number
	gaps: GapView[]
	days: DayView[]
}

/** Where it is known from that somebody holds the provider's role, and whether it counts. */
export type HoldingView = {
	key: string
	person: PersonName | null
	account: string | null
	source: 'recorded' | 'tenant' | 'access' | 'eligible'
	from: string | null
	until: string | null
	/** What shows it; for those who manage the roster. */
	evidence: string | null
	/** Why it counts for nothing; null where it counts. */
	void: 'NOT_ACTIVATED' | 'UNKNOWN_HERE' | 'NOT_IN_TENANT' | 'READING_OLD' | null
	/** To end it by; null where it ends by itself or elsewhere. */
	holderId: string | null
}
export type ShiftView = {
	id: string
	person: PersonName
	kind: 'weekly' | 'on' | 'off'
	days: readonly Weekday[]
	startsAt: string | null
	endsAt: string | null
	zone: string | null
	from: string
	until: string | null
}
export type BoundaryView = {
	id: string
	name: string
	provider: Provider
	scope: string
	approverRole: string
	holdersNeeded: number
	/** Null where the tenant cannot be asked about this role. */
	reading: { readAt: string | null; trouble: string | null; isOld: boolean } | null
	/** Null for readers who may not see people. */
	holdings: HoldingView[] | null
	shifts: ShiftView[] | null
}

export type RosterView = {
	at: string
	until: string
	zone: string
	hasLockbox: boolean
	rows: RowView[]
	boundaries: BoundaryView[]
	/** Every boundary and stage that there is, to choose from. */
	choices: { key: string; title: string; stage: number | null }[]
	/** Somebody who is imagined away. */
	absent: { person: PersonName; from: string; until: string } | null
	mayManage: boolean
	maySeePeople: boolean
}
