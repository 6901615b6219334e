import { and, eq, isNull } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { grants } from '../schema/index.ts'

/**
 * Notes that the tenant is about to be asked for an access, if it is still to be given; false where it is not, and then
 * nothing may be sent. Whoever ends the access waits for this transaction, or is seen by it.
 */
export async function noteSending(tx: Tx, grantId: string, at: Date): Promise<boolean> {
	const [row] = await tx
		.select({ state: grants.state })
		.from(grants)
		.where(eq(grants.id, grantId))
		.for('update')
	if (row?.state !== 'provisioning') return false
	await noteSent(tx, grantId, at)
	return true
}

/** When the tenant was last asked with an effect that may be; null where nothing that was sent can have had any. */
export async function noteSent(tx: Tx, grantId: string, at: Date | null): Promise<void> {
	await tx.update(grants).set({ sentAt: at }).where(eq(grants.id, grantId))
}

/** Notes that the tenant took the removal of an access, at this time unless it did before: it was there. */
export async function noteRemovalTaken(tx: Tx, grantId: string, at: Date): Promise<void> {
	await tx
		.update(grants)
		.set({ removalTakenAt: at })
		.where(and(eq(grants.id, grantId), isNull(grants.removalTakenAt)))
}

/** Notes that the tenant calls the request made, or decided, at this time unless it did before. */
export async function noteMadeSeen(tx: Tx, grantId: string, at: Date): Promise<void> {
	await tx
		.update(grants)
		.set({ madeSeenAt: at })
		.where(and(eq(grants.id, grantId), isNull(grants.madeSeenAt)))
}

/** Whether this access is still to be given. */
export async function isToBeGiven(reader: Reader, grantId: string): Promise<boolean> {
	const [row] = await reader.select({ state: grants.state }).from(grants).where(eq(grants.id, grantId))
	return row?.state === 'provisioning'
}
