import { desc, eq, sql } from 'drizzle-orm'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { charterVersions } from '../schema/index.ts'
import { runNamed } from '../transaction.ts'

export type CharterVersionRow = typeof charterVersions.$inferSelect

/** Keys of advisory locks are numbers; this one stands for the charter in force. */
const CHARTER_LOCK = 727_276

/**
 * Makes the charter in force stand still until the transaction ends: `judge` for all who judge under it, side by side;
 * `change` for the one who puts another into force, alone. Taken first, so that what was judged under the old version
 * is committed before the new one looks for what it ends.
 */
export async function holdCharter(tx: Tx, why: 'judge' | 'change'): Promise<void> {
	await tx.execute(
		why === 'judge'
			? sql`select pg_advisory_xact_lock_shared(${CHARTER_LOCK})`
			: sql`select pg_advisory_xact_lock(${CHARTER_LOCK})`,
	)
}

/**
 * The id of the charter version that was in force at this instant; without one, of the version in force. A version is
 * stored when it comes into force and not before, so the newest is the one.
 */
export async function versionIdInForce(reader: Reader, at?: Date): Promise<string> {
	const [row] = await runNamed<{ id: string }>(reader, {
		name: at === undefined ? 'charter_in_force' : 'charter_in_force_at',
		text: `select id from charter_versions ${at === undefined ? '' : 'where in_force_from <= $1'}
			order by in_force_from desc, version desc limit 1`,
		values: at === undefined ? [] : [at],
	})
	if (!row) throw new DomainError('NOTHING_IN_FORCE', 'No charter version is in force.')
	return row.id
}

/** That version itself. */
export const charterVersionInForce = async (reader: Reader, at?: Date): Promise<CharterVersionRow> =>
	findCharterVersion(reader, await versionIdInForce(reader, at))

export async function findCharterVersion(reader: Reader, id: string): Promise<CharterVersionRow> {
	const [row] = await reader.select().from(charterVersions).where(eq(charterVersions.id, id))
	if (!row) throw new DomainError('NOT_FOUND', 'No such charter version.', { id })
	return row
}

export async function insertCharterVersion(tx: Tx, row: typeof charterVersions.$inferInsert): Promise<void> {
	await tx.insert(charterVersions).values(row)
}

/** Every charter version that was ever in force, newest first. */
export async function listCharterVersions(reader: Reader): Promise<CharterVersionRow[]> {
	return reader.select().from(charterVersions).orderBy(desc(charterVersions.version))
}

/** The version of this number, or NOT_FOUND. */
export async function findCharterVersionNumber(reader: Reader, version: number): Promise<CharterVersionRow> {
	const [row] = await reader
		.select()
		.from(charterVersions)
		.where(eq(charterVersions.version, version))
		.orderBy(desc(charterVersions.inForceFrom))
		.limit(1)
	if (!row) throw new DomainError('NOT_FOUND', 'No such charter version.', { version })
	return row
}
