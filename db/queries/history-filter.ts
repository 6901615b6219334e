import { sql, type AnyColumn, type SQL } from 'drizzle-orm'
import { facilityAuthorisations, grants, presences, requests } from '../schema/index.ts'

/**
 * Which accesses a history is of. An empty list is no restriction, and so is an end of the period that is left open.
 * Whoever shows or records a filter says so in words.
 */
export type HistoryFilter = {
	/** Ids of requesters; of requests for customer content also of whoever decided on them; of findings of whoever held what was found. */
	people: readonly string[]
	/** Keys of charter roles. */
	roles: readonly string[]
	/** Keys of facilities where the requester was authorised, or shown to be present, while the access lasted. */
	facilities: readonly string[]
	/** Ids of boundaries at providers: chosen are requests for customer content that were matched to one of them. */
	boundaries: readonly string[]
	/** The period: chosen is what was filed before its end and had not ended before its beginning. */
	from: Date | undefined
	/** Excluded. */
	until: Date | undefined
}

/** When a request and the access that came of it were over; null while they are not. */
const overAt = sql`case when ${grants.id} is null
	then (${requests.context} ->> 'closedAt')::timestamptz
	else (${grants.context} ->> 'closedAt')::timestamptz end`

/** Whether a column is one of these values, as one parameter however many they are. */
export const isAmong = (column: SQL | AnyColumn, values: readonly string[], type: 'uuid' | 'text') =>
	sql`${column} = any(${sql.param([...values])}::${sql.raw(type)}[])`

/** Whether a fact shares a moment with the time from being filed to being over. */
export const sharesTime = (fact: typeof facilityAuthorisations | typeof presences) =>
	sql`${fact.retractedAt} is null and ${fact.validFrom} <= coalesce(${overAt}, 'infinity')
		and (${fact.validUntil} is null or ${fact.validUntil} > ${requests.createdAt})`

/** The conditions of a history, over requests and the grants that came of them. */
export function historyConditions({
	people: ids,
	roles,
	facilities,
	boundaries,
	from,
	until,
}: HistoryFilter): SQL[] {
	const atOneOf = (fact: typeof facilityAuthorisations | typeof presences) =>
		sql`exists (select 1 from ${fact} where ${fact.personId} = ${requests.requesterId}
			and ${isAmong(fact.facility, facilities, 'text')} and ${sharesTime(fact)})`
	const conditions: SQL[] = []
	if (ids.length > 0) conditions.push(isAmong(requests.requesterId, ids, 'uuid'))
	if (roles.length > 0) conditions.push(isAmong(requests.role, roles, 'text'))
	if (facilities.length > 0)
		conditions.push(sql`(${atOneOf(facilityAuthorisations)} or ${atOneOf(presences)})`)
	// Access that is given here lies at no provider.
	if (boundaries.length > 0) conditions.push(sql`false`)
	if (from) conditions.push(sql`coalesce(${overAt}, 'infinity') >= ${from.toISOString()}`)
	if (until) conditions.push(sql`${requests.createdAt} < ${until.toISOString()}`)
	return conditions
}
