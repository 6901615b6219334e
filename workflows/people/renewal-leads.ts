import { CLEARANCE_SCHEMES } from '../charter/clearance-schemes.ts'
import { DUE_WITHIN_DAYS } from './vetting-case.deadlines.ts'
import type { VettingState } from './vetting-case.events.ts'

/** How many days before its end the renewal of a clearance must begin, by scheme. */
export type RenewalLeads = { byScheme: Readonly<Record<string, number>>; otherwise: number }

/** The way of a case on which nothing goes wrong, from the request to the briefing. */
const ORDINARY_WAY: readonly VettingState[] = [
	'requested',
	'sponsored',
	'invited',
	'submitted',
	'checks_running',
	'adjudication',
	'granted',
]

/**
 * What is assumed unless somebody sets it: no scheme known to us publishes how long its checks take, so a case is given
 * all the time that its own deadlines give it.
 */
export const DEFAULT_LEADS: RenewalLeads = {
	byScheme: {},
	otherwise: ORDINARY_WAY.reduce((days, state) => days + (DUE_WITHIN_DAYS[state] ?? 0), 0),
}

/** Longer than any clearance lasts is a slip of the pen. */
const LONGEST_DAYS = 1830

/** Reads `scheme=days` pairs separated by spaces, `other=days` for the rest; the first pair that cannot be used otherwise. */
export function readLeads(text: string): RenewalLeads | { problem: string } {
	const byScheme: Record<string, number> = {}
	let { otherwise } = DEFAULT_LEADS
	for (const pair of text.split(/\s+/).filter(Boolean)) {
		const [, scheme = '', days = ''] = /^([A-Za-z]+)=(\d{1,4})$/.exec(pair) ?? []
		const known = scheme === 'other' || Object.hasOwn(CLEARANCE_SCHEMES, scheme)
		if (!known || Number(days) > LONGEST_DAYS) return { problem: pair }
		if (scheme === 'other') otherwise = Number(days)
		else byScheme[scheme] = Number(days)
	}
	return { byScheme, otherwise }
}

/** How many days the renewal of a clearance of this scheme must begin before its end. */
export const leadDays = ({ byScheme, otherwise }: RenewalLeads, scheme: string) =>
	(Object.hasOwn(byScheme, scheme) ? byScheme[scheme] : undefined) ?? otherwise
