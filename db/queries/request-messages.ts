import { asc, eq, inArray } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { people, requestMessages, requests } from '../schema/index.ts'

export async function insertMessage(tx: Tx, row: typeof requestMessages.$inferInsert): Promise<void> {
	await tx.insert(requestMessages).values(row)
}

/** The thread of a request, oldest first. */
export async function messagesOf(reader: Reader, requestId: string) {
	return reader
		.select({
			id: requestMessages.id,
			kind: requestMessages.kind,
			text: requestMessages.text,
			at: requestMessages.at,
			entryId: requestMessages.entryId,
			authorId: requestMessages.authorId,
			authorName: people.displayName,
		})
		.from(requestMessages)
		.innerJoin(people, eq(people.id, requestMessages.authorId))
		.where(eq(requestMessages.requestId, requestId))
		.orderBy(asc(requestMessages.at), asc(requestMessages.id))
}

/** Takes the words out of every thread on this person's requests. */
export async function eraseMessages(tx: Tx, requesterId: string): Promise<void> {
	const own = tx.select({ id: requests.id }).from(requests).where(eq(requests.requesterId, requesterId))
	await tx.update(requestMessages).set({ text: '–' }).where(inArray(requestMessages.requestId, own))
}
