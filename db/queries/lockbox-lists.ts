import { and, asc, desc, eq, inArray, isNotNull, lt, or, sql } from 'drizzle-orm'
import {
	ACCESS_STATES,
	ANSWERING_STATES,
	OPEN_LOCKBOX_STATES,
	type LockboxState,
} from '#workflows/lockbox/lockbox-context.ts'
import type { Reader } from '../client.ts'
import { charterVersions, lockboxDecisions, lockboxRequests } from '../schema/index.ts'
import { amongTexts } from '../schema/columns.ts'
import { withNames, type LockboxWithNames } from './lockbox.ts'

/** As the index states it: an array of parameters would not find it. */
const isOpen = sql`${lockboxRequests.state} in ${amongTexts(OPEN_LOCKBOX_STATES)}`
const ofPerson = (personId: string) =>
	or(eq(lockboxRequests.requesterId, personId), eq(lockboxRequests.beneficiaryId, personId))

/** Everything that is owed: a decision, an answer or an end; `personId` narrows to what one of ours asked for. */
export async function openLockboxes(reader: Reader, personId?: string): Promise<LockboxWithNames[]> {
	return withNames(reader)
		.where(and(isOpen, personId === undefined ? undefined : ofPerson(personId)))
		.orderBy(asc(lockboxRequests.number))
}

/** A yes that a person is to carry over, and nobody has said to be on its way. */
const isUnsentByHand = sql`(${lockboxRequests.state} = 'approving' and ${lockboxRequests.context} ->> 'channel' = 'by_hand'
	and ${lockboxRequests.context} ->> 'attempts' = '0')`

/**
 * Open requests that rest on these people: what one of ours asked for or has, and what they approved that others still
 * decide on or nobody has carried over yet. In order of id, in which they are locked.
 */
export async function lockboxesRestingOn(reader: Reader, personIds: readonly string[]): Promise<string[]> {
	const ids = [...new Set(personIds)]
	if (ids.length === 0) return []
	const approved = reader
		.select({ id: lockboxDecisions.requestId })
		.from(lockboxDecisions)
		.where(inArray(lockboxDecisions.approverId, ids))
	const rows = await reader
		.select({ id: lockboxRequests.id })
		.from(lockboxRequests)
		.where(
			and(
				isOpen,
				or(
					inArray(lockboxRequests.requesterId, ids),
					inArray(lockboxRequests.beneficiaryId, ids),
					and(
						or(eq(lockboxRequests.state, 'pending'), isUnsentByHand),
						inArray(lockboxRequests.id, approved),
					),
				),
			),
		)
		.orderBy(asc(lockboxRequests.id))
	return rows.map(({ id }) => id)
}

/** Every open request that rests on facts of somebody of ours, or on a charter that may have changed before it is sent. */
export async function restingLockboxes(reader: Reader): Promise<string[]> {
	const decided = reader.select({ id: lockboxDecisions.requestId }).from(lockboxDecisions)
	const rows = await reader
		.select({ id: lockboxRequests.id })
		.from(lockboxRequests)
		.where(
			and(
				isOpen,
				or(
					isNotNull(lockboxRequests.beneficiaryId),
					isUnsentByHand,
					and(eq(lockboxRequests.state, 'pending'), inArray(lockboxRequests.id, decided)),
				),
			),
		)
		.orderBy(asc(lockboxRequests.id))
	return rows.map(({ id }) => id)
}

/** What is over, newest first, older than this number. */
export async function closedLockboxes(
	reader: Reader,
	{ personId, before, limit }: { personId?: string; before?: number; limit: number },
): Promise<LockboxWithNames[]> {
	return withNames(reader)
		.where(
			and(
				sql`not (${isOpen})`,
				personId === undefined ? undefined : ofPerson(personId),
				before === undefined ? undefined : lt(lockboxRequests.number, before),
			),
		)
		.orderBy(desc(lockboxRequests.number))
		.limit(limit)
}

/** Requests whose answer is on its way through an interface: each is followed until the provider has said what it came to. */
export async function answeringLockboxes(reader: Reader, limit: number): Promise<string[]> {
	const rows = await reader
		.select({ id: lockboxRequests.id })
		.from(lockboxRequests)
		.where(
			and(
				isOpen,
				inArray(lockboxRequests.state, [...ANSWERING_STATES, 'accessEnding']),
				sql`${lockboxRequests.context} ->> 'channel' = 'api'`,
			),
		)
		.orderBy(asc(lockboxRequests.number))
		.limit(limit)
	return rows.map(({ id }) => id)
}

/** How many requests of this person are open: nothing of them is erased while one is. */
export async function countOpenLockboxes(reader: Reader, personId: string): Promise<number> {
	return (await openLockboxes(reader, personId)).length
}

/** How many open requests this person decided on: what a provider has by then rests on their signature. */
export async function countDecidedLockboxes(reader: Reader, personId: string): Promise<number> {
	const rows = await reader
		.select({ id: lockboxRequests.id })
		.from(lockboxRequests)
		.innerJoin(lockboxDecisions, eq(lockboxDecisions.requestId, lockboxRequests.id))
		.where(and(isOpen, eq(lockboxDecisions.approverId, personId)))
	return rows.length
}

/** Accesses of providers that share a moment with this time, under one charter: how many, and how many none of ours decided on. */
export async function countProviderAccesses(
	reader: Reader,
	{ charterId, from, until }: { charterId: string; from: string; until: string },
): Promise<{ accesses: number; outOfBand: number }> {
	const context = lockboxRequests.context
	// What was opened and over while nobody looked began no later than it was seen to be over.
	const began = sql`coalesce(${context} ->> 'grantedAt', ${context} ->> 'askedAt')`
	const [row] = await reader
		.select({
			accesses: sql<string>`count(*)`,
			outOfBand: sql<string>`count(*) filter (where ${context} ->> 'isOutOfBand' = 'true')`,
		})
		.from(lockboxRequests)
		.innerJoin(charterVersions, eq(charterVersions.id, lockboxRequests.charterVersionId))
		.where(
			and(
				eq(charterVersions.charterId, charterId),
				inArray(lockboxRequests.state, [...ACCESS_STATES, 'accessEnded']),
				lt(began, until),
				sql`coalesce(${context} ->> 'closedAt', '9') >= ${from}`,
			),
		)
	return { accesses: Number(row?.accesses ?? 0), outOfBand: Number(row?.outOfBand ?? 0) }
}

/** Numbers and states of these requests, by id. */
export async function lockboxStates(
	reader: Reader,
	ids: readonly string[],
): Promise<Map<string, { number: number; state: LockboxState }>> {
	if (ids.length === 0) return new Map()
	const rows = await reader
		.select({ id: lockboxRequests.id, number: lockboxRequests.number, state: lockboxRequests.state })
		.from(lockboxRequests)
		.where(inArray(lockboxRequests.id, [...ids]))
	return new Map(rows.map(({ id, ...row }) => [id, row]))
}
