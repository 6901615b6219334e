import type { Outlook } from '#workflows/charter/forecast/course.ts'
import type { SeatKind } from '#workflows/charter/forecast/seats.ts'
import type { ClauseCode } from '#workflows/charter/verdict.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import type { AccessState, PersonName } from '../views.ts'
import type { Weight } from './lapses.ts'

/** From an instant on (ISO 8601) there are so many people. */
export type CountStep = { at: string; count: number }

/** The numbers of one seat over the horizon. */
export type SeatView = {
	kind: SeatKind
	key: string
	/** Title of the role; of a duty, its key. */
	title: string
	now: number
	needed: number | null
	lowest: CountStep
	outlook: Outlook
	steps: CountStep[]
	needs: { at: string; needed: number | null }[]
	firstBelow: {
		at: string
		count: number
		needed: number
		/** Who stops being counted then; none for readers who see no names. */
		lost: PersonName[]
	} | null
}

/** Whether requests for a role find distinct people for all of their stages. */
export type DemandView = {
	role: string
	title: string
	outlook: Outlook
	spare: number
	firstBelow: { at: string; spare: number } | null
}

export const WINDOWS = [7, 30, 90, 180] as const
export type Window = (typeof WINDOWS)[number]

/** How much ends within so many days, and how much of it takes a role from somebody or breaks a quorum. */
export type WindowCount = { days: Window; all: number; roles: number; quorum: number }
export type DayCount = { day: string; all: number; roles: number; quorum: number }

export type CoverageView = {
	at: string
	until: string
	seats: SeatView[]
	demands: DemandView[]
	charterChanges: string[]
	/** For readers who see names alone. */
	calendar: { windows: WindowCount[]; days: DayCount[]; today: string; lastDay: string } | null
	renewals: { all: number; overdue: number } | null
}

export type LapseView = {
	id: string
	person: PersonName
	at: string
	kind: FactKind | null
	detail: string
	weight: Weight
	/** What the person no longer fills, as titles. */
	ends: { kind: SeatKind; title: string }[]
	codes: ClauseCode[]
	byCharter: boolean
}

export type LapseFilter = { days: Window; day: string | null; weight: Weight | 'role_or_quorum' | null }
export type LapsesView = {
	at: string
	rows: LapseView[]
	total: number
	windows: WindowCount[]
	next: string | null
}

export type RenewalView = {
	id: string
	person: PersonName
	scheme: string
	level: string
	validUntil: string
	startBy: string
	leadDays: number
	isOverdue: boolean
	hasEnded: boolean
	openCase: { id: string; number: number } | null
}
export type RenewalsView = {
	at: string
	rows: RenewalView[]
	counts: { all: number; overdue: number }
	next: { startBy: string; id: string } | null
}

export type WhatIfView = {
	at: string
	until: string
	leavesAt: string
	leaving: PersonName[]
	/** Only what the leaving changes. */
	seats: { before: SeatView; after: SeatView }[]
	demands: { before: DemandView; after: DemandView }[]
	requests: {
		id: string
		number: number
		person: PersonName
		roleTitle: string
		state: AccessState
	}[]
}
