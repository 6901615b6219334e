import type { Instant } from '#workflows/shared/instants.ts'

const HOUR_SECONDS = 3600
/** Longer than this is no duration that anybody asks for, and no number that we can count with. */
const LONGEST_SECONDS = 366 * 24 * HOUR_SECONDS

/** The instant that a text of any usual form names, in ours; null where it names none. Without a zone it is UTC. */
export function instantOf(text: string): Instant | null {
	const hasZone = /(?:z|[+-]\d\d:?\d\d)$/i.test(text.trim())
	const ms = Date.parse(hasZone ? text.trim() : `${text.trim()}Z`)
	return Number.isNaN(ms) || !/\d{4}-\d\d-\d\dT/.test(text) ? null : instantOfMs(ms)
}

/** The same of milliseconds since 1970; null where our form has no such year. */
export function instantOfMs(ms: number): Instant | null {
	return Number.isFinite(ms) && ms >= 0 && ms < 253_402_300_800_000 ? new Date(ms).toISOString() : null
}

/** Whole seconds of so many hours; null where that is nothing that could be asked for. */
export function secondsOfHours(hours: number): number | null {
	const seconds = Math.round(hours * HOUR_SECONDS)
	return Number.isFinite(seconds) && seconds > 0 && seconds <= LONGEST_SECONDS ? seconds : null
}

/** What fits, without what would disturb a line. */
export const cut = (text: string, most: number) =>
	text
		// eslint-disable-next-line no-control-regex
		.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, ' ')
		.trim()
		.slice(0, most)
