import type { DueList } from '#db/queries/due-lists.ts'
import type { VettingCounts } from '#db/queries/vetting-lists.ts'
import type { ClauseCode } from '#workflows/charter/verdict.ts'
import type { PersonName, RoleName } from '../views.ts'

/** Within how many days something ends, for counting it. */
export const WINDOWS = [30, 60, 90, 180] as const
export type Window = (typeof WINDOWS)[number]

export type DueItem = {
	key: string
	person: PersonName
	/** The fact, case or suspension that it is about. */
	ref: string | null
	/** Scheme and level, or employer; empty where it is left out (see `showOfficerDay`). Otherwise a stable key. */
	label: string
	at: string | null
	/** How many accesses of the person may be live now. */
	live: number
	/** The vetting case under way. */
	vettingCase: { id: string; number: number } | null
}
export type DuePart = { total: number; items: DueItem[] }

export type ViolationItem = {
	person: PersonName
	role: RoleName
	/** The first clause that does not hold; null for an access, whose permit has ended. */
	code: ClauseCode | null
	/** The request whose access runs without a permit; null for an appointment. */
	requestId: string | null
}
/** `isComplete` is false while everybody is being judged for the first time under a charter. */
export type ViolationPart = { total: number; items: ViolationItem[]; isComplete: boolean }

export type OfficerDay = {
	parts: Record<DueList, DuePart>
	violations: ViolationPart
	expiring: { days: Window; count: number }[]
	cases: VettingCounts
	/** Stretches of the coming days in which too few people could answer a provider. */
	gaps: number
}

export type DuePage = DuePart & { list: DueList; page: number; pages: number; days: Window }
