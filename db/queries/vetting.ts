import { and, asc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm'
import type { SnapshotFrom } from 'xstate'
import type { Managers } from '#workflows/people/direct-line.ts'
import { VETTING_MACHINE_VERSION, vettingCaseMachine } from '#workflows/people/vetting-case.machine.ts'
import type { Decided } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { clearances, people, vettingCases, vettingEvidence } from '../schema/index.ts'
import { rememberStep, saveTimers, stale, type Step } from './workflow-rows.ts'

export type VettingRow = typeof vettingCases.$inferSelect
export type EvidenceRow = typeof vettingEvidence.$inferSelect
export type ClearanceRow = typeof clearances.$inferSelect
export type StoredCase = { row: VettingRow; snapshot: SnapshotFrom<typeof vettingCaseMachine> }

/** One case with its statechart as it stands. `lock` makes other steps on it wait until this transaction ends. */
export async function loadCase(reader: Reader, id: string, lock = false): Promise<StoredCase> {
	const query = reader.select().from(vettingCases).where(eq(vettingCases.id, id))
	const [row] = lock ? await query.for('update') : await query
	if (!row) throw new DomainError('NOT_FOUND', 'No such case.', { id })
	return { row, snapshot: vettingCaseMachine.resolveState({ value: row.state, context: row.context }) }
}

/** Whom a case is about, without locking it: people are locked before it. */
export async function subjectOfCase(reader: Reader, id: string): Promise<string> {
	const [row] = await reader
		.select({ personId: vettingCases.personId })
		.from(vettingCases)
		.where(eq(vettingCases.id, id))
	if (!row) throw new DomainError('NOT_FOUND', 'No such case.', { id })
	return row.personId
}

export type NewCase = Pick<
	VettingRow,
	| 'personId'
	| 'scheme'
	| 'level'
	| 'post'
	| 'sponsorId'
	| 'neededFrom'
	| 'neededUntil'
	| 'openedBy'
	| 'createdAt'
>

const copied = ({ next: { value, context } }: Decided<typeof vettingCaseMachine>) => ({
	state: value,
	context,
	sponsorId: context.sponsorId,
	dueAt: context.dueAt === null ? null : new Date(context.dueAt),
	validUntil: context.validUntil === null ? null : new Date(context.validUntil),
	papersAsked: context.papersAsked,
	machineVersion: VETTING_MACHINE_VERSION,
})

/** Stores a case that has just been opened, with its deadlines. CASE_UNDERWAY when one for the same is on the way. */
export async function insertCase(
	tx: Tx,
	row: NewCase,
	decided: Decided<typeof vettingCaseMachine>,
	step: Step,
): Promise<void> {
	const id = decided.next.context.caseId
	await tx.insert(vettingCases).values({ ...row, ...copied(decided), id, version: 1 })
	await saveTimers(tx, 'vetting', id, decided)
	await rememberStep(tx, 'vetting', id, 1, decided.next.value, step)
}

/** Stores the state after a step; STALE_VERSION when somebody else was faster. */
export async function saveCaseStep(
	tx: Tx,
	{ row }: StoredCase,
	decided: Decided<typeof vettingCaseMachine>,
	step: Step,
	more: Partial<Pick<VettingRow, 'terms' | 'proposedTerms' | 'proposedBy' | 'confirmedBy'>> = {},
): Promise<void> {
	const version = row.version + 1
	const updated = await tx
		.update(vettingCases)
		.set({ ...copied(decided), ...more, version })
		.where(and(eq(vettingCases.id, row.id), eq(vettingCases.version, row.version)))
		.returning({ id: vettingCases.id })
	if (updated.length === 0) throw stale()
	await saveTimers(tx, 'vetting', row.id, decided)
	await rememberStep(tx, 'vetting', row.id, version, decided.next.value, step)
}

export async function insertEvidence(tx: Tx, row: typeof vettingEvidence.$inferInsert): Promise<void> {
	await tx.insert(vettingEvidence).values(row)
}

/** What was handed in for a case, oldest first, with who ticked it. */
export async function evidenceOfCase(
	reader: Reader,
	caseId: string,
): Promise<(EvidenceRow & { recorderName: string })[]> {
	const rows = await reader
		.select({ evidence: vettingEvidence, recorderName: people.displayName })
		.from(vettingEvidence)
		.innerJoin(people, eq(people.id, vettingEvidence.recordedBy))
		.where(eq(vettingEvidence.caseId, caseId))
		.orderBy(asc(vettingEvidence.recordedAt), asc(vettingEvidence.id))
	return rows.map(({ evidence, recorderName }) => ({ ...evidence, recorderName }))
}

/** Clearances of a person that are believed now, whatever their state and time. */
export async function clearancesBelieved(reader: Reader, personId: string): Promise<ClearanceRow[]> {
	return reader
		.select()
		.from(clearances)
		.where(and(eq(clearances.personId, personId), isNull(clearances.retractedAt)))
		.orderBy(asc(clearances.recordedAt), asc(clearances.id))
}

/** Every row that tells the history of these clearances, in the order in which it became known. */
export async function clearanceHistory(
	reader: Reader,
	clearanceIds: readonly string[],
): Promise<ClearanceRow[]> {
	if (clearanceIds.length === 0) return []
	return reader
		.select()
		.from(clearances)
		.where(inArray(clearances.clearanceId, [...clearanceIds]))
		.orderBy(asc(clearances.recordedAt), asc(clearances.validFrom), asc(clearances.id))
}

/** From `at` on it is known that this row no longer says what holds. */
export async function retractClearance(tx: Tx, id: string, at: Date): Promise<void> {
	await tx.update(clearances).set({ retractedAt: at }).where(eq(clearances.id, id))
}

export async function insertClearance(tx: Tx, row: typeof clearances.$inferInsert): Promise<void> {
	await tx.insert(clearances).values(row)
}

/** Cases of this person and scheme in these states, locked for a step. */
export async function casesOfPeople(
	tx: Tx,
	personIds: readonly string[],
	states: readonly VettingRow['state'][],
): Promise<StoredCase[]> {
	if (personIds.length === 0) return []
	return storedCases(tx, inArray(vettingCases.personId, [...personIds]), states)
}

/** As `casesOfPeople`, for one person and one scheme. */
export async function casesOfPerson(
	tx: Tx,
	personId: string,
	scheme: string,
	states: readonly VettingRow['state'][],
): Promise<StoredCase[]> {
	return storedCases(tx, and(eq(vettingCases.personId, personId), eq(vettingCases.scheme, scheme)), states)
}

async function storedCases(
	tx: Tx,
	condition: SQL | undefined,
	states: readonly VettingRow['state'][],
): Promise<StoredCase[]> {
	const rows = await tx
		.select()
		.from(vettingCases)
		.where(and(condition, inArray(vettingCases.state, [...states])))
		.orderBy(asc(vettingCases.id))
		.for('update')
	return rows.map((row) => ({
		row,
		snapshot: vettingCaseMachine.resolveState({ value: row.state, context: row.context }),
	}))
}

/** These people and everybody above them, with who manages each. Ends where the records go in a circle. */
export async function managersOf(reader: Reader, personIds: readonly string[]): Promise<Managers> {
	const { rows } = await reader.execute<{ id: string; manager_id: string | null }>(sql`
		with recursive line as (
			select id, manager_id from people where id = any(${sql.param([...personIds])}::uuid[])
			union
			select p.id, p.manager_id from people p join line on p.id = line.manager_id
		)
		select id, manager_id from line`)
	return new Map(rows.map((row) => [row.id, row.manager_id]))
}

const MANAGERS = [727_276, 2] as const

/**
 * One at a time changes who manages whom, until the end of its transaction: two changes that are right by themselves
 * could close a circle together. Taken after the people are locked.
 */
export async function lockManagers(tx: Tx): Promise<void> {
	await tx.execute(sql`select pg_advisory_xact_lock(${MANAGERS[0]}, ${MANAGERS[1]})`)
}

export async function setManager(tx: Tx, personId: string, managerId: string | null): Promise<void> {
	await tx.update(people).set({ managerId }).where(eq(people.id, personId))
}
