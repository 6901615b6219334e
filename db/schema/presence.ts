import { sql } from 'drizzle-orm'
import {
	check,
	index,
	jsonb,
	pgEnum,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core'
import { id, instant } from './columns.ts'
import { people } from './people.ts'

/** Where badge events come from: a physical access control system, which may speak for the facilities named. */
export const badgeFeeds = pgTable(
	'badge_feeds',
	{
		id: id(),
		name: text('name').notNull(),
		facilities: jsonb('facilities').$type<string[]>().notNull(),
		createdBy: uuid('created_by')
			.notNull()
			.references(() => people.id),
		createdAt: instant('created_at').notNull(),
		/** When it last sent something that was taken. */
		lastHeardAt: instant('last_heard_at'),
		/** Takes nothing any more from then on. */
		endedAt: instant('ended_at'),
	},
	(t) => [index('badge_feeds_creator_idx').on(t.createdBy)],
)

/** The keys that a feed signs with. The secret is derived from the server's own key and this id, and is in no table. */
export const badgeFeedKeys = pgTable(
	'badge_feed_keys',
	{
		id: id(),
		feedId: uuid('feed_id')
			.notNull()
			.references(() => badgeFeeds.id),
		createdAt: instant('created_at').notNull(),
		endsAt: instant('ends_at'),
	},
	(t) => [index('badge_feed_keys_feed_idx').on(t.feedId)],
)

/** Deliveries that were taken: one that comes again has no effect. */
export const badgeDeliveries = pgTable(
	'badge_deliveries',
	{
		feedId: uuid('feed_id')
			.notNull()
			.references(() => badgeFeeds.id),
		deliveryId: text('delivery_id').notNull(),
		bodySha256: text('body_sha256').notNull(),
		receivedAt: instant('received_at').notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.feedId, t.deliveryId] }),
		index('badge_deliveries_received_idx').on(t.receivedAt),
	],
)

/** Which badge belongs to whom. */
export const badges = pgTable(
	'badges',
	{
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => people.id),
		number: text('number').notNull(),
		issuedAt: instant('issued_at').notNull(),
		recordedBy: uuid('recorded_by')
			.notNull()
			.references(() => people.id),
		returnedAt: instant('returned_at'),
	},
	(t) => [
		index('badges_person_idx').on(t.personId),
		index('badges_recorder_idx').on(t.recordedBy),
		/** A badge is in one hand at a time. */
		uniqueIndex('badges_number_key')
			.on(t.number)
			.where(sql`${t.returnedAt} is null`),
		check('badges_interval', sql`${t.returnedAt} is null or ${t.returnedAt} >= ${t.issuedAt}`),
	],
)

export const badgeDirection = pgEnum('badge_direction', ['in', 'out'])

/** What a feed told, by the time at which it happened. `personId` is null while nobody is known to hold the badge. */
export const badgeEvents = pgTable(
	'badge_events',
	{
		id: id(),
		feedId: uuid('feed_id')
			.notNull()
			.references(() => badgeFeeds.id),
		externalId: text('external_id').notNull(),
		at: instant('at').notNull(),
		receivedAt: instant('received_at').notNull(),
		badge: text('badge').notNull(),
		facility: text('facility').notNull(),
		direction: badgeDirection('direction').notNull(),
		personId: uuid('person_id').references(() => people.id),
	},
	(t) => [
		uniqueIndex('badge_events_external_key').on(t.feedId, t.externalId),
		index('badge_events_person_idx').on(t.personId, t.at),
		index('badge_events_unknown_idx')
			.on(t.badge, t.at)
			.where(sql`${t.personId} is null`),
	],
)
