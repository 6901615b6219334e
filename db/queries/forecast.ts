import { and, asc, gt, isNull, lt, or, sql, type SQL } from 'drizzle-orm'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import type { Reader } from '../client.ts'
import { appointments } from '../schema/index.ts'

/**
 * Ids of people who hold an appointment at some time between these instants, in order, after the one named: whom a look
 * ahead can count, since every part in a role asks for an appointment.
 */
export async function appointedBetween(
	reader: Reader,
	{ from, until, after, limit }: { from: Date; until: Date; after: string | null; limit: number },
): Promise<string[]> {
	const rows = await reader
		.selectDistinct({ personId: appointments.personId })
		.from(appointments)
		.where(
			and(
				isNull(appointments.retractedAt),
				lt(appointments.validFrom, until),
				or(isNull(appointments.validUntil), gt(appointments.validUntil, from)),
				after === null ? undefined : gt(appointments.personId, after),
			),
		)
		.orderBy(asc(appointments.personId))
		.limit(limit)
	return rows.map(({ personId }) => personId)
}

/** A fact that ends. `detail` names what it is about where that may stand in a list: never a country. */
export type EndingFact = { id: string; personId: string; kind: FactKind; at: Date; detail: string }

/** Every fact that ends after `from` and before `until`, in order of its end. */
export async function factsEnding(reader: Reader, from: Date, until: Date): Promise<EndingFact[]> {
	const ending = (kind: SQL, table: SQL, detail: SQL, more: SQL = sql`true`) => sql`
		select id, person_id, ${kind} as kind, valid_until, ${detail} as detail from ${table}
		where retracted_at is null and valid_until > ${from.toISOString()}::timestamptz
			and valid_until < ${until.toISOString()}::timestamptz and valid_from < valid_until and ${more}`
	const parts = [
		ending(sql`'citizenship'`, sql`citizenships`, sql`''`),
		ending(sql`'residence'`, sql`residences`, sql`''`),
		ending(sql`'clearance'`, sql`clearances`, sql`scheme || ' ' || level`, sql`state = 'granted'`),
		ending(sql`'readIn'`, sql`read_ins`, sql`''`),
		ending(sql`kind::text`, sql`attendances`, sql`key`),
		ending(sql`'agreement'`, sql`agreements`, sql`key`),
		ending(sql`'employment'`, sql`employments`, sql`employer`),
		ending(sql`'appointment'`, sql`appointments`, sql`role`),
		ending(sql`'facility'`, sql`facility_authorisations`, sql`facility`),
	]
	const { rows } = await reader.execute<{
		id: string
		person_id: string
		kind: FactKind
		valid_until: Date | string
		detail: string
	}>(sql`${sql.join(parts, sql` union all `)} order by valid_until, id`)
	return rows.map((row) => ({
		id: row.id,
		personId: row.person_id,
		kind: row.kind,
		at: new Date(row.valid_until),
		detail: row.detail,
	}))
}
