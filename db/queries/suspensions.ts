import { and, desc, eq, inArray, isNull } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { suspensionEffects, suspensionLifts, suspensions } from '../schema/index.ts'

export type SuspensionRow = typeof suspensions.$inferSelect
export type LiftRow = typeof suspensionLifts.$inferSelect
export type EffectRow = typeof suspensionEffects.$inferSelect
export type SuspensionEffect = EffectRow['effect']

export async function insertSuspension(tx: Tx, row: typeof suspensions.$inferInsert): Promise<void> {
	await tx.insert(suspensions).values(row)
}

/** The suspension that holds of this person; null when none does. */
export async function openSuspensionOf(reader: Reader, personId: string): Promise<SuspensionRow | null> {
	const [row] = await reader
		.select()
		.from(suspensions)
		.where(and(eq(suspensions.personId, personId), isNull(suspensions.liftedAt)))
	return row ?? null
}

export async function findSuspension(reader: Reader, id: string): Promise<SuspensionRow | null> {
	const [row] = await reader.select().from(suspensions).where(eq(suspensions.id, id))
	return row ?? null
}

/** Every suspension of this person, the newest first. */
export async function suspensionsOf(reader: Reader, personId: string): Promise<SuspensionRow[]> {
	return reader
		.select()
		.from(suspensions)
		.where(eq(suspensions.personId, personId))
		.orderBy(desc(suspensions.at))
}

export async function insertLift(tx: Tx, row: typeof suspensionLifts.$inferInsert): Promise<void> {
	await tx.insert(suspensionLifts).values(row)
}

/** The proposal to lift this suspension; null while there is none. */
export async function liftOf(reader: Reader, suspensionId: string): Promise<LiftRow | null> {
	const [row] = await reader
		.select()
		.from(suspensionLifts)
		.where(eq(suspensionLifts.suspensionId, suspensionId))
	return row ?? null
}

/** Closes a suspension; the two officers are in its proposal. */
export async function closeSuspension(
	tx: Tx,
	{
		id,
		liftId,
		officerId,
		entryId,
		at,
	}: Record<'id' | 'liftId' | 'officerId' | 'entryId', string> & { at: Date },
): Promise<void> {
	await tx.update(suspensionLifts).set({ confirmedBy: officerId }).where(eq(suspensionLifts.id, liftId))
	await tx.update(suspensions).set({ liftedAt: at, liftEntryId: entryId }).where(eq(suspensions.id, id))
}

export async function insertEffects(tx: Tx, rows: readonly EffectRow[]): Promise<void> {
	if (rows.length > 0) await tx.insert(suspensionEffects).values([...rows])
}

export async function effectsOf(reader: Reader, suspensionId: string): Promise<EffectRow[]> {
	return reader.select().from(suspensionEffects).where(eq(suspensionEffects.suspensionId, suspensionId))
}

/** Marks an effect confirmed; false when it was already. */
export async function confirmEffect(
	tx: Tx,
	{ suspensionId, effect, at }: { suspensionId: string; effect: SuspensionEffect; at: Date },
): Promise<boolean> {
	const rows = await tx
		.update(suspensionEffects)
		.set({ confirmedAt: at })
		.where(
			and(
				eq(suspensionEffects.suspensionId, suspensionId),
				eq(suspensionEffects.effect, effect),
				isNull(suspensionEffects.confirmedAt),
			),
		)
		.returning({ id: suspensionEffects.targetId })
	return rows.length > 0
}

/** Takes the reasons away, which may tell of the person. */
export async function blankSuspensions(tx: Tx, personId: string): Promise<void> {
	const own = tx.select({ id: suspensions.id }).from(suspensions).where(eq(suspensions.personId, personId))
	await tx.update(suspensionLifts).set({ reason: '' }).where(inArray(suspensionLifts.suspensionId, own))
	await tx.update(suspensions).set({ reason: '' }).where(eq(suspensions.personId, personId))
}
