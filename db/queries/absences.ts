import { and, asc, eq, gt, inArray, isNull, lte, or } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { absences, people } from '../schema/index.ts'

export type AbsenceRow = typeof absences.$inferSelect

export async function insertAbsence(tx: Tx, row: typeof absences.$inferInsert): Promise<void> {
	await tx.insert(absences).values(row)
}

export async function findAbsence(tx: Tx, id: string): Promise<AbsenceRow> {
	const [row] = await tx.select().from(absences).where(eq(absences.id, id)).for('update')
	if (!row) throw new DomainError('NOT_FOUND', 'No such absence.', { id })
	return row
}

/** Ends an absence; one that has not begun ends where it begins, and so never was. */
export async function endAbsence(tx: Tx, row: AbsenceRow, at: Date, endEntryId: string): Promise<void> {
	const validUntil = at < row.validFrom ? row.validFrom : at
	await tx.update(absences).set({ validUntil, endEntryId }).where(eq(absences.id, row.id))
}

const runsAt = (at: Date) => and(lte(absences.validFrom, at), gt(absences.validUntil, at))

/** Who of these people is away at this moment, and until when. */
export async function awayAt(
	reader: Reader,
	personIds: readonly string[],
	at: Date,
): Promise<Map<string, AbsenceRow>> {
	if (personIds.length === 0) return new Map()
	const rows = await reader
		.select()
		.from(absences)
		.where(and(inArray(absences.personId, [...personIds]), runsAt(at)))
		.orderBy(asc(absences.validUntil))
	return new Map(rows.map((row) => [row.personId, row]))
}

/** The absences in which this person stands in for somebody at this moment. */
export async function standingInAt(reader: Reader, personId: string, at: Date): Promise<AbsenceRow[]> {
	return reader
		.select()
		.from(absences)
		.where(and(eq(absences.standInId, personId), runsAt(at)))
		.orderBy(asc(absences.validFrom), asc(absences.id))
}

/** Absences of this person, and those in which they stand in, that are not over. */
export async function absencesOf(reader: Reader, personId: string, at: Date) {
	const standIn = alias(people, 'stand_in')
	return reader
		.select({
			id: absences.id,
			personId: absences.personId,
			personName: people.displayName,
			standInName: standIn.displayName,
			validFrom: absences.validFrom,
			validUntil: absences.validUntil,
		})
		.from(absences)
		.innerJoin(people, eq(people.id, absences.personId))
		.leftJoin(standIn, eq(standIn.id, absences.standInId))
		.where(
			and(or(eq(absences.personId, personId), eq(absences.standInId, personId)), gt(absences.validUntil, at)),
		)
		.orderBy(asc(absences.validFrom))
}

/** Whether this person is away already at some moment of this stretch. */
export async function isAwayBetween(
	reader: Reader,
	personId: string,
	from: Date,
	until: Date,
): Promise<boolean> {
	const rows = await reader
		.select({ id: absences.id })
		.from(absences)
		.where(
			and(
				eq(absences.personId, personId),
				isNull(absences.endEntryId),
				lte(absences.validFrom, until),
				gt(absences.validUntil, from),
			),
		)
		.limit(1)
	return rows.length > 0
}
