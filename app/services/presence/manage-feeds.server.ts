import { endFeed, endFeedKeys, findFeed, insertFeed, insertFeedKey } from '#db/queries/badge-feeds.ts'
import { toBase64 } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { eventsOf, storeEvents, type Delivered } from './take-delivery.server.ts'
import type { FeedFormat } from './read-rows.ts'

/** For how long the keys before a new one still count, so that a system can be changed over without a gap. */
export const OVERLAP_MS = 24 * 3_600_000
export const OVERLAPS = ['none', 'day'] as const

/** What a feed is set up with; shown once. `secret` is in the form of Standard Webhooks. */
export type FeedCredentials = { feedId: string; url: string; secret: string }

/** Connects a system that tells of badges at these facilities. */
export async function createFeed(
	deps: Deps,
	actor: Actor,
	{ name, facilities }: { name: string; facilities: readonly string[] },
): Promise<FeedCredentials> {
	demand(actor, 'presence:manage')
	const at = deps.now()
	const { charter } = await deps.charters.inForce(deps.database.db, at)
	const unknown = facilities.find((key) => !Object.hasOwn(charter.facilities, key))
	if (facilities.length === 0 || unknown !== undefined)
		throw new DomainError('INVALID_INPUT', 'Choose facilities that the charter in force names.', {
			field: 'facilities',
			problem: facilities.length === 0 ? 'MISSING' : 'UNKNOWN_FACILITY',
		})
	const [feedId, keyId] = [deps.newId(), deps.newId()]
	await deps.database.withTx(async (tx) => {
		await insertFeed(tx, {
			id: feedId,
			name,
			facilities: [...facilities],
			createdBy: actor.personId,
			createdAt: at,
		})
		await insertFeedKey(tx, { id: keyId, feedId, createdAt: at })
		await recordEntry(tx, deps, {
			kind: 'badge_feed.created',
			subject: null,
			actor: actor.personId,
			open: { feedId, facilities: [...facilities], keyId },
			sealed: { feed: { name } },
			at,
		})
	})
	deps.wake()
	return credentials(deps, feedId, keyId)
}

/** Gives a feed a new key; the ones before it count until `overlap` is over, and not at all where they may be known. */
export async function changeFeedKey(
	deps: Deps,
	actor: Actor,
	feedId: string,
	overlap: (typeof OVERLAPS)[number],
): Promise<FeedCredentials> {
	demand(actor, 'presence:manage')
	const at = deps.now()
	const othersEndAt = overlap === 'none' ? at : new Date(at.getTime() + OVERLAP_MS)
	const keyId = deps.newId()
	await deps.database.withTx(async (tx) => {
		const feed = await findFeed(tx, feedId, true)
		if (feed.endedAt !== null) throw new DomainError('STALE_VERSION', 'This feed has ended.', { feedId })
		await endFeedKeys(tx, feedId, othersEndAt)
		await insertFeedKey(tx, { id: keyId, feedId, createdAt: at })
		await recordEntry(tx, deps, {
			kind: 'badge_feed.key_changed',
			subject: null,
			actor: actor.personId,
			open: { feedId, keyId, othersEndAt: othersEndAt.toISOString() },
			sealed: {},
			at,
		})
	})
	deps.wake()
	return credentials(deps, feedId, keyId)
}

/** Takes nothing from this feed any more. What it told stands. */
export async function stopFeed(deps: Deps, actor: Actor, feedId: string): Promise<void> {
	demand(actor, 'presence:manage')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		await findFeed(tx, feedId, true)
		if (!(await endFeed(tx, feedId, at)))
			throw new DomainError('STALE_VERSION', 'This feed has ended already.', { feedId })
		await recordEntry(tx, deps, {
			kind: 'badge_feed.ended',
			subject: null,
			actor: actor.personId,
			open: { feedId },
			sealed: {},
			at,
		})
	})
	deps.wake()
}

/** Takes events from a file in the name of a feed, as an officer who fetched them by hand brings them. */
export async function uploadEvents(
	deps: Deps,
	actor: Actor,
	feedId: string,
	text: string,
	format: FeedFormat,
): Promise<Extract<Delivered, { outcome: 'taken' | 'refused' | 'unreadable' }>> {
	demand(actor, 'presence:manage')
	const at = deps.now()
	const feed = await findFeed(deps.database.db, feedId)
	if (feed.endedAt !== null) throw new DomainError('STALE_VERSION', 'This feed has ended.', { feedId })
	const read = await eventsOf(deps, feed, new TextEncoder().encode(text), format, at)
	if ('outcome' in read) return read
	const taken = await deps.database.withTx((tx) => storeEvents(tx, deps, feed, read.events, at))
	deps.wake()
	return { outcome: 'taken', ...taken }
}

const credentials = ({ passkeys, feedSecret }: Deps, feedId: string, keyId: string): FeedCredentials => ({
	feedId,
	url: `${passkeys.origin}/feeds/badges/${feedId}`,
	secret: `whsec_${toBase64(feedSecret(keyId))}`,
})
