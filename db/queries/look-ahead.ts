import { and, eq, gt, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { Reader } from '../client.ts'
import { appointments, clearances, grants, notices } from '../schema/index.ts'

/** So many at a time; the rest comes with the next look. */
const MOST = 500

/** Accesses that the tenant holds and that end in this time. */
export async function accessesEndingBetween(reader: Reader, from: Date, to: Date) {
	const endsAt = sql<string>`${grants.context} ->> 'endsAt'`
	const startsAt = sql<string>`${grants.context} ->> 'startsAt'`
	const rows = await reader
		.select({
			grantId: grants.id,
			requestId: grants.requestId,
			personId: grants.personId,
			startsAt,
			endsAt,
		})
		.from(grants)
		.where(
			and(
				eq(grants.state, 'active'),
				isNotNull(startsAt),
				gt(endsAt, from.toISOString()),
				lte(endsAt, to.toISOString()),
				sql`not exists (select 1 from ${notices} where ${notices.personId} = ${grants.personId}
					and ${notices.once} = 'ends:' || ${grants.id}::text || ':' || (${endsAt}))`,
			),
		)
		.limit(MOST)
	return rows.map((row) => ({ ...row, startsAt: new Date(row.startsAt), endsAt: new Date(row.endsAt) }))
}

/**
 * Clearances of people with an appointment that end in this time, with no other of the same scheme that lasts longer,
 * and of which the person was not told at this distance yet.
 */
export async function clearancesLapsing(
	reader: Reader,
	at: Date,
	{ from, to }: { from: Date; to: Date },
	days: number,
) {
	const rows = await reader
		.select({
			clearanceId: clearances.id,
			personId: clearances.personId,
			validUntil: clearances.validUntil,
		})
		.from(clearances)
		.where(
			and(
				isNull(clearances.retractedAt),
				eq(clearances.state, 'granted'),
				gt(clearances.validUntil, from),
				lte(clearances.validUntil, to),
				lte(clearances.validFrom, at),
				sql`not exists (select 1 from ${clearances} longer where longer.person_id = ${clearances.personId}
					and longer.scheme = ${clearances.scheme} and longer.retracted_at is null
					and (longer.valid_until is null or longer.valid_until > ${clearances.validUntil}))`,
				sql`exists (select 1 from ${appointments} where ${appointments.personId} = ${clearances.personId}
					and ${appointments.retractedAt} is null and ${or(isNull(appointments.validUntil), gt(appointments.validUntil, at))})`,
				sql`not exists (select 1 from ${notices} where ${notices.personId} = ${clearances.personId}
					and ${notices.once} = ${`lapse:${days}:`}::text || ${clearances.id}::text)`,
			),
		)
		.limit(MOST)
	return rows.flatMap(({ validUntil, ...row }) => (validUntil === null ? [] : [{ ...row, validUntil }]))
}
