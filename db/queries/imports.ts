import { and, desc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { peopleImportPieces, peopleImports, people } from '../schema/index.ts'
import { connectionOf } from '../transaction.ts'

export type ImportRow = typeof peopleImports.$inferSelect
export type Piece = typeof peopleImportPieces.$inferSelect
export type ImportPart = Piece['part']

export async function insertImport(tx: Tx, row: typeof peopleImports.$inferInsert): Promise<void> {
	await tx.insert(peopleImports).values(row)
}

/** Notes what became of an import, or what another dry run of it found. */
export async function updateImport(tx: Tx, id: string, row: Partial<ImportRow>): Promise<void> {
	await tx.update(peopleImports).set(row).where(eq(peopleImports.id, id))
}

/** One import, or NOT_FOUND. */
export async function findImport(reader: Reader, id: string): Promise<ImportRow> {
	const [row] = await reader.select().from(peopleImports).where(eq(peopleImports.id, id))
	if (!row) throw new DomainError('NOT_FOUND', 'No such import.', { id })
	return row
}

/** As `findImport`, so that nobody else applies it meanwhile. */
export async function lockImport(tx: Tx, id: string): Promise<ImportRow> {
	const [row] = await tx.select().from(peopleImports).where(eq(peopleImports.id, id)).for('update')
	if (!row) throw new DomainError('NOT_FOUND', 'No such import.', { id })
	return row
}

/** The newest imports first, with the name of who uploaded each. */
export async function listImports(
	reader: Reader,
	limit: number,
): Promise<(ImportRow & { uploaderName: string })[]> {
	const rows = await reader
		.select({ row: peopleImports, uploaderName: people.displayName })
		.from(peopleImports)
		.innerJoin(people, eq(people.id, peopleImports.uploadedBy))
		.orderBy(desc(peopleImports.uploadedAt), desc(peopleImports.id))
		.limit(limit)
	return rows.map(({ row, uploaderName }) => ({ ...row, uploaderName }))
}

/** How many files wait for somebody to apply or discard them. */
export async function countWaitingImports(reader: Reader, at: Date): Promise<number> {
	return reader.$count(
		peopleImports,
		and(
			isNull(peopleImports.appliedAt),
			isNull(peopleImports.discardedAt),
			sql`${peopleImports.expiresAt} > ${at.toISOString()}`,
		),
	)
}

export async function insertPieces(tx: Tx, pieces: readonly Piece[]): Promise<void> {
	for (let from = 0; from < pieces.length; from += PIECES_AT_ONCE)
		await tx.insert(peopleImportPieces).values(pieces.slice(from, from + PIECES_AT_ONCE))
}
const PIECES_AT_ONCE = 200

/** One piece of a part; null where there is none. */
export async function findPiece(
	reader: Reader,
	importId: string,
	part: ImportPart,
	position: number,
): Promise<Piece | null> {
	const [row] = await reader
		.select()
		.from(peopleImportPieces)
		.where(
			and(
				eq(peopleImportPieces.importId, importId),
				eq(peopleImportPieces.part, part),
				eq(peopleImportPieces.position, position),
			),
		)
	return row ?? null
}

/** Takes pieces of these parts away; of all parts where an import is over. */
export async function deletePieces(tx: Tx, importId: string, parts: readonly ImportPart[]): Promise<void> {
	await tx
		.delete(peopleImportPieces)
		.where(and(eq(peopleImportPieces.importId, importId), inArray(peopleImportPieces.part, [...parts])))
}

/** Destroys what expired imports held; their counts stay. */
export async function purgeImports(tx: Tx, at: Date): Promise<void> {
	await tx
		.delete(peopleImportPieces)
		.where(
			inArray(
				peopleImportPieces.importId,
				tx.select({ id: peopleImports.id }).from(peopleImports).where(lte(peopleImports.expiresAt, at)),
			),
		)
}

/** Discards every file that waits, with what it holds. */
export async function discardWaitingImports(tx: Tx, at: Date): Promise<void> {
	const waiting = and(isNull(peopleImports.appliedAt), isNull(peopleImports.discardedAt))
	await tx.delete(peopleImportPieces)
	await tx.update(peopleImports).set({ discardedAt: at }).where(waiting)
}

export type KnownPerson = {
	id: string
	displayName: string
	userPrincipalName: string
	entraObjectId: string
	employer: string
	personnelNumber: string | null
	managerId: string | null
}

/** Everybody who has one of these identifiers: user principal names in small letters, object ids, personnel numbers. */
export async function peopleIdentified(
	reader: Reader,
	{
		names,
		objectIds,
		numbers,
	}: { names: readonly string[]; objectIds: readonly string[]; numbers: readonly string[] },
): Promise<KnownPerson[]> {
	const any = (values: readonly string[], type: 'text' | 'uuid') =>
		sql`any(${sql.param([...values])}::${sql.raw(type)}[])`
	return reader
		.select({
			id: people.id,
			displayName: people.displayName,
			userPrincipalName: people.userPrincipalName,
			entraObjectId: people.entraObjectId,
			employer: people.employer,
			personnelNumber: people.personnelNumber,
			managerId: people.managerId,
		})
		.from(people)
		.where(
			or(
				sql`lower(${people.userPrincipalName}) = ${any(names, 'text')}`,
				sql`${people.entraObjectId} = ${any(objectIds, 'uuid')}`,
				sql`${people.personnelNumber} = ${any(numbers, 'text')}`,
			),
		)
}

/** Who manages whom, of everybody. */
export async function allManagers(reader: Reader): Promise<Map<string, string | null>> {
	const rows = await reader.select({ id: people.id, managerId: people.managerId }).from(people)
	return new Map(rows.map(({ id, managerId }) => [id, managerId]))
}

/** Adds many people; managers are set afterwards, since they may be among them. */
export async function insertPeople(tx: Tx, rows: readonly (typeof people.$inferInsert)[]): Promise<void> {
	for (let from = 0; from < rows.length; from += PEOPLE_AT_ONCE)
		await tx.insert(people).values(rows.slice(from, from + PEOPLE_AT_ONCE))
}
const PEOPLE_AT_ONCE = 1000

/** Puts right who many people are. */
export async function updatePeople(
	tx: Tx,
	rows: readonly {
		id: string
		displayName: string
		userPrincipalName: string
		employer: string
		personnelNumber: string | null
	}[],
): Promise<void> {
	if (rows.length === 0) return
	await connectionOf(tx).query({
		text: `update people p set display_name = n.name, user_principal_name = n.upn, employer = n.employer, personnel_number = n.number
			from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) as n(id, name, upn, employer, number)
			where p.id = n.id`,
		values: [
			rows.map(({ id }) => id),
			rows.map(({ displayName }) => displayName),
			rows.map(({ userPrincipalName }) => userPrincipalName),
			rows.map(({ employer }) => employer),
			rows.map(({ personnelNumber }) => personnelNumber),
		],
	})
}

/** Sets who manages each of these people. */
export async function setManagers(
	tx: Tx,
	rows: readonly { personId: string; managerId: string }[],
): Promise<void> {
	if (rows.length === 0) return
	await connectionOf(tx).query({
		text: `update people p set manager_id = n.manager from unnest($1::uuid[], $2::uuid[]) as n(id, manager) where p.id = n.id`,
		values: [rows.map(({ personId }) => personId), rows.map(({ managerId }) => managerId)],
	})
}
