import { desc, eq, lte } from 'drizzle-orm'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { charterVersions } from '../schema/index.ts'

export type CharterVersionRow = typeof charterVersions.$inferSelect

/** The charter version in force at this instant. */
export async function charterVersionInForce(reader: Reader, at: Date): Promise<CharterVersionRow> {
	const [row] = await reader
		.select()
		.from(charterVersions)
		.where(lte(charterVersions.inForceFrom, at))
		.orderBy(desc(charterVersions.inForceFrom), desc(charterVersions.version))
		.limit(1)
	if (!row) throw new DomainError('NOTHING_IN_FORCE', 'No charter version is in force.')
	return row
}

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
