import { and, asc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { GrantContext } from '#workflows/grants/grant-context.ts'
import type { GrantState } from '#workflows/grants/grant-states.ts'
import type { Reader, Tx } from '../client.ts'
import {
	absences,
	appointments,
	coverageGaps,
	grants,
	people,
	providerReadings,
	providerSightings,
} from '../schema/index.ts'

export type ReadingRow = typeof providerReadings.$inferSelect
export type SightingRow = typeof providerSightings.$inferSelect
export type GapRow = typeof coverageGaps.$inferSelect

/** People who are appointed to each of these roles at some time between these instants. */
export async function appointedInto(
	reader: Reader,
	roles: readonly string[],
	{ from, until }: { from: Date; until: Date },
): Promise<{ role: string; personId: string }[]> {
	if (roles.length === 0) return []
	return reader
		.selectDistinct({ role: appointments.role, personId: appointments.personId })
		.from(appointments)
		.where(
			and(
				inArray(appointments.role, [...roles]),
				isNull(appointments.retractedAt),
				lt(appointments.validFrom, until),
				or(isNull(appointments.validUntil), gt(appointments.validUntil, from)),
			),
		)
		.orderBy(asc(appointments.role), asc(appointments.personId))
}

/** When these people are away between these instants. */
export async function absencesBetween(
	reader: Reader,
	personIds: readonly string[],
	{ from, until }: { from: Date; until: Date },
) {
	if (personIds.length === 0) return []
	return reader
		.select({
			personId: absences.personId,
			from: absences.validFrom,
			until: absences.validUntil,
		})
		.from(absences)
		.where(
			and(
				inArray(absences.personId, [...personIds]),
				lt(absences.validFrom, until),
				gt(absences.validUntil, from),
			),
		)
}

/** Accesses of these states to roles that assign a directory role of the whole tenant. */
export async function accessesTo(
	reader: Reader,
	directoryRoles: readonly string[],
	states: readonly GrantState[],
): Promise<{ personId: string; directoryRole: string; state: GrantState; context: GrantContext }[]> {
	if (directoryRoles.length === 0) return []
	const directoryRole = sql<string>`lower(coalesce(${grants.context} -> 'place' ->> 'roleDefinitionId', ${grants.context} ->> 'roleDefinitionId'))`
	return reader
		.select({ personId: grants.personId, directoryRole, state: grants.state, context: grants.context })
		.from(grants)
		.where(
			and(
				inArray(grants.state, [...states]),
				inArray(directoryRole, [...directoryRoles]),
				sql`coalesce(${grants.context} -> 'place' ->> 'directoryScopeId', ${grants.context} ->> 'directoryScopeId') = '/'`,
			),
		)
}

/** Who has these accounts in Entra, by object id in lower case. */
export async function peopleByAccount(
	reader: Reader,
	objectIds: readonly string[],
): Promise<Map<string, string>> {
	// What is no uuid is the account of nobody, and no question to put to the database.
	const ids = [...new Set(objectIds)].filter((id) => UUID.test(id))
	if (ids.length === 0) return new Map()
	const rows = await reader
		.select({ id: people.id, account: people.entraObjectId })
		.from(people)
		.where(inArray(people.entraObjectId, ids))
	return new Map(rows.map((row) => [row.account, row.id]))
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export async function readings(reader: Reader): Promise<Map<string, ReadingRow>> {
	return new Map((await reader.select().from(providerReadings)).map((row) => [row.boundaryId, row]))
}

export async function sightings(reader: Reader): Promise<SightingRow[]> {
	return reader.select().from(providerSightings).orderBy(asc(providerSightings.objectId))
}

/** Puts what the tenant answered in the place of what it answered before. */
export async function replaceSightings(
	tx: Tx,
	boundaryId: string,
	rows: readonly (typeof providerSightings.$inferInsert)[],
	at: Date,
): Promise<void> {
	await storeReading(tx, { boundaryId, readAt: at, triedAt: at, trouble: null })
	await tx.delete(providerSightings).where(eq(providerSightings.boundaryId, boundaryId))
	if (rows.length > 0) await tx.insert(providerSightings).values([...rows])
}

/** Notes that the tenant did not answer; what it answered before stands until it is too old. */
export async function noteTrouble(tx: Tx, boundaryId: string, trouble: string, at: Date): Promise<void> {
	await tx
		.insert(providerReadings)
		.values({ boundaryId, readAt: null, triedAt: at, trouble })
		.onConflictDoUpdate({ target: providerReadings.boundaryId, set: { triedAt: at, trouble } })
}

async function storeReading(tx: Tx, row: ReadingRow): Promise<void> {
	const { boundaryId, ...set } = row
	await tx
		.insert(providerReadings)
		.values(row)
		.onConflictDoUpdate({ target: providerReadings.boundaryId, set })
	// Whoever replaces what was seen takes turns with others who do.
	await tx
		.select({ boundaryId: providerReadings.boundaryId })
		.from(providerReadings)
		.where(eq(providerReadings.boundaryId, boundaryId))
		.for('update')
}

const GAPS = 'coverage gaps'

/** Gaps that are not closed. Whoever changes them holds this until the end of the transaction. */
export async function holdGaps(tx: Tx): Promise<GapRow[]> {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${GAPS}, 0))`)
	return openGaps(tx)
}

export async function openGaps(reader: Reader): Promise<GapRow[]> {
	return reader
		.select()
		.from(coverageGaps)
		.where(isNull(coverageGaps.closedAt))
		.orderBy(asc(coverageGaps.startsAt), asc(coverageGaps.id))
}

export async function insertGap(tx: Tx, row: typeof coverageGaps.$inferInsert): Promise<void> {
	await tx.insert(coverageGaps).values(row)
}

export async function updateGap(
	tx: Tx,
	id: string,
	row: Partial<Pick<GapRow, 'startsAt' | 'endsAt' | 'told' | 'closedAt'>>,
): Promise<void> {
	await tx.update(coverageGaps).set(row).where(eq(coverageGaps.id, id))
}
