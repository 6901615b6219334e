import { fateOf } from '../grants/request-fate.ts'
import { durationMs, plusMs, type Instant } from '../shared/instants.ts'
import type { KindOf } from './assembling.ts'
import type { GraphRow } from './graph-rows.ts'
import { instantOf, lower } from './graph-values.ts'
import type { GroupHolding, RoleHolding } from './picture-holdings.ts'

/** What is active now, as far as it must be known to tell which schedules are not. */
export type ActiveNow = {
	/** False: what has begun cannot be told from what is active, and only what lies ahead is told. */
	isKnown: boolean
	scheduleIds: ReadonlySet<string>
	/** Whom and where, by `keyOf`. */
	keys: ReadonlySet<string>
}

/** The times of a schedule as PIM writes them. `isEndKnown` is false where it says an end that cannot be told. */
export function timesOf(info: GraphRow<'roleAssignmentSchedules'>['scheduleInfo']): {
	from: Instant | null
	until: Instant | null
	isEndKnown: boolean
} {
	const from = instantOf(info?.startDateTime)
	const expiration = info?.expiration ?? null
	const stated = instantOf(expiration?.endDateTime)
	if (stated !== null) return { from, until: stated, isEndKnown: true }
	const type = expiration?.type?.toLowerCase()
	const ms = expiration?.duration ? durationMs(expiration.duration) : null
	if (type === 'afterduration' && from !== null && ms !== null)
		return { from, until: plusMs(from, ms), isEndKnown: true }
	return { from, until: null, isEndKnown: type === 'noexpiration' }
}

/**
 * Whether a schedule is one that begins later: it is neither over nor active. One that should have begun and is not listed as
 * active has begun a moment ago, or is about to; it stays the same thing until the lists have caught up.
 */
function isAhead(
	{ status, memberType }: { status?: string | null | undefined; memberType?: string | null | undefined },
	{ from, until }: { from: Instant | null; until: Instant | null },
	{ scheduleId, key, readAt }: { scheduleId: string; key: string; readAt: Instant },
	active: ActiveNow,
): boolean {
	if (status && fateOf(status) === 'over') return false
	if (until !== null && until <= readAt) return false
	if (active.scheduleIds.has(scheduleId)) return false
	if (from !== null && from > readAt) return true
	// Lists of what is active name the group, and not each of those who have it through one.
	const isOwn = (memberType?.toLowerCase() ?? 'direct') === 'direct'
	return isOwn && active.isKnown && !active.keys.has(key)
}

/** Directory roles that begin later. Throws RangeError where an instant cannot be read. */
export function laterRoles(
	rows: readonly GraphRow<'roleAssignmentSchedules'>[],
	toHolding: (row: GraphRow<'roleAssignmentSchedules'>) => Omit<RoleHolding, 'from' | 'until' | 'isEndKnown'>,
	keyOf: (row: Pick<RoleHolding, 'principalId' | 'roleDefinitionId' | 'directoryScopeId'>) => string,
	active: ActiveNow,
	readAt: Instant,
): RoleHolding[] {
	return rows.flatMap((row) => {
		const times = timesOf(row.scheduleInfo)
		const holding = { ...toHolding(row), ...times }
		const at = { scheduleId: row.id, key: keyOf(holding), readAt }
		return isAhead(row, times, at, active) ? [holding] : []
	})
}

/** Places in groups that begin later. Throws RangeError where an instant cannot be read. */
export function laterPlaces(
	rows: readonly GraphRow<'groupAssignmentSchedules'>[],
	kindOf: KindOf,
	tickets: ReadonlyMap<string, readonly string[]>,
	active: ActiveNow,
	readAt: Instant,
): GroupHolding[] {
	return rows.flatMap((row): GroupHolding[] => {
		const times = timesOf(row.scheduleInfo)
		const principalId = lower(row.principalId)
		const at = { scheduleId: row.id, key: `${row.accessId} ${principalId}`, readAt }
		if (!isAhead(row, times, at, active)) return []
		return [
			{
				groupId: lower(row.groupId),
				relation: row.accessId,
				principalId,
				principalKind: kindOf(principalId),
				how: 'scheduled',
				...times,
				scheduleId: row.id,
				ticketNumbers: [...(tickets.get(row.id) ?? [])],
			},
		]
	})
}
