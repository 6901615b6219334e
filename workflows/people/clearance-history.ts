type Spanning<T> = { validFrom: T; validUntil: T | null }

/**
 * What a fact still says once it is known that it holds until `at` and no longer: the same with that end; null where
 * nothing of it is left, since it had not begun. A fact that was over before is as it was.
 */
export function endedAt<T extends string | number | Date, F extends Spanning<T>>(fact: F, at: T): F | null {
	if (fact.validFrom >= at) return null
	return fact.validUntil !== null && fact.validUntil <= at ? fact : { ...fact, validUntil: at }
}

/** Whether a fact could still hold at `at` or later. */
export const reachesBeyond = <T extends string | number | Date>(
	{ validUntil }: Spanning<T>,
	at: T,
): boolean => validUntil === null || validUntil > at
