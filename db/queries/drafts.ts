import { and, desc, eq, lt } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { drafts } from '../schema/index.ts'

export type DraftRow = typeof drafts.$inferSelect
type DraftKey = Pick<DraftRow, 'personId' | 'kind' | 'subject'>

/** Keeps what was typed, in the place of what was kept under the same key. */
export async function saveDraft(tx: Tx, row: DraftRow): Promise<void> {
	const { fields, updatedAt } = row
	await tx
		.insert(drafts)
		.values(row)
		.onConflictDoUpdate({
			target: [drafts.personId, drafts.kind, drafts.subject],
			set: { fields, updatedAt },
		})
}

const keyIs = ({ personId, kind, subject }: DraftKey) =>
	and(eq(drafts.personId, personId), eq(drafts.kind, kind), eq(drafts.subject, subject))

export async function findDraft(reader: Reader, key: DraftKey): Promise<DraftRow | null> {
	const [row] = await reader.select().from(drafts).where(keyIs(key))
	return row ?? null
}

/** What this person has begun and not sent, the newest first. */
export async function draftsOf(
	reader: Reader,
	personId: string,
	kind: DraftRow['kind'],
	limit: number,
): Promise<DraftRow[]> {
	return reader
		.select()
		.from(drafts)
		.where(and(eq(drafts.personId, personId), eq(drafts.kind, kind)))
		.orderBy(desc(drafts.updatedAt), desc(drafts.subject))
		.limit(limit)
}

export async function deleteDraft(tx: Tx, key: DraftKey): Promise<void> {
	await tx.delete(drafts).where(keyIs(key))
}

/** Forgets what nobody has gone on with. */
export async function purgeDrafts(tx: Tx, before: Date): Promise<void> {
	await tx.delete(drafts).where(lt(drafts.updatedAt, before))
}

export async function deleteDraftsOf(tx: Tx, personId: string): Promise<void> {
	await tx.delete(drafts).where(eq(drafts.personId, personId))
}
