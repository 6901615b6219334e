import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { factsOfPerson } from '#db/queries/facts.ts'
import { erasePerson } from '#app/services/people/erase-person.server.ts'
import { issueBadge, showBadges, takeBadge } from '#app/services/presence/manage-badges.server.ts'
import {
	changeFeedKey,
	createFeed,
	OVERLAP_MS,
	stopFeed,
	uploadEvents,
	type FeedCredentials,
} from '#app/services/presence/manage-feeds.server.ts'
import { facilitiesAt, noteNetwork, SEEN_FOR_MS } from '#app/services/presence/network-presence.server.ts'
import { showFacilities } from '#app/services/presence/show-facilities.server.ts'
import { takeDelivery } from '#app/services/presence/take-delivery.server.ts'
import { auditLog } from '#app/services/ledger/audit-log.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { signDelivery } from '#workflows/shared/webhook-signature.ts'
import type { Actor } from '#app/services/actor.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const HALL = 'frankfurt-hall'
const ROOM = 'berlin-control-room'
const MINUTE_MS = 60_000

let app: TestApp
let officer: Actor
let operator: Actor
let feed: FeedCredentials
let sent = 0

beforeEach(async () => {
	app = await createTestApp()
	officer = app.actor('security-officer')
	operator = app.actor('operator')
	feed = await createFeed(app.deps, officer, { name: 'Door system', facilities: [HALL, ROOM] })
	const { rows } = await app.owner.pool.query<{ upn: string }>(
		'select user_principal_name as upn from people where id = $1',
		[operator.personId],
	)
	await issueBadge(app.deps, officer, {
		userPrincipalName: rows[0]?.upn ?? '',
		number: 'B-1',
		issuedAt: minutesAgo(24 * 60),
	})
})
afterEach(async () => {
	await app.stop()
})

const minutesAgo = (minutes: number) => new Date(app.clock.now().getTime() - minutes * MINUTE_MS)
const event = (id: string, ago: number, direction: 'in' | 'out', facility = HALL, badge = 'B-1') => ({
	id,
	at: minutesAgo(ago).toISOString(),
	badge,
	facility,
	direction,
})
const secretOf = ({ secret }: FeedCredentials) => Buffer.from(secret.slice('whsec_'.length), 'base64')

/** Sends what a door system sends; `change` spoils it. */
function deliver(
	events: unknown,
	{ credentials = feed, id = `d${++sent}`, text = JSON.stringify({ events }) } = {},
) {
	const body = new TextEncoder().encode(text)
	const timestamp = Math.floor(app.clock.now().getTime() / 1000)
	const mac = signDelivery(secretOf(credentials), id, timestamp, body)
	return takeDelivery(
		app.deps,
		credentials.feedId,
		{ id, timestamp: String(timestamp), signature: `v1,${Buffer.from(mac).toString('base64')}` },
		body,
		'json',
	)
}

async function presences() {
	const { presences: known } = await factsOfPerson(app.deps.database.db, operator.personId, app.clock.now())
	return known
		.map(({ facility, by, validFrom, validUntil }) => ({
			facility,
			by,
			from: Math.round((app.clock.now().getTime() - Date.parse(validFrom)) / MINUTE_MS),
			until:
				validUntil === null
					? null
					: Math.round((app.clock.now().getTime() - Date.parse(validUntil)) / MINUTE_MS),
		}))
		.sort((a, b) => b.from - a.from)
}
const stored = async (table: string) =>
	Number((await app.owner.pool.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]?.n)

describe('badge events', () => {
	test('show who is at a facility, and the way out ends it', async () => {
		expect(await deliver([event('1', 60, 'in')])).toEqual({
			outcome: 'taken',
			stored: 1,
			duplicates: 0,
			unknownBadges: 0,
		})
		expect(await presences()).toEqual([{ facility: HALL, by: 'badge', from: 60, until: 60 - 14 * 60 }])
		const here = (await showFacilities(app.deps, officer)).facilities.find(({ key }) => key === HALL)
		expect(here?.present).toMatchObject([{ personId: operator.personId, by: 'badge' }])
		await deliver([event('2', 10, 'out')])
		expect(await presences()).toEqual([{ facility: HALL, by: 'badge', from: 60, until: 10 }])
		expect((await showFacilities(app.deps, officer)).facilities.flatMap(({ present }) => present)).toEqual([])
	})

	test('that come late are put where they belong, and what was recorded before is corrected, not overwritten', async () => {
		await deliver([event('1', 60, 'in'), event('4', 5, 'out', ROOM)])
		await deliver([event('3', 20, 'in', ROOM), event('2', 30, 'out')])
		expect(await presences()).toEqual([
			{ facility: HALL, by: 'badge', from: 60, until: 30 },
			{ facility: ROOM, by: 'badge', from: 20, until: 5 },
		])
		const { rows } = await app.owner.pool.query<{ retracted: boolean; corrects: boolean }>(
			'select retracted_at is not null as retracted, corrects is not null as corrects from presences order by recorded_at, id',
		)
		expect(rows).toEqual([
			{ retracted: true, corrects: false },
			{ retracted: false, corrects: true },
			{ retracted: false, corrects: false },
		])
	})

	test('count once, however often and in whatever delivery they are sent', async () => {
		const events = [event('1', 60, 'in')]
		await deliver(events, { id: 'same' })
		expect(await deliver(events, { id: 'same' })).toEqual({ outcome: 'again' })
		expect(await deliver([event('1', 50, 'in')])).toMatchObject({
			outcome: 'taken',
			stored: 0,
			duplicates: 1,
		})
		expect(await deliver([event('2', 1, 'out')], { id: 'same' })).toEqual({ outcome: 'id_used' })
		expect(await stored('badge_events')).toBe(1)
		expect(await presences()).toHaveLength(1)
	})

	test('of a delivery with one that cannot be right are refused whole, each with its reason', async () => {
		const refused = await deliver([
			event('1', 60, 'in'),
			event('2', -10, 'in'),
			event('3', 5, 'in', 'bonn-office'),
		])
		expect(refused).toEqual({
			outcome: 'refused',
			problems: [
				{ line: 2, field: 'at', code: 'FROM_THE_FUTURE' },
				{ line: 3, field: 'facility', code: 'UNKNOWN_FACILITY' },
			],
		})
		expect(await deliver(null, { text: 'not json' })).toMatchObject({ outcome: 'unreadable' })
		expect([await stored('badge_events'), await stored('badge_deliveries')]).toEqual([0, 0])
	})

	test('of a badge that nobody is known to hold are kept, and count once it is known whose it is', async () => {
		expect(await deliver([event('1', 60, 'in', HALL, 'B-9')])).toMatchObject({ unknownBadges: 1 })
		const { unknown } = await showFacilities(app.deps, officer)
		expect(unknown).toMatchObject([{ badge: 'B-9', events: 1 }])
		const { rows } = await app.owner.pool.query<{ upn: string }>(
			'select user_principal_name as upn from people where id = $1',
			[operator.personId],
		)
		const upn = rows[0]?.upn ?? ''
		await issueBadge(app.deps, officer, { userPrincipalName: upn, number: 'B-9', issuedAt: minutesAgo(90) })
		expect(await presences()).toMatchObject([{ facility: HALL, from: 60 }])
		await expect(
			issueBadge(app.deps, officer, { userPrincipalName: upn, number: 'B-9', issuedAt: minutesAgo(1) }),
		).rejects.toMatchObject({ code: 'DUPLICATE' })
		const badge = (await showBadges(app.deps, officer, operator.personId)).find(
			({ number }) => number === 'B-9',
		)
		await takeBadge(app.deps, officer, badge?.id ?? '')
		app.clock.advance(MINUTE_MS)
		expect(await deliver([event('2', 0, 'out', HALL, 'B-9')])).toMatchObject({ unknownBadges: 1 })
	})

	test('of a badge that is lost show nobody any more, at once and however late they come', async () => {
		await deliver([event('1', 60, 'in')])
		const [badge] = await showBadges(app.deps, officer, operator.personId)
		await takeBadge(app.deps, officer, badge?.id ?? '')
		expect(await presences()).toEqual([{ facility: HALL, by: 'badge', from: 60, until: 0 }])
		await expect(takeBadge(app.deps, officer, badge?.id ?? '')).rejects.toMatchObject({
			code: 'STALE_VERSION',
		})
		app.clock.advance(5 * MINUTE_MS)
		await deliver([event('0', 90, 'in')])
		expect((await presences()).every(({ until }) => until !== null && until >= 5)).toBe(true)
		await expect(takeBadge(app.deps, operator, badge?.id ?? '')).rejects.toMatchObject({ code: 'FORBIDDEN' })
	})

	test("that come while their badge is being handed out are its holder's all the same", async () => {
		const { rows } = await app.owner.pool.query<{ upn: string }>(
			'select user_principal_name as upn from people where id = $1',
			[operator.personId],
		)
		const numbers = Array.from({ length: 8 }, (_, i) => `R-${i}`)
		await Promise.all(
			numbers.flatMap((number, i) => [
				deliver([event(`r${i}`, 60 - i, 'in', HALL, number)]),
				issueBadge(app.deps, officer, {
					userPrincipalName: rows[0]?.upn ?? '',
					number,
					issuedAt: minutesAgo(90),
				}),
			]),
		)
		expect((await showFacilities(app.deps, officer)).unknown).toEqual([])
		expect(await presences()).toHaveLength(numbers.length)
	})

	test('of two deliveries at once come to the same as one after the other', async () => {
		await Promise.all([
			deliver([event('1', 60, 'in'), event('4', 10, 'out', ROOM)]),
			deliver([event('2', 40, 'out'), event('3', 30, 'in', ROOM)]),
			deliver([event('1', 60, 'in')]),
		])
		expect(await presences()).toEqual([
			{ facility: HALL, by: 'badge', from: 60, until: 40 },
			{ facility: ROOM, by: 'badge', from: 30, until: 10 },
		])
	})

	test('can be brought in a file, with a byte order mark and mixed ends of lines', async () => {
		const line = (id: string, ago: number, direction: string) =>
			`${id},${minutesAgo(ago).toISOString()},B-1,${HALL},${direction}`
		const text = `\uFEFFid,at,badge,facility,direction\r\n${line('1', 60, 'in')}\n"2",${minutesAgo(5).toISOString()},B-1,${HALL},out\r\n`
		expect(await uploadEvents(app.deps, officer, feed.feedId, text, 'csv')).toMatchObject({ stored: 2 })
		expect(await presences()).toMatchObject([{ from: 60, until: 5 }])
		expect(await uploadEvents(app.deps, officer, feed.feedId, 'a,b\n1,2', 'csv')).toMatchObject({
			outcome: 'unreadable',
			message: expect.stringContaining('it lacks id, at, badge, facility, direction') as string,
		})
		await expect(uploadEvents(app.deps, operator, feed.feedId, text, 'csv')).rejects.toMatchObject({
			code: 'FORBIDDEN',
		})
	})
})

describe('a feed', () => {
	test('is heard by its newest key, by the one before until the overlap is over, and by none once it is stopped', async () => {
		const next = await changeFeedKey(app.deps, officer, feed.feedId, 'day')
		expect(await deliver([event('1', 60, 'in')])).toMatchObject({ outcome: 'taken' })
		expect(await deliver([event('2', 50, 'in')], { credentials: next })).toMatchObject({ outcome: 'taken' })
		app.clock.advance(OVERLAP_MS)
		expect(await deliver([event('3', 40, 'in')])).toEqual({ outcome: 'unsigned', code: 'KEY_ENDED' })
		expect(await deliver([event('4', 30, 'in')], { credentials: next })).toMatchObject({ outcome: 'taken' })
		const last = await changeFeedKey(app.deps, officer, feed.feedId, 'none')
		expect(await deliver([event('5', 20, 'in')], { credentials: next })).toEqual({
			outcome: 'unsigned',
			code: 'KEY_ENDED',
		})
		await stopFeed(app.deps, officer, feed.feedId)
		expect(await deliver([event('6', 10, 'in')], { credentials: last })).toEqual({
			outcome: 'unsigned',
			code: 'FEED_ENDED',
		})
		expect(await stored('badge_events')).toBe(3)
	})

	test('does not sign for another one, and an unknown one for nobody', async () => {
		const other = await createFeed(app.deps, officer, { name: 'Other', facilities: [ROOM] })
		const forged = { ...other, feedId: feed.feedId }
		expect(await deliver([event('1', 60, 'in')], { credentials: forged })).toEqual({
			outcome: 'unsigned',
			code: 'SIGNATURE_WRONG',
		})
		expect(
			await deliver([event('1', 60, 'in')], { credentials: { ...feed, feedId: operator.personId } }),
		).toEqual({
			outcome: 'unsigned',
			code: 'UNKNOWN_FEED',
		})
		expect(await deliver([event('1', 60, 'in')], { credentials: other })).toMatchObject({
			outcome: 'refused',
		})
	})

	test('covers only facilities that the charter names, and its secret is in no table', async () => {
		await expect(createFeed(app.deps, officer, { name: 'x', facilities: ['moon'] })).rejects.toMatchObject({
			code: 'INVALID_INPUT',
		})
		await expect(createFeed(app.deps, officer, { name: 'x', facilities: [] })).rejects.toMatchObject({
			code: 'INVALID_INPUT',
		})
		const { rows } = await app.owner.pool.query('select * from badge_feeds, badge_feed_keys')
		expect(JSON.stringify(rows)).not.toContain(feed.secret.slice(6, 30))
	})
})

describe('the network', () => {
	const ofNetwork = async () => {
		const { charter } = await app.deps.charters.inForce(app.deps.database.db)
		const hall = charter.facilities[HALL]
		if (!hall) throw new Error('The sample charter has no such facility.')
		return {
			...charter,
			facilities: { ...charter.facilities, [HALL]: { ...hall, presence: 'network' as const } },
		}
	}
	const note = async (address: string) => noteNetwork(app.deps, await ofNetwork(), operator.personId, address)

	test('shows somebody at a facility while they work from it, and no longer once they work from elsewhere', async () => {
		await note('10.30.1.2')
		await note('::ffff:10.30.1.2')
		expect(await presences()).toEqual([{ facility: HALL, by: 'network', from: 0, until: -15 }])
		app.clock.advance(11 * MINUTE_MS)
		await note('10.30.9.9')
		expect(await presences()).toEqual([
			{ facility: HALL, by: 'network', from: 11, until: -4 },
			{ facility: HALL, by: 'network', from: 0, until: -15 },
		])
		app.clock.advance(2 * MINUTE_MS)
		await note('203.0.113.7')
		expect((await presences()).map(({ until }) => until)).toEqual([0, 0])
		app.clock.advance(SEEN_FOR_MS)
		await note('203.0.113.7')
		expect(await stored('presences')).toBe(4)
	})

	test('is looked at only where the charter asks for it', async () => {
		const { charter } = await app.deps.charters.inForce(app.deps.database.db)
		await noteNetwork(app.deps, charter, operator.personId, '10.30.1.2')
		expect(await stored('presences')).toBe(0)
		expect(facilitiesAt(await ofNetwork(), '10.31.0.1')).toEqual([])
		expect(facilitiesAt(await ofNetwork(), 'nonsense')).toEqual([])
	})
})

test('everything that presence writes is in the record, which holds', async () => {
	await deliver([event('1', 60, 'in')])
	await deliver([event('2', 30, 'out')])
	await changeFeedKey(app.deps, officer, feed.feedId, 'none')
	await stopFeed(app.deps, officer, feed.feedId)
	await sequencePending(app.deps)
	const { rows } = await app.owner.pool.query<{ kind: string }>(
		"select kind from ledger_entries where kind ~ '^badge|presence|retracted' order by index",
	)
	expect(rows.map(({ kind }) => kind)).toEqual([
		'badge_feed.created',
		'badge.issued',
		'person.presence_recorded',
		'person.fact_retracted',
		'person.presence_recorded',
		'badge_feed.key_changed',
		'badge_feed.ended',
	])
	expect(await auditLog(app.deps.database.db, { vkey: app.deps.signer.vkey, since: null })).toMatchObject({
		problems: [],
	})
})

test('erasing a person takes their badges and events too', async () => {
	await deliver([event('1', 60, 'in'), event('2', 30, 'out')])
	const { rows } = await app.owner.pool.query<{ name: string }>(
		'select display_name as name from people where id = $1',
		[operator.personId],
	)
	await app.owner.pool.query('update credentials set revoked_at = now() where person_id = $1', [
		operator.personId,
	])
	await erasePerson(app.deps, officer, operator.personId, {
		parts: ['facts'],
		ground: 'person_asked',
		reason: 'asked',
		confirmation: rows[0]?.name ?? '',
	})
	expect([await stored('badge_events'), await stored('presences')]).toEqual([0, 0])
	expect(await showBadges(app.deps, officer, operator.personId)).toEqual([])
})
