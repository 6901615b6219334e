import { and, asc, desc, eq, inArray } from 'drizzle-orm'
import type { SnapshotFrom } from 'xstate'
import {
	AMENDMENT_MACHINE_VERSION,
	amendmentMachine,
	type AmendmentState,
} from '#workflows/charter/amendment.machine.ts'
import type { Decided } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { amendments, amendmentSignatures, people } from '../schema/index.ts'
import { rememberStep, saveTimers, stale, type Step } from './workflow-rows.ts'

export type AmendmentRow = typeof amendments.$inferSelect
export type SignatureRow = typeof amendmentSignatures.$inferSelect
export type StoredAmendment = { row: AmendmentRow; snapshot: SnapshotFrom<typeof amendmentMachine> }

/** One amendment with its statechart as it stands. `lock` makes other steps on it wait until this transaction ends. */
export async function loadAmendment(reader: Reader, id: string, lock = false): Promise<StoredAmendment> {
	const query = reader.select().from(amendments).where(eq(amendments.id, id))
	const [row] = lock ? await query.for('update') : await query
	if (!row) throw new DomainError('NOT_FOUND', 'No such amendment.', { id })
	return { row, snapshot: amendmentMachine.resolveState({ value: row.state, context: row.context }) }
}

/** Id of the amendment whose text is in force; null while the first version is. */
export async function findAmendmentInForce(reader: Reader, charterId: string): Promise<string | null> {
	const [row] = await reader
		.select({ id: amendments.id })
		.from(amendments)
		.where(and(eq(amendments.charterId, charterId), eq(amendments.state, 'inForce')))
	return row?.id ?? null
}

/** Amendments that wait for signatures or for their day, and that this person has signed. */
export async function openAmendmentsSignedBy(reader: Reader, personId: string): Promise<string[]> {
	const rows = await reader
		.select({ id: amendments.id })
		.from(amendments)
		.innerJoin(amendmentSignatures, eq(amendmentSignatures.amendmentId, amendments.id))
		.where(
			and(
				inArray(amendments.state, ['proposed', 'signed']),
				eq(amendmentSignatures.ownerId, personId),
				eq(amendmentSignatures.verdict, 'sign'),
			),
		)
		.orderBy(asc(amendments.id))
	return rows.map(({ id }) => id)
}

/** Amendments, newest first; all of them, or those in these states. */
export async function listAmendments(
	reader: Reader,
	states: readonly AmendmentState[] | null,
	limit: number,
): Promise<(AmendmentRow & { drafterName: string })[]> {
	const rows = await reader
		.select({ amendment: amendments, drafterName: people.displayName })
		.from(amendments)
		.innerJoin(people, eq(people.id, amendments.drafterId))
		.where(states === null ? undefined : inArray(amendments.state, [...states]))
		.orderBy(desc(amendments.createdAt), desc(amendments.id))
		.limit(limit)
	return rows.map(({ amendment, drafterName }) => ({ ...amendment, drafterName }))
}

export type NewAmendment = Pick<
	AmendmentRow,
	'charterId' | 'version' | 'yaml' | 'reason' | 'baseVersionId' | 'drafterId' | 'createdAt'
>

/** Stores an amendment that has just been drafted. */
export async function insertAmendment(
	tx: Tx,
	row: NewAmendment,
	decided: Decided<typeof amendmentMachine>,
	step: Step,
): Promise<void> {
	const { value, context } = decided.next
	await tx.insert(amendments).values({
		...row,
		id: context.amendmentId,
		state: value,
		context,
		machineVersion: AMENDMENT_MACHINE_VERSION,
		lockVersion: 1,
	})
	await saveTimers(tx, 'amendment', context.amendmentId, decided)
	await rememberStep(tx, 'amendment', context.amendmentId, 1, value, step)
}

/** Stores the state after a step; STALE_VERSION when somebody else was faster. A draft's text may change with it. */
export async function saveAmendmentStep(
	tx: Tx,
	{ row }: StoredAmendment,
	decided: Decided<typeof amendmentMachine>,
	step: Step,
	text: Partial<Pick<AmendmentRow, 'yaml' | 'reason' | 'baseVersionId' | 'version'>> = {},
): Promise<void> {
	const { value, context } = decided.next
	const lockVersion = row.lockVersion + 1
	const updated = await tx
		.update(amendments)
		.set({ ...text, state: value, context, lockVersion, machineVersion: AMENDMENT_MACHINE_VERSION })
		.where(and(eq(amendments.id, row.id), eq(amendments.lockVersion, row.lockVersion)))
		.returning({ id: amendments.id })
	if (updated.length === 0) throw stale()
	await saveTimers(tx, 'amendment', row.id, decided)
	await rememberStep(tx, 'amendment', row.id, lockVersion, value, step)
}

export async function insertSignature(tx: Tx, row: typeof amendmentSignatures.$inferInsert): Promise<void> {
	await tx.insert(amendmentSignatures).values(row)
}

/** Signatures of an amendment in the order in which they were given, with the names of who gave them. */
export async function signaturesOf(
	reader: Reader,
	amendmentId: string,
): Promise<(SignatureRow & { ownerName: string })[]> {
	const rows = await reader
		.select({ signature: amendmentSignatures, ownerName: people.displayName })
		.from(amendmentSignatures)
		.innerJoin(people, eq(people.id, amendmentSignatures.ownerId))
		.where(eq(amendmentSignatures.amendmentId, amendmentId))
		.orderBy(asc(amendmentSignatures.at))
	return rows.map(({ signature, ownerName }) => ({ ...signature, ownerName }))
}

/** Amendments that came into force, by the version that each brought. */
export async function amendmentsByVersion(reader: Reader, charterId: string): Promise<Map<number, string>> {
	const rows = await reader
		.select({ id: amendments.id, version: amendments.version })
		.from(amendments)
		.where(and(eq(amendments.charterId, charterId), inArray(amendments.state, ['inForce', 'superseded'])))
	return new Map(rows.map(({ id, version }) => [version, id]))
}
