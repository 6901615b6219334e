import { and, asc, desc, eq, gt, inArray, lt, ne, or, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { upgradeContext, type RequestContext } from '#workflows/access/request-context.ts'
import { HELD_GRANT_STATES, LIVE_GRANT_STATES } from '#workflows/grants/grant-states.ts'
import type { GrantContext } from '#workflows/grants/grant-context.ts'
import { assignmentKey, placeKey, type Place } from '#workflows/grants/place.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { charterVersions, decisions, grants, people, requests } from '../schema/index.ts'
import { historyConditions, type HistoryFilter } from './history-filter.ts'

export type DecisionRow = typeof decisions.$inferSelect
export type GrantRow = typeof grants.$inferSelect

const extended = alias(grants, 'extended')

const columns = {
	id: requests.id,
	number: requests.number,
	requesterId: requests.requesterId,
	requesterName: people.displayName,
	filedBy: requests.filedBy,
	role: requests.role,
	durationSeconds: requests.durationSeconds,
	startAt: requests.startAt,
	extendsGrantId: requests.extendsGrantId,
	reason: requests.reason,
	ticket: requests.ticket,
	filingKey: requests.filingKey,
	requestSha256: requests.requestSha256,
	state: requests.state,
	context: requests.context,
	machineVersion: requests.machineVersion,
	version: requests.version,
	createdAt: requests.createdAt,
	charterVersionId: requests.charterVersionId,
	charterVersion: charterVersions.version,
	charterTextSha256: charterVersions.textSha256,
	charterEntryId: charterVersions.entryId,
	grantId: grants.id,
	grantState: grants.state,
	grantContext: grants.context,
	sessionsEndedAt: grants.sessionsEndedAt,
	/** Of the access that it is to extend. */
	extendedState: extended.state,
	extendedContext: extended.context,
}

const withEverything = (reader: Reader) =>
	reader
		.select(columns)
		.from(requests)
		.innerJoin(people, eq(people.id, requests.requesterId))
		.innerJoin(charterVersions, eq(charterVersions.id, requests.charterVersionId))
		.leftJoin(grants, eq(grants.requestId, requests.id))
		.leftJoin(extended, eq(extended.id, requests.extendsGrantId))
		.$dynamic()

/** One request with its requester, the charter version it is pinned to, and its grant if there is one. */
export async function findRequest(reader: Reader, id: string) {
	const [row] = await withEverything(reader).where(eq(requests.id, id))
	if (!row) throw new DomainError('NOT_FOUND', 'No such request.', { id })
	return ofNow(row)
}
export type RequestRow = Awaited<ReturnType<typeof findRequest>>

/** Contexts that an earlier version of the statechart stored, in the form of now. */
const ofNow = <T extends { context: RequestContext; machineVersion: number; durationSeconds: number }>(
	row: T,
): T => ({ ...row, context: upgradeContext(row.context, row.machineVersion, row.durationSeconds) })

/** These requests by id, as far as they exist. */
export async function requestsById(reader: Reader, ids: readonly string[]): Promise<Map<string, RequestRow>> {
	if (ids.length === 0) return new Map()
	const rows = await withEverything(reader).where(inArray(requests.id, [...ids]))
	return new Map(rows.map((row) => [row.id, ofNow(row)]))
}

/** What was filed with one form, in the order of filing. */
export async function requestsOfFiling(reader: Reader, filingId: string): Promise<RequestRow[]> {
	const rows = await withEverything(reader)
		.where(eq(requests.filingKey, filingId))
		.orderBy(asc(requests.number))
	return rows.map(ofNow)
}

/** The requests that these grants came of, by the grant. */
export async function requestsOfGrants(
	reader: Reader,
	grantIds: readonly string[],
): Promise<Map<string, RequestRow>> {
	if (grantIds.length === 0) return new Map()
	const rows = await withEverything(reader).where(inArray(grants.id, [...grantIds]))
	return new Map(rows.flatMap((row) => (row.grantId === null ? [] : [[row.grantId, ofNow(row)]])))
}

export type RequestFilter = {
	/** Whom they benefit, or who filed them. */
	requesterId?: string
	role?: string
	state?: 'open' | 'closed'
	history?: HistoryFilter
	number?: number
	/** Newest first, below this number. */
	before?: number
}

const isOpen = sql`(${requests.state} = 'pending' or ${inArray(grants.state, [...LIVE_GRANT_STATES])})`

/** Requests newest first. */
export async function listRequests(
	reader: Reader,
	filter: RequestFilter,
	limit: number,
): Promise<RequestRow[]> {
	const conditions: (SQL | undefined)[] = [
		filter.requesterId === undefined
			? undefined
			: or(eq(requests.requesterId, filter.requesterId), eq(requests.filedBy, filter.requesterId)),
		filter.role === undefined ? undefined : eq(requests.role, filter.role),
		filter.state === 'open' ? isOpen : undefined,
		filter.state === 'closed' ? sql`not coalesce(${isOpen}, false)` : undefined,
		...(filter.history ? historyConditions(filter.history) : []),
		filter.number === undefined ? undefined : eq(requests.number, filter.number),
		filter.before === undefined ? undefined : lt(requests.number, filter.before),
	]
	const rows = await withEverything(reader)
		.where(and(...conditions))
		.orderBy(desc(requests.number))
		.limit(limit)
	return rows.map(ofNow)
}

/** Every request that waits and every grant that the tenant may hold, in the order in which they were filed. */
export async function listOpenRequests(reader: Reader): Promise<RequestRow[]> {
	return (await withEverything(reader).where(isOpen).orderBy(asc(requests.number))).map(ofNow)
}

/** The same of these people alone. */
export async function listOpenRequestsOf(
	reader: Reader,
	requesterIds: readonly string[],
): Promise<RequestRow[]> {
	if (requesterIds.length === 0) return []
	const rows = await withEverything(reader)
		.where(and(isOpen, inArray(requests.requesterId, [...requesterIds])))
		.orderBy(asc(requests.number))
	return rows.map(ofNow)
}

/** Grants that the tenant may hold or is about to, by their end. */
export async function listLiveGrants(
	reader: Reader,
	personId: string | null,
	limit: number,
): Promise<RequestRow[]> {
	const rows = await withEverything(reader)
		.where(
			and(
				inArray(grants.state, [...LIVE_GRANT_STATES]),
				personId === null ? undefined : eq(grants.personId, personId),
			),
		)
		.orderBy(sql`${grants.context} ->> 'endsAt' nulls first`, asc(requests.number))
		.limit(limit)
	return rows.map(ofNow)
}

/** Requests to extend this access that wait for a decision. */
export async function openExtensionsOf(reader: Reader, grantId: string): Promise<string[]> {
	const rows = await reader
		.select({ id: requests.id })
		.from(requests)
		.where(and(eq(requests.extendsGrantId, grantId), eq(requests.state, 'pending')))
	return rows.map(({ id }) => id)
}

/** Every request to extend this access, in the order of filing. */
export async function extensionsOf(reader: Reader, grantId: string): Promise<RequestRow[]> {
	return withEverything(reader).where(eq(requests.extendsGrantId, grantId)).orderBy(asc(requests.number))
}

/** Ids of accesses that Entra has confirmed and nobody has begun to end, in order, after the one given. */
export async function heldPage(reader: Reader, after: string | null, limit: number): Promise<string[]> {
	const rows = await reader
		.select({ id: grants.id })
		.from(grants)
		.where(
			and(inArray(grants.state, [...HELD_GRANT_STATES]), after === null ? undefined : gt(grants.id, after)),
		)
		.orderBy(asc(grants.id))
		.limit(limit)
	return rows.map(({ id }) => id)
}

/** Whether this person already has an open request or a live grant for the role. */
export async function hasOpenRequest(reader: Reader, personId: string, role: string): Promise<boolean> {
	const rows = await reader
		.select({ id: requests.id })
		.from(requests)
		.leftJoin(grants, eq(grants.requestId, requests.id))
		.where(and(eq(requests.requesterId, personId), eq(requests.role, role), isOpen))
		.limit(1)
	return rows.length > 0
}

export async function decisionsOf(
	reader: Reader,
	requestIds: readonly string[],
): Promise<(DecisionRow & { approverName: string })[]> {
	if (requestIds.length === 0) return []
	const rows = await reader
		.select({ decision: decisions, approverName: people.displayName })
		.from(decisions)
		.innerJoin(people, eq(people.id, decisions.approverId))
		.where(inArray(decisions.requestId, [...requestIds]))
		.orderBy(asc(decisions.revision), asc(decisions.stage), asc(decisions.decidedAt))
	return rows.map(({ decision, approverName }) => ({ ...decision, approverName }))
}

export async function insertDecision(tx: Tx, row: typeof decisions.$inferInsert): Promise<void> {
	await tx.insert(decisions).values(row)
}

export async function findGrant(reader: Reader, id: string): Promise<GrantRow> {
	const [row] = await reader.select().from(grants).where(eq(grants.id, id))
	if (!row) throw new DomainError('NOT_FOUND', 'No such grant.', { id })
	return row
}

/** The person's other grants of the same assignment at the tenant, whatever their state and charter role. */
export const grantsOnSameTarget = (reader: Reader, grant: Rested): Promise<GrantRow[]> =>
	othersWithSame(assignmentKey, reader, grant)

/** The same of one place, whichever keeper of groups keeps it. */
export const grantsInSamePlace = (reader: Reader, grant: Rested): Promise<GrantRow[]> =>
	othersWithSame(placeKey, reader, grant)

type Rested = Pick<GrantRow, 'id' | 'personId' | 'context'>

async function othersWithSame(
	key: (place: Place) => string,
	reader: Reader,
	{ id, personId, context }: Rested,
): Promise<GrantRow[]> {
	const rows = await reader
		.select()
		.from(grants)
		.where(and(eq(grants.personId, personId), ne(grants.id, id)))
	const keyOf = ({ principalId, place }: GrantContext) => `${principalId} ${key(place)}`
	return rows.filter((other) => keyOf(other.context) === keyOf(context))
}
