import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { providerBoundaries, providerHolders, providerShifts } from '../schema/index.ts'

export type BoundaryRow = typeof providerBoundaries.$inferSelect
export type HolderRow = typeof providerHolders.$inferSelect
export type ShiftRow = typeof providerShifts.$inferSelect

/** Boundaries that take requests, in order of name. */
export async function openBoundaries(reader: Reader): Promise<BoundaryRow[]> {
	return reader
		.select()
		.from(providerBoundaries)
		.where(isNull(providerBoundaries.closedAt))
		.orderBy(asc(providerBoundaries.name), asc(providerBoundaries.id))
}

/** Every boundary that there ever was, by id and name; closed ones too, since a history tells of them. */
export async function allBoundaries(reader: Reader): Promise<{ key: string; title: string }[]> {
	return reader
		.select({ key: providerBoundaries.id, title: providerBoundaries.name })
		.from(providerBoundaries)
		.orderBy(asc(providerBoundaries.name), asc(providerBoundaries.id))
}

/** One boundary, or NOT_FOUND; whoever changes something of it takes turns. */
export async function lockBoundary(tx: Tx, id: string): Promise<BoundaryRow> {
	const [row] = await tx.select().from(providerBoundaries).where(eq(providerBoundaries.id, id)).for('update')
	if (!row) throw new DomainError('NOT_FOUND', 'No such boundary.', { id })
	return row
}

export async function insertBoundary(tx: Tx, row: typeof providerBoundaries.$inferInsert): Promise<void> {
	await tx.insert(providerBoundaries).values(row)
}

export async function updateBoundary(
	tx: Tx,
	id: string,
	row: Partial<Pick<BoundaryRow, 'holdersNeeded' | 'closedAt'>>,
): Promise<void> {
	await tx.update(providerBoundaries).set(row).where(eq(providerBoundaries.id, id))
}

export async function insertHolder(tx: Tx, row: typeof providerHolders.$inferInsert): Promise<void> {
	await tx.insert(providerHolders).values(row)
}

export async function lockHolder(tx: Tx, id: string): Promise<HolderRow> {
	const [row] = await tx.select().from(providerHolders).where(eq(providerHolders.id, id)).for('update')
	if (!row) throw new DomainError('NOT_FOUND', 'No such holder.', { id })
	return row
}

export async function endHolding(tx: Tx, id: string, validUntil: Date, endEntryId: string): Promise<void> {
	await tx.update(providerHolders).set({ validUntil, endEntryId }).where(eq(providerHolders.id, id))
}

/** Everybody who was recorded as holder of an open boundary and is not over at this instant. */
export async function holdersFrom(reader: Reader, at: Date): Promise<HolderRow[]> {
	return reader
		.select()
		.from(providerHolders)
		.where(sql`coalesce(${providerHolders.validUntil}, 'infinity') > ${at.toISOString()}::timestamptz`)
		.orderBy(asc(providerHolders.validFrom), asc(providerHolders.id))
}

/** Whether this person is recorded as holder of it already at some moment of this stretch. */
export async function isHolderBetween(
	reader: Reader,
	boundaryId: string,
	personId: string,
	{ from, until }: { from: Date; until: Date | null },
): Promise<boolean> {
	const rows = await reader
		.select({ id: providerHolders.id })
		.from(providerHolders)
		.where(
			and(
				eq(providerHolders.boundaryId, boundaryId),
				eq(providerHolders.personId, personId),
				sql`tstzrange(${providerHolders.validFrom}, ${providerHolders.validUntil}) &&
					tstzrange(${from.toISOString()}::timestamptz, ${until?.toISOString() ?? null}::timestamptz)`,
			),
		)
		.limit(1)
	return rows.length > 0
}

export async function insertShift(tx: Tx, row: typeof providerShifts.$inferInsert): Promise<void> {
	await tx.insert(providerShifts).values(row)
}

export async function lockShift(tx: Tx, id: string): Promise<ShiftRow> {
	const [row] = await tx.select().from(providerShifts).where(eq(providerShifts.id, id)).for('update')
	if (!row) throw new DomainError('NOT_FOUND', 'No such shift.', { id })
	return row
}

export async function removeShiftRow(
	tx: Tx,
	id: string,
	removedAt: Date,
	removeEntryId: string,
): Promise<void> {
	await tx.update(providerShifts).set({ removedAt, removeEntryId }).where(eq(providerShifts.id, id))
}

/** Everything that is in the plan, what is over included: a plan that ran out is still a plan. */
export async function plannedShifts(reader: Reader): Promise<ShiftRow[]> {
	return reader
		.select()
		.from(providerShifts)
		.where(isNull(providerShifts.removedAt))
		.orderBy(asc(providerShifts.validFrom), asc(providerShifts.id))
}

/** Takes out what shows that this person held a role; that they did stays. */
export async function blankHoldings(tx: Tx, personId: string): Promise<void> {
	await tx.update(providerHolders).set({ evidence: '–' }).where(eq(providerHolders.personId, personId))
}
