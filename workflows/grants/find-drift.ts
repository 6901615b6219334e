import { msBetween, type Instant } from '../shared/instants.ts'
import type { Drift } from './grant-context.ts'

/** What a read-back of one access saw. */
export type Seen = {
	/** Whether person, role and scope are listed as active, and whether that rests on this grant. */
	isListed: boolean
	isOurs: boolean
	/** Null where the tenant states no end. */
	endsAt: Instant | null
	/** Whether our assignment is active in another scope. */
	isElsewhere: boolean
}

/** Clocks differ, and the tenant takes no active time under five minutes, so its own end may be a little later. */
const EARLIER_MS = 2 * 60_000
const LATER_MS = 8 * 60_000

/**
 * What the tenant holds otherwise than approved; null where it is as approved. `endsAt` is the end of this grant,
 * `lastEnd` the last of all that rest on the same assignment, which the tenant is to keep until then, where it keeps ends
 * at all (`isTimed`). Near its end
 * nothing is said: the tenant may have ended it by itself, and our own deadline is about to look.
 */
export function findDrift(
	{ endsAt, lastEnd, isTimed }: { endsAt: Instant; lastEnd: Instant; isTimed: boolean },
	seen: Seen,
	at: Instant,
): Drift | null {
	if (msBetween(at, endsAt) <= EARLIER_MS) return null
	if (seen.isElsewhere) return { what: 'scope', seenEndsAt: seen.endsAt }
	if (!seen.isListed) return { what: 'missing', seenEndsAt: null }
	if (!seen.isOurs) return { what: 'not_ours', seenEndsAt: seen.endsAt }
	if (!isTimed) return null
	const isEarlier = seen.endsAt !== null && msBetween(seen.endsAt, endsAt) > EARLIER_MS
	const isLater = seen.endsAt === null || msBetween(lastEnd, seen.endsAt) > LATER_MS
	return isEarlier || isLater ? { what: 'end', seenEndsAt: seen.endsAt } : null
}

export const isSameDrift = (a: Drift | null, b: Drift | null): boolean =>
	a !== null && b !== null && a.what === b.what && a.seenEndsAt === b.seenEndsAt
