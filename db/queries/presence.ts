import { and, asc, count, desc, eq, gt, gte, inArray, isNull, lt, lte, max, or, sql } from 'drizzle-orm'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { badgeEvents, badges, people, presences } from '../schema/index.ts'

export type BadgeEventRow = typeof badgeEvents.$inferSelect
export type PresenceRow = typeof presences.$inferSelect

/** Adds events; those of the feed that were there before are left as they are. Gives what was new. */
export async function insertBadgeEvents(
	tx: Tx,
	rows: readonly (typeof badgeEvents.$inferInsert)[],
): Promise<BadgeEventRow[]> {
	const added: BadgeEventRow[] = []
	for (let from = 0; from < rows.length; from += BATCH)
		added.push(
			...(await tx
				.insert(badgeEvents)
				.values(rows.slice(from, from + BATCH))
				.onConflictDoNothing({ target: [badgeEvents.feedId, badgeEvents.externalId] })
				.returning()),
		)
	return added
}
const BATCH = 1000

/** Who held which badge when, for these numbers. */
export async function holdersOf(reader: Reader, numbers: readonly string[]) {
	if (numbers.length === 0) return []
	return reader
		.select()
		.from(badges)
		.where(inArray(badges.number, [...new Set(numbers)]))
}

/** A person's badge events from an instant on, in order of time. */
export async function eventsSince(reader: Reader, personId: string, from: Date): Promise<BadgeEventRow[]> {
	return reader
		.select()
		.from(badgeEvents)
		.where(and(eq(badgeEvents.personId, personId), gte(badgeEvents.at, from)))
		.orderBy(asc(badgeEvents.at), asc(badgeEvents.id))
}

/** Presences that rest on these events and were not taken back. */
export async function presencesFrom(reader: Reader, eventIds: readonly string[]): Promise<PresenceRow[]> {
	if (eventIds.length === 0) return []
	return reader
		.select()
		.from(presences)
		.where(and(inArray(presences.badgeEventId, [...eventIds]), isNull(presences.retractedAt)))
}

export async function insertPresence(tx: Tx, row: typeof presences.$inferInsert): Promise<void> {
	await tx.insert(presences).values(row)
}

/** Notes that a presence is known to have been otherwise. */
export async function retractPresence(tx: Tx, id: string, at: Date, reason: string): Promise<void> {
	await tx
		.update(presences)
		.set({ retractedAt: at, retractionReason: reason })
		.where(and(eq(presences.id, id), isNull(presences.retractedAt)))
}

/** What the network shows of a person now. */
export async function networkPresences(reader: Reader, personId: string, at: Date): Promise<PresenceRow[]> {
	return reader
		.select()
		.from(presences)
		.where(
			and(
				eq(presences.personId, personId),
				eq(presences.by, 'network'),
				isNull(presences.retractedAt),
				lte(presences.validFrom, at),
				gt(presences.validUntil, at),
			),
		)
}

/** Who is at each facility at this instant, by what shows it, in order of name. */
export async function presentAt(reader: Reader, at: Date, limit: number) {
	return reader
		.selectDistinctOn([presences.facility, people.displayName, presences.personId, presences.by], {
			facility: presences.facility,
			personId: presences.personId,
			name: people.displayName,
			by: presences.by,
			since: presences.validFrom,
			until: presences.validUntil,
		})
		.from(presences)
		.innerJoin(people, eq(people.id, presences.personId))
		.where(
			and(
				isNull(presences.retractedAt),
				lte(presences.validFrom, at),
				or(isNull(presences.validUntil), gt(presences.validUntil, at)),
			),
		)
		.orderBy(
			asc(presences.facility),
			asc(people.displayName),
			asc(presences.personId),
			asc(presences.by),
			desc(presences.validFrom),
		)
		.limit(limit)
}

/** Badges that events name and nobody is known to hold, the most recently seen first. */
export async function unknownBadges(reader: Reader, limit: number) {
	return reader
		.select({
			badge: badgeEvents.badge,
			events: count(),
			lastAt: max(badgeEvents.at),
			facility: sql<string>`(array_agg(${badgeEvents.facility} order by ${badgeEvents.at} desc))[1]`,
		})
		.from(badgeEvents)
		.where(isNull(badgeEvents.personId))
		.groupBy(badgeEvents.badge)
		.orderBy(desc(max(badgeEvents.at)))
		.limit(limit)
}

/** Gives a badge to a person; DUPLICATE by constraint where somebody holds it. */
export async function insertBadge(tx: Tx, row: typeof badges.$inferInsert): Promise<void> {
	await tx.insert(badges).values(row)
}

export async function badgesOf(reader: Reader, personId: string) {
	return reader.select().from(badges).where(eq(badges.personId, personId)).orderBy(desc(badges.issuedAt))
}

/** Whose badge this is or was, or NOT_FOUND. */
export async function holderOf(reader: Reader, id: string): Promise<string> {
	const [row] = await reader.select({ personId: badges.personId }).from(badges).where(eq(badges.id, id))
	if (!row) throw new DomainError('NOT_FOUND', 'No such badge.', { id })
	return row.personId
}

/** Notes that a badge was handed back; STALE_VERSION where it was before. */
export async function returnBadge(tx: Tx, id: string, at: Date): Promise<void> {
	const returned = await tx
		.update(badges)
		.set({ returnedAt: at })
		.where(and(eq(badges.id, id), isNull(badges.returnedAt)))
		.returning({ id: badges.id })
	if (returned.length === 0)
		throw new DomainError('STALE_VERSION', 'This badge was handed back already.', { id })
}

const BADGES_LOCK = 727_277

/** Whoever takes events holds the badges still, side by side; whoever hands one out or takes it back holds them alone. */
export async function holdBadges(tx: Tx, why: 'read' | 'change'): Promise<void> {
	await tx.execute(
		why === 'read'
			? sql`select pg_advisory_xact_lock_shared(${BADGES_LOCK})`
			: sql`select pg_advisory_xact_lock(${BADGES_LOCK})`,
	)
}

/** Forgets events of badges that nobody came to hold. */
export async function purgeUnknownEvents(tx: Tx, before: Date): Promise<void> {
	await tx.delete(badgeEvents).where(and(isNull(badgeEvents.personId), lt(badgeEvents.receivedAt, before)))
}

/** Events of a badge from an instant on that belong to nobody yet become this person's; gives the first one's time. */
export async function adoptEvents(
	tx: Tx,
	{ number, personId, from }: { number: string; personId: string; from: Date },
): Promise<Date | null> {
	const rows = await tx
		.update(badgeEvents)
		.set({ personId })
		.where(and(eq(badgeEvents.badge, number), isNull(badgeEvents.personId), gte(badgeEvents.at, from)))
		.returning({ at: badgeEvents.at })
	return rows.reduce<Date | null>((first, { at }) => (first === null || at < first ? at : first), null)
}
