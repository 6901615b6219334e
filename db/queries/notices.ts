import { and, desc, eq, isNull, lte } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { notices, requests } from '../schema/index.ts'

export type NewNotice = Pick<
	typeof notices.$inferInsert,
	'id' | 'personId' | 'kind' | 'requestId' | 'code' | 'at'
>

export async function insertNotices(tx: Tx, rows: readonly NewNotice[]): Promise<void> {
	if (rows.length > 0) await tx.insert(notices).values([...rows])
}

/** What this person was told and has not put away, newest first. */
export async function unseenNotices(reader: Reader, personId: string, limit: number) {
	return reader
		.select({
			id: notices.id,
			kind: notices.kind,
			requestId: notices.requestId,
			number: requests.number,
			role: requests.role,
			code: notices.code,
			at: notices.at,
		})
		.from(notices)
		.innerJoin(requests, eq(requests.id, notices.requestId))
		.where(and(eq(notices.personId, personId), isNull(notices.seenAt)))
		.orderBy(desc(notices.at), desc(requests.number))
		.limit(limit)
}

/** Puts everything away that was there by then. */
export async function markNoticesSeen(tx: Tx, personId: string, upTo: Date, at: Date): Promise<void> {
	await tx
		.update(notices)
		.set({ seenAt: at })
		.where(and(eq(notices.personId, personId), isNull(notices.seenAt), lte(notices.at, upTo)))
}

export async function deleteNotices(tx: Tx, personId: string): Promise<void> {
	await tx.delete(notices).where(eq(notices.personId, personId))
}
