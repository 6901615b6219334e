import { and, desc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { FACT_KINDS, type FactKind, type FactValues } from '#workflows/people/facts/fact-kinds.ts'
import type { FactSource } from '#workflows/ledger/primitives.schema.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import {
	agreements,
	appointments,
	attendances,
	citizenships,
	clearances,
	employments,
	evidenceFiles,
	facilityAuthorisations,
	readIns,
	reportableEvents,
	residences,
	travels,
	visits,
} from '../schema/index.ts'

type FactTable = PgTable & Record<keyof FactBase, AnyPgColumn>
type Place = { table: FactTable; fixed: Readonly<Record<string, string>>; names: readonly string[] }

const at = (table: FactTable, names: readonly string[], fixed: Place['fixed'] = {}): Place => ({
	table,
	names,
	fixed,
})

/** Where facts of each kind lie: the columns that are called as their values are. */
const PLACES: Readonly<Record<FactKind, Place>> = {
	citizenship: at(citizenships, ['country', 'document', 'issuer']),
	residence: at(residences, ['country', 'status']),
	clearance: at(clearances, ['scheme', 'level', 'issuer', 'state', 'post', 'sponsorId']),
	readIn: at(readIns, ['caveat']),
	briefing: at(attendances, ['key'], { kind: 'briefing' }),
	training: at(attendances, ['key'], { kind: 'training' }),
	agreement: at(agreements, ['key', 'party']),
	employment: at(employments, ['employer', 'under', 'flowDown']),
	appointment: at(appointments, ['role']),
	facility: at(facilityAuthorisations, ['facility']),
	travel: at(travels, ['countries', 'itinerary']),
	visit: at(visits, ['host', 'country', 'contact', 'purpose', 'scheme', 'level']),
	event: at(reportableEvents, ['event', 'details', 'reporter', 'severity']),
}

/** Where facts of this kind lie. */
export const placeOf = (kind: FactKind): Place => PLACES[kind]

/** What every fact has, whatever its kind. */
export type FactBase = {
	id: string
	personId: string
	validFrom: Date
	validUntil: Date | null
	recordedAt: Date
	recordedBy: string | null
	source: FactSource
	evidence: string
	evidenceFileId: string | null
	corrects: string | null
	verifiedAt: Date | null
	verifiedBy: string | null
	retractedAt: Date | null
	retractedBy: string | null
	retractionReason: string | null
}
/** Values of a fact as they are stored; those of before a value was asked for are null. */
export type StoredValues = Record<string, string | boolean | readonly string[] | null>
export type FactRow = FactBase & {
	kind: FactKind
	values: StoredValues
	/** Of the stored file that it rests on. */
	evidenceSha256: string | null
	/** What happened to it after it was recorded: travel decided and debriefed, event triaged. */
	course: FactCourse
}
export type FactCourse = {
	verdict: 'approved' | 'refused' | null
	decidedAt: Date | null
	decidedBy: string | null
	debriefedAt: Date | null
	debriefedBy: string | null
	triagedAt: Date | null
	triagedBy: string | null
	outcome: string | null
}

/** All facts of one person of these kinds, retracted ones too, newest begin first. */
export async function factRowsOf(
	reader: Reader,
	personId: string,
	kinds: readonly FactKind[] = FACT_KINDS,
): Promise<FactRow[]> {
	const rows: FactRow[] = []
	for (const kind of kinds)
		rows.push(...(await rowsWhere(reader, kind, eq(PLACES[kind].table.personId, personId))))
	return rows
}

/** All facts of one kind of these people that are not taken back. */
export async function currentFactsOf(
	reader: Reader,
	kind: FactKind,
	personIds: readonly string[],
): Promise<FactRow[]> {
	if (personIds.length === 0) return []
	const { table } = PLACES[kind]
	return rowsWhere(reader, kind, inArray(table.personId, [...personIds]), isNull(table.retractedAt))
}

/** One fact of a person, or NOT_FOUND. */
export async function findFact(
	reader: Reader,
	{ personId, kind, factId }: { personId: string; kind: FactKind; factId: string },
): Promise<FactRow> {
	const { table } = PLACES[kind]
	const [row] = await rowsWhere(reader, kind, eq(table.personId, personId), eq(table.id, factId))
	if (!row) throw new DomainError('NOT_FOUND', 'No such fact.', { factId })
	return row
}

async function rowsWhere(reader: Reader, kind: FactKind, ...conditions: SQL[]): Promise<FactRow[]> {
	const { table, fixed, names } = PLACES[kind]
	const rows = await reader
		.select({ fact: table, sha256: evidenceFiles.sha256 })
		.from(table)
		.leftJoin(evidenceFiles, eq(evidenceFiles.id, table.evidenceFileId))
		.where(
			and(...conditions, ...Object.entries(fixed).map(([name, value]) => eq(columnOf(table, name), value))),
		)
		.orderBy(desc(table.validFrom), desc(table.id))
	return rows.map(({ fact, sha256 }) => {
		const row = fact as FactBase & StoredValues & Partial<FactCourse>
		return {
			...baseOf(row),
			kind,
			values: Object.fromEntries(names.map((name) => [name, row[name] ?? null])),
			evidenceSha256: sha256,
			course: courseOf(row),
		}
	})
}

export const columnOf = (table: FactTable, name: string) =>
	(table as unknown as Record<string, AnyPgColumn>)[name] as AnyPgColumn

const baseOf = (row: FactBase): FactBase => ({
	id: row.id,
	personId: row.personId,
	validFrom: row.validFrom,
	validUntil: row.validUntil,
	recordedAt: row.recordedAt,
	recordedBy: row.recordedBy,
	source: row.source,
	evidence: row.evidence,
	evidenceFileId: row.evidenceFileId,
	corrects: row.corrects,
	verifiedAt: row.verifiedAt,
	verifiedBy: row.verifiedBy,
	retractedAt: row.retractedAt,
	retractedBy: row.retractedBy,
	retractionReason: row.retractionReason,
})

const courseOf = (row: Partial<FactCourse>): FactCourse => ({
	verdict: row.verdict ?? null,
	decidedAt: row.decidedAt ?? null,
	decidedBy: row.decidedBy ?? null,
	debriefedAt: row.debriefedAt ?? null,
	debriefedBy: row.debriefedBy ?? null,
	triagedAt: row.triagedAt ?? null,
	triagedBy: row.triagedBy ?? null,
	outcome: row.outcome ?? null,
})

export type NewFact<K extends FactKind> = Omit<
	FactBase,
	'verifiedAt' | 'verifiedBy' | 'retractedAt' | 'retractedBy' | 'retractionReason'
> & {
	kind: K
	values: FactValues[K]
	verifiedAt?: Date | null
	verifiedBy?: string | null
}

/** Adds a fact. What it says stands in columns of the same names; a clearance put right stays the same clearance. */
export async function insertFact<K extends FactKind>(
	tx: Tx,
	{ kind, values, ...base }: NewFact<K>,
): Promise<void> {
	const { table, fixed } = PLACES[kind]
	const stated = kind === 'clearance' ? await statedBefore(tx, base.corrects, values) : {}
	await tx.insert(table).values({ ...base, ...fixed, ...values, ...stated } as never)
}

/** What a vetting case noted of a clearance beside its values: it goes on to what corrects it, unless that is another one. */
async function statedBefore(tx: Tx, corrected: string | null, { scheme, level }: StoredValues) {
	if (corrected === null) return {}
	const { clearanceId, conditions, issuedAt } = clearances
	const [before] = await tx
		.select({ scheme: clearances.scheme, level: clearances.level, clearanceId, conditions, issuedAt })
		.from(clearances)
		.where(eq(clearances.id, corrected))
	if (!before || before.scheme !== scheme || before.level !== level) return {}
	return { clearanceId: before.clearanceId, conditions: before.conditions, issuedAt: before.issuedAt }
}

/** As `insertFact`, for many of one kind, some hundred in each statement. */
export async function insertFacts(
	tx: Tx,
	kind: FactKind,
	facts: readonly NewFact<FactKind>[],
): Promise<void> {
	const { table, fixed } = PLACES[kind]
	for (let from = 0; from < facts.length; from += ROWS_AT_ONCE)
		await tx
			.insert(table)
			.values(
				facts
					.slice(from, from + ROWS_AT_ONCE)
					.map(({ kind: _, values, ...base }) => ({ ...base, ...fixed, ...values })),
			)
}
const ROWS_AT_ONCE = 500

/** Notes since when a fact is known to be wrong; false where it was taken back before. */
export async function retractFact(
	tx: Tx,
	{ kind, id }: Pick<FactRow, 'kind' | 'id'>,
	{ at: retractedAt, by, reason }: { at: Date; by: string; reason: string },
): Promise<boolean> {
	return noteOnce(tx, kind, id, 'retractedAt', {
		retractedAt,
		retractedBy: by,
		retractionReason: reason,
	})
}

/** Notes who saw the original; false where somebody had before. */
export async function verifyFact(
	tx: Tx,
	{ kind, id }: Pick<FactRow, 'kind' | 'id'>,
	{ at: verifiedAt, by }: { at: Date; by: string },
): Promise<boolean> {
	return noteOnce(tx, kind, id, 'verifiedAt', { verifiedAt, verifiedBy: by })
}

/** Notes a step in the course of a journey or a reported event; false where it was taken before. */
export async function noteCourse(
	tx: Tx,
	{ kind, id }: Pick<FactRow, 'kind' | 'id'>,
	once: 'decidedAt' | 'debriefedAt' | 'triagedAt',
	course: Partial<FactCourse>,
): Promise<boolean> {
	return noteOnce(tx, kind, id, once, course)
}

async function noteOnce(
	tx: Tx,
	kind: FactKind,
	id: string,
	once: string,
	columns: Record<string, unknown>,
): Promise<boolean> {
	const { table } = PLACES[kind]
	const done = await tx
		.update(table)
		.set(columns)
		.where(and(eq(table.id, id), isNull(table.retractedAt), isNull(columnOf(table, once))))
		.returning({ one: sql`1` })
	return done.length > 0
}
