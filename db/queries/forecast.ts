import { and, asc, gt, inArray, isNull, lt, or, sql, type SQL } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { personFacts, type PersonFacts } from '#workflows/charter/facts.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import type { Reader } from '../client.ts'
import {
	appointments,
	attendances,
	citizenships,
	clearances,
	credentials,
	employments,
	facilityAuthorisations,
	residences,
	suspensions,
} from '../schema/index.ts'

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

type Lists = {
	-readonly [K in keyof PersonFacts]: PersonFacts[K] extends readonly (infer F)[] ? F[] : PersonFacts[K]
}
type Table = PgTable & Record<'personId' | 'validFrom' | 'validUntil' | 'retractedAt', AnyPgColumn>

/**
 * What standing eligibility may know of these people from an instant on: facts that are over by then, or were taken back,
 * are left out, and so are presence and live accesses, which no look ahead asks for. Much less than `factsOf` reads.
 */
export async function factsAhead(
	reader: Reader,
	personIds: readonly string[],
	from: Date,
): Promise<Map<string, PersonFacts>> {
	const facts = new Map(
		personIds.map((personId): [string, PersonFacts] => [
			personId,
			personFacts(personId, {
				citizenships: [],
				residences: [],
				clearances: [],
				briefings: [],
				training: [],
				employments: [],
				appointments: [],
				facilities: [],
				credentials: [],
				suspensions: [],
			}),
		]),
	)
	if (personIds.length === 0) return facts
	const ids = sql`${sql.param([...personIds])}::uuid[]`
	const of = (personId: string) => facts.get(personId) as Lists
	const still = (table: Table): SQL | undefined =>
		and(
			sql`${table.personId} = any(${ids})`,
			isNull(table.retractedAt),
			or(isNull(table.validUntil), gt(table.validUntil, from)),
		)
	const dates = <T extends Table>(table: T) => ({
		personId: table.personId as T['personId'],
		validFrom: table.validFrom as T['validFrom'],
		validUntil: table.validUntil as T['validUntil'],
	})
	for (const row of await reader
		.select({ ...dates(citizenships), country: citizenships.country })
		.from(citizenships)
		.where(still(citizenships)))
		of(row.personId).citizenships.push({ country: row.country, ...validity(row) })
	for (const row of await reader
		.select({ ...dates(residences), country: residences.country, status: residences.status })
		.from(residences)
		.where(still(residences)))
		of(row.personId).residences.push({ country: row.country, status: row.status, ...validity(row) })
	const { scheme, level, issuer, state } = clearances
	for (const row of await reader
		.select({ ...dates(clearances), scheme, level, issuer, state })
		.from(clearances)
		.where(still(clearances)))
		of(row.personId).clearances.push({
			scheme: row.scheme,
			level: row.level,
			issuer: row.issuer,
			state: row.state,
			...validity(row),
		})
	for (const row of await reader
		.select({ ...dates(attendances), key: attendances.key, kind: attendances.kind })
		.from(attendances)
		.where(still(attendances)))
		of(row.personId)[row.kind === 'briefing' ? 'briefings' : 'training'].push({
			key: row.key,
			...validity(row),
		})
	const { employer, under, flowDown } = employments
	for (const row of await reader
		.select({ ...dates(employments), employer, under, flowDown })
		.from(employments)
		.where(still(employments)))
		of(row.personId).employments.push({
			employer: row.employer,
			under: row.under,
			flowDown: row.flowDown,
			...validity(row),
		})
	for (const row of await reader
		.select({ ...dates(appointments), role: appointments.role })
		.from(appointments)
		.where(still(appointments)))
		of(row.personId).appointments.push({ role: row.role, ...validity(row) })
	for (const row of await reader
		.select({ ...dates(facilityAuthorisations), facility: facilityAuthorisations.facility })
		.from(facilityAuthorisations)
		.where(still(facilityAuthorisations)))
		of(row.personId).facilities.push({ facility: row.facility, ...validity(row) })
	for (const row of await reader
		.select()
		.from(credentials)
		.where(and(sql`${credentials.personId} = any(${ids})`, isNull(credentials.revokedAt))))
		of(row.personId).credentials.push({
			deviceBound: row.deviceBound,
			attested: row.attested,
			aaguid: row.aaguid,
			...validity({ validFrom: row.createdAt, validUntil: null }),
		})
	for (const { personId, at } of await reader
		.select({ personId: suspensions.personId, at: suspensions.at })
		.from(suspensions)
		.where(and(inArray(suspensions.personId, [...personIds]), isNull(suspensions.liftedAt))))
		of(personId).suspensions.push(validity({ validFrom: at, validUntil: null }))
	return facts
}

const validity = ({ validFrom, validUntil }: { validFrom: Date; validUntil: Date | null }) => ({
	validFrom: validFrom.toISOString(),
	validUntil: validUntil?.toISOString() ?? null,
})

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
