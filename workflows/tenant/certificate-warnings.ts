const DAY_MS = 86_400_000
/** So many days before a certificate ends people are told, each time once. */
export const WARNED_DAYS = [30, 7, 1] as const

/** The last of those days that has been reached; null while none has. */
export function warnedDays(endsAt: Date, at: Date): (typeof WARNED_DAYS)[number] | null {
	const left = endsAt.getTime() - at.getTime()
	return WARNED_DAYS.findLast((days) => left <= days * DAY_MS) ?? null
}
