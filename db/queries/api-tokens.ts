import { and, count, desc, eq, gt, isNull, ne } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Reader, Tx } from '../client.ts'
import { apiTokens, credentials, people } from '../schema/index.ts'

export type ApiTokenRow = typeof apiTokens.$inferSelect

export async function insertApiToken(tx: Tx, row: typeof apiTokens.$inferInsert): Promise<void> {
	await tx.insert(apiTokens).values(row)
}

/** The token with this hash, if it was ever made, with whose it is and since when its passkey counts no longer. */
export async function findApiToken(reader: Reader, tokenSha256: string) {
	const [row] = await reader
		.select({
			token: apiTokens,
			ownerName: people.displayName,
			passkeyRevokedAt: credentials.revokedAt,
		})
		.from(apiTokens)
		.innerJoin(people, eq(people.id, apiTokens.personId))
		.innerJoin(credentials, eq(credentials.id, apiTokens.credentialId))
		.where(eq(apiTokens.tokenSha256, tokenSha256))
	return row ?? null
}

export async function touchApiToken(tx: Tx, id: string, at: Date): Promise<void> {
	await tx.update(apiTokens).set({ lastUsedAt: at }).where(eq(apiTokens.id, id))
}

/** A token that was neither revoked nor has run out, locked; null where it is over or never was. */
export async function lockApiToken(tx: Tx, id: string, at: Date): Promise<ApiTokenRow | null> {
	const [row] = await tx
		.select()
		.from(apiTokens)
		.where(and(eq(apiTokens.id, id), isNull(apiTokens.revokedAt), gt(apiTokens.expiresAt, at)))
		// The name is not locked, and neither is the row against being named by a filing.
		.for('no key update')
	return row ?? null
}

export async function revokeApiToken(
	tx: Tx,
	id: string,
	end: { revokedAt: Date; revokedBy: string | null },
): Promise<void> {
	await tx.update(apiTokens).set(end).where(eq(apiTokens.id, id))
}

/** Ends every token of a person for good, and gives the ids of those that worked until now. */
export async function revokeApiTokensOf(
	tx: Tx,
	personId: string,
	{ revokedAt, revokedBy }: { revokedAt: Date; revokedBy: string | null },
): Promise<string[]> {
	const ended = await tx
		.update(apiTokens)
		.set({ revokedAt, revokedBy })
		.where(
			and(eq(apiTokens.personId, personId), isNull(apiTokens.revokedAt), gt(apiTokens.expiresAt, revokedAt)),
		)
		.returning({ id: apiTokens.id })
	return ended.map(({ id }) => id).sort()
}

/** How many tokens of a person have neither been revoked nor run out. */
export async function countApiTokens(reader: Reader, personId: string, at: Date): Promise<number> {
	const [row] = await reader
		.select({ n: count() })
		.from(apiTokens)
		.where(and(eq(apiTokens.personId, personId), isNull(apiTokens.revokedAt), gt(apiTokens.expiresAt, at)))
	return row?.n ?? 0
}

const revoker = alias(people, 'revoker')

const withPeople = (reader: Reader) =>
	reader
		.select({
			token: apiTokens,
			ownerName: people.displayName,
			revokerName: revoker.displayName,
			passkeyRevokedAt: credentials.revokedAt,
		})
		.from(apiTokens)
		.innerJoin(people, eq(people.id, apiTokens.personId))
		.innerJoin(credentials, eq(credentials.id, apiTokens.credentialId))
		.leftJoin(revoker, eq(revoker.id, apiTokens.revokedBy))
		.$dynamic()

export type ListedToken = Awaited<ReturnType<typeof listApiTokensOf>>[number]

/** Every token of a person, newest first, those that are over as well. */
export async function listApiTokensOf(reader: Reader, personId: string, limit: number) {
	return withPeople(reader)
		.where(eq(apiTokens.personId, personId))
		.orderBy(desc(apiTokens.createdAt))
		.limit(limit)
}

/** Tokens of everybody else that have neither been revoked nor run out, newest first. */
export async function listApiTokensOfOthers(
	reader: Reader,
	personId: string,
	at: Date,
	limit: number,
): Promise<ListedToken[]> {
	return withPeople(reader)
		.where(and(ne(apiTokens.personId, personId), isNull(apiTokens.revokedAt), gt(apiTokens.expiresAt, at)))
		.orderBy(desc(apiTokens.createdAt))
		.limit(limit)
}

/** Takes away what a person called their tokens. */
export async function blankApiTokens(tx: Tx, personId: string): Promise<void> {
	await tx.update(apiTokens).set({ name: '–' }).where(eq(apiTokens.personId, personId))
}
