import { parsePeriod } from '../shared/instants.ts'

/** Months are taken at their longest, so that nothing passes for shorter than it may be. */
const MONTH_MS = 31 * 86_400_000

/**
 * Milliseconds of a longest duration in a policy, as ISO 8601; `Infinity` where it cannot be read, since nothing says then that it
 * is short. Graph writes days, the portal lets a year be chosen, and both come as they were kept (`P365D`, `P1Y`).
 */
export function policyDurationMs(text: string): number {
	const period = parsePeriod(text)
	return period === null ? Infinity : period.months * MONTH_MS + period.ms
}
