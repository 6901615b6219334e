import { createHash } from 'node:crypto'
import { feedKeys, findFeed, noteDelivery, noteHeard, type FeedRow } from '#db/queries/badge-feeds.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { holdBadges, holdersOf, insertBadgeEvents } from '#db/queries/presence.ts'
import type { Tx } from '#db/client.ts'
import { readEvents, type FedEvent, type FeedProblem } from '#workflows/facilities/badge-feed.schema.ts'
import {
	verifyDelivery,
	type SignatureProblem,
	type WebhookHeaders,
} from '#workflows/shared/webhook-signature.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { derivePresence } from './derive-presence.server.ts'
import { readRows, type FeedFormat } from './read-rows.ts'

export type Taken = { stored: number; duplicates: number; unknownBadges: number }
export type Delivered =
	| ({ outcome: 'taken' } & Taken)
	| { outcome: 'again' }
	| { outcome: 'unsigned'; code: SignatureProblem | 'UNKNOWN_FEED' | 'FEED_ENDED' }
	| { outcome: 'refused'; problems: FeedProblem[] }
	| { outcome: 'unreadable'; message: string }
	| { outcome: 'id_used' }

/**
 * Takes a signed delivery of badge events from a feed, whole or not at all. The same delivery sent again has no effect,
 * and neither has an event that was told before. Events may come in any order and late: what they show is worked out by
 * the time at which they happened.
 */
export async function takeDelivery(
	deps: Deps,
	feedId: string,
	headers: WebhookHeaders,
	body: Uint8Array,
	format: FeedFormat,
): Promise<Delivered> {
	const { db } = deps.database
	const at = deps.now()
	const feed = await findFeed(db, feedId).catch((error: unknown) => {
		if (isDomainError(error) && error.code === 'NOT_FOUND') return null
		throw error
	})
	if (feed === null) return { outcome: 'unsigned', code: 'UNKNOWN_FEED' }
	const keys = (await feedKeys(db, feedId)).map(({ id, endsAt }) => ({
		id,
		endsAt,
		secret: deps.feedSecret(id),
	}))
	const signed = verifyDelivery(headers, body, keys, at)
	if (typeof signed === 'string') return { outcome: 'unsigned', code: signed }
	if (feed.endedAt !== null) return { outcome: 'unsigned', code: 'FEED_ENDED' }
	const read = await eventsOf(deps, feed, body, format, at)
	if ('outcome' in read) return read
	const bodySha256 = createHash('sha256').update(body).digest('hex')
	const result = await deps.database.withTx<Delivered>(async (tx) => {
		const before = await noteDelivery(tx, {
			feedId,
			deliveryId: headers.id ?? '',
			bodySha256,
			receivedAt: at,
		})
		if (before !== null) return before === bodySha256 ? { outcome: 'again' } : { outcome: 'id_used' }
		return { outcome: 'taken', ...(await storeEvents(tx, deps, feed, read.events, at)) }
	})
	deps.wake()
	return result
}

/** The events of a text in one of the forms that a feed may send; what is wrong with it otherwise. */
export async function eventsOf(
	{ charters, database }: Pick<Deps, 'charters' | 'database'>,
	{ facilities }: Pick<FeedRow, 'facilities'>,
	body: Uint8Array,
	format: FeedFormat,
	at: Date,
): Promise<{ events: FedEvent[] } | Extract<Delivered, { outcome: 'refused' | 'unreadable' }>> {
	const rows = readRows(body, format)
	if (typeof rows === 'string') return { outcome: 'unreadable', message: rows }
	const { charter } = await charters.inForce(database.db, at)
	const known = new Set(facilities.filter((key) => Object.hasOwn(charter.facilities, key)))
	const read = readEvents(rows, { facilities: known, now: at.toISOString() })
	return 'problems' in read ? { outcome: 'refused', problems: read.problems } : read
}

/** Stores events that are new, works out what they show, and ends what rested on a presence that is over. */
export async function storeEvents(
	tx: Tx,
	deps: Deps,
	feed: Pick<FeedRow, 'id'>,
	events: readonly FedEvent[],
	at: Date,
): Promise<Taken> {
	await holdCharter(tx, 'judge')
	// A badge that is handed out just now takes over what is stored, or is known here: never neither.
	await holdBadges(tx, 'read')
	const holders = Map.groupBy(
		await holdersOf(
			tx,
			events.map(({ badge }) => badge),
		),
		({ number }) => number,
	)
	const holderAt = (number: string, time: Date) =>
		holders
			.get(number)
			?.find(({ issuedAt, returnedAt }) => issuedAt <= time && (returnedAt === null || returnedAt > time))
			?.personId ?? null
	// Nobody else works out what these people's events show meanwhile.
	await lockPeople(
		tx,
		[...holders.values()].flat().map(({ personId }) => personId),
		'update',
	)
	await noteHeard(tx, feed.id, at)
	const added = await insertBadgeEvents(
		tx,
		events.map((event) => {
			const time = new Date(event.at)
			return {
				id: deps.newId(),
				feedId: feed.id,
				externalId: event.id,
				at: time,
				receivedAt: at,
				badge: event.badge,
				facility: event.facility,
				direction: event.direction,
				personId: holderAt(event.badge, time),
			}
		}),
	)
	const first = new Map<string, Date>()
	for (const { personId, at: time } of added) {
		if (personId === null) continue
		const known = first.get(personId)
		if (known === undefined || time < known) first.set(personId, time)
	}
	for (const [personId, time] of first) await derivePresence(tx, deps, personId, time, at)
	await factsChanged(tx, deps, [...first.keys()])
	return {
		stored: added.length,
		duplicates: events.length - added.length,
		unknownBadges: added.filter(({ personId }) => personId === null).length,
	}
}
