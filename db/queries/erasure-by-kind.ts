import { and, count, eq, inArray, notInArray, sql, type SQL } from 'drizzle-orm'
import { JUDGED_KINDS } from '#workflows/people/facts/erasable-kinds.ts'
import { FACT_KINDS, type FactKind } from '#workflows/people/facts/fact-kinds.ts'
import type { Reader, Tx } from '../client.ts'
import { evidenceFiles } from '../schema/index.ts'
import { blankCases, openingsAbout, type PersonOpening } from './erasure.ts'
import { columnOf, placeOf } from './fact-rows.ts'

/** How many facts of each kind are held of these people, corrected ones too; kinds of which there are none are absent. */
export async function factsHeld(
	reader: Reader,
	personIds: readonly string[],
): Promise<Map<string, Map<FactKind, number>>> {
	const held = new Map<string, Map<FactKind, number>>(personIds.map((id) => [id, new Map()]))
	if (personIds.length === 0) return held
	for (const kind of FACT_KINDS) {
		const { table } = placeOf(kind)
		const rows = await reader
			.select({ personId: table.personId, n: count() })
			.from(table)
			.where(and(inArray(table.personId, [...personIds]), ...ofKind(kind)))
			.groupBy(table.personId)
		for (const { personId, n } of rows) held.get(personId as string)?.set(kind, n)
	}
	return held
}

/**
 * The openings that go with these kinds of fact of one person: of the facts themselves and of why any was taken back or
 * decided; the copies that requests and decisions were judged on; with clearances, all of their vetting cases.
 */
export async function openingsOfKinds(
	reader: Reader,
	personId: string,
	kinds: readonly FactKind[],
): Promise<PersonOpening[]> {
	const ids: string[] = []
	for (const kind of kinds) {
		const { table } = placeOf(kind)
		const rows = await reader
			.select({ id: table.id })
			.from(table)
			.where(and(eq(table.personId, personId), ...ofKind(kind)))
		ids.push(...rows.map(({ id }) => id as string))
	}
	const { rows } = await reader.execute<{ id: string }>(sql`
		select id from (
			select id, leaf from ledger_entries where subject = ${personId}
			union all
			select id, leaf from ledger_pending where subject = ${personId}
		) entry
		where convert_from(leaf, 'UTF8')::jsonb #>> '{open,factId}' = any(${sql.param(ids)}::text[])`)
	const entries = new Set(rows.map(({ id }) => id))
	const isJudged = kinds.some((kind) => JUDGED_KINDS.has(kind))
	return (await openingsAbout(reader, personId)).filter(
		({ entryId, kind, group }) =>
			entries.has(entryId) ||
			(isJudged && group === 'eligibility') ||
			(kinds.includes('clearance') && kind.startsWith('vetting.')),
	)
}

/** Deletes all facts of one kind about a person, with the files that nothing else rests on. Gives how many facts went. */
export async function deleteFactsOfKind(tx: Tx, personId: string, kind: FactKind): Promise<number> {
	const { table } = placeOf(kind)
	const gone = await tx
		.delete(table)
		.where(and(eq(table.personId, personId), ...ofKind(kind)))
		.returning({ fileId: table.evidenceFileId })
	const files = gone.map(({ fileId }) => fileId as string | null).filter((id) => id !== null)
	if (files.length > 0) {
		const kept = await filesInUse(tx, files)
		await tx
			.delete(evidenceFiles)
			.where(
				and(
					inArray(evidenceFiles.id, files),
					kept.length > 0 ? notInArray(evidenceFiles.id, kept) : sql`true`,
				),
			)
	}
	if (kind === 'clearance') await blankCases(tx, personId)
	return gone.length
}

/** Which of these files a fact still rests on. */
async function filesInUse(tx: Tx, fileIds: readonly string[]): Promise<string[]> {
	const used = new Set<string>()
	for (const table of new Set(FACT_KINDS.map((kind) => placeOf(kind).table))) {
		const rows = await tx
			.select({ id: table.evidenceFileId })
			.from(table)
			.where(inArray(table.evidenceFileId, [...fileIds]))
		for (const { id } of rows) used.add(id as string)
	}
	return [...used]
}

/** What sets the facts of a kind apart where several kinds share a table. */
function ofKind(kind: FactKind): SQL[] {
	const { table, fixed } = placeOf(kind)
	return Object.entries(fixed).map(([name, value]) => eq(columnOf(table, name), value))
}
