import { appendAlone, appendPending } from '#db/queries/ledger-append.ts'
import { appendPendingMany } from '#db/queries/workflow-batch.ts'
import type { Tx } from '#db/client.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { SealedOf } from '#workflows/ledger/sealed-parts.schema.ts'
import { sealEntry } from '#workflows/ledger/leaf.ts'
import type { Deps } from './deps.ts'

type NewEntry<K extends EntryKind> = {
	kind: K
	subject: string | null
	actor: string | null
	open: LeafOf<K>['open']
	sealed: SealedOf<K>
	at: Date
	/** Given where other rows must name the entry before it is written. */
	id?: string
}

/** Writes one entry of the record inside the step's transaction, and gives its id. */
export async function recordEntry<K extends EntryKind>(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'randomBytes'>,
	entry: NewEntry<K>,
): Promise<string> {
	const { row, openings } = sealed(deps, entry)
	await appendPending(tx, row, openings)
	return row.id
}

/** An entry of whatever kind; its parts are checked against the schema of the kind when it is sealed. */
export type AnyEntry = {
	kind: EntryKind
	subject: string | null
	actor: string | null
	open: unknown
	sealed: unknown
	at: Date
	/** Given where other rows must name the entry. */
	id?: string
}

/** As `recordEntry`, for many, with two statements whatever their number. */
export async function recordEntries(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'randomBytes'>,
	entries: readonly AnyEntry[],
): Promise<void> {
	await appendPendingMany(
		tx,
		entries.map((entry) => {
			const { row, openings } = sealed(deps, entry as NewEntry<'person.attendance_recorded'>)
			return { ...row, openings }
		}),
	)
}

/** Writes one entry that is all that happens, such as that somebody read something, and gives its id. */
export async function recordAlone<K extends EntryKind>(
	deps: Pick<Deps, 'database' | 'newId' | 'randomBytes'>,
	entry: NewEntry<K>,
): Promise<string> {
	const { row, openings } = sealed(deps, entry)
	await appendAlone(deps.database, row, openings)
	return row.id
}

function sealed<K extends EntryKind>(
	{ newId, randomBytes }: Pick<Deps, 'newId' | 'randomBytes'>,
	{ kind, subject, actor, open, sealed, at, id = newId() }: NewEntry<K>,
) {
	const { bytes, openings } = sealEntry(
		{ id, time: at.toISOString(), kind, subject, actor, open, sealed },
		randomBytes,
	)
	return { row: { id, kind, subject, time: at, leaf: bytes }, openings }
}
