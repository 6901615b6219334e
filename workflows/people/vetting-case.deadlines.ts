import { msBetween, plusMs, type Instant } from '../shared/instants.ts'
import type { DeadlineEvent, VettingState } from './vetting-case.events.ts'

const DAY_MS = 86_400_000

/**
 * Days within which somebody is to act once a case is in a state; null where nobody owes anything. They remind and make
 * overdue; what they never do is decide. Thirty days for what is asked of the subject is the DCSA rule of thumb.
 */
export const DUE_WITHIN_DAYS: Readonly<Record<VettingState, number | null>> = {
	requested: 14,
	sponsored: 7,
	invited: 30,
	submitted: 7,
	checks_running: 90,
	clarification: 30,
	adjudication: 30,
	granted: 14,
	granted_with_conditions: 14,
	denied: null,
	briefed_active: null,
	review_for_cause: 30,
	suspended: 30,
	revoked: 14,
	appeal: 90,
	expired: 14,
	lapsed_no_sponsor: 14,
	admin_withdrawn: null,
	transferred_out: 14,
	debriefed: null,
	cancelled: null,
}

/** Papers that are asked for again: undelivered after these days, the case is administratively withdrawn. */
export const PAPERS_WITHIN_DAYS = 30
/** A reminder comes so many days before something is due. */
export const REMIND_BEFORE_DAYS = 3
/** Reminders come so many days before the stated end of a clearance. */
export const EXPIRY_REMINDERS_DAYS = [90, 30, 7] as const

/** When something that is to be done within `days` from `at` is due. */
export const dueAfter = (at: Instant, days: number) => plusMs(at, days * DAY_MS)

export type PlannedDeadline = { id: string; event: DeadlineEvent; delayMs: number }

/** Names of all deadlines that a case can have. */
export const DEADLINE_IDS = [
	'due',
	'reminder',
	'expiry',
	...EXPIRY_REMINDERS_DAYS.map((days) => `expiry-reminder-${days}`),
]

/** The deadlines of a case that stands like this since `at`: what is due, what ends, and a reminder before each. */
export function deadlinesOf({
	at,
	dueAt,
	papersAsked,
	isCurrent,
	validUntil,
}: {
	at: Instant
	dueAt: Instant | null
	papersAsked: boolean
	isCurrent: boolean
	validUntil: Instant | null
}): PlannedDeadline[] {
	const planned: PlannedDeadline[] = []
	if (dueAt !== null) {
		const left = Math.max(0, msBetween(at, dueAt))
		const remindIn = left - REMIND_BEFORE_DAYS * DAY_MS
		if (remindIn > 0) planned.push({ id: 'reminder', event: 'REMIND', delayMs: remindIn })
		planned.push({ id: 'due', event: papersAsked ? 'PAPERS_OVERDUE' : 'OVERDUE', delayMs: left })
	}
	if (isCurrent && validUntil !== null) {
		const left = Math.max(0, msBetween(at, validUntil))
		for (const days of EXPIRY_REMINDERS_DAYS) {
			const remindIn = left - days * DAY_MS
			if (remindIn > 0)
				planned.push({ id: `expiry-reminder-${days}`, event: 'REMIND_EXPIRY', delayMs: remindIn })
		}
		planned.push({ id: 'expiry', event: 'EXPIRE', delayMs: left })
	}
	return planned
}
