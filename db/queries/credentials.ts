import { and, count, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm'
import type { Database, Reader, Tx } from '../client.ts'
import { challenges, credentials, enrolmentLinks, people, sessions } from '../schema/index.ts'

export type CredentialRow = typeof credentials.$inferSelect
export type ChallengeRow = typeof challenges.$inferSelect

/** The passkey with this authenticator-made id (base64url), if it was ever enrolled here; it may be revoked since. */
export async function findCredential(reader: Reader, credentialId: string): Promise<CredentialRow | null> {
	const [row] = await reader.select().from(credentials).where(eq(credentials.credentialId, credentialId))
	return row ?? null
}

/** Every passkey that the person ever enrolled, the revoked ones too, oldest first. */
export async function credentialsOf(reader: Reader, personId: string): Promise<CredentialRow[]> {
	return reader
		.select()
		.from(credentials)
		.where(eq(credentials.personId, personId))
		.orderBy(credentials.createdAt, credentials.id)
}

/** The passkeys that the person may still use, oldest first. */
export async function usableCredentialsOf(reader: Reader, personId: string): Promise<CredentialRow[]> {
	return (await credentialsOf(reader, personId)).filter(({ revokedAt }) => revokedAt === null)
}

export async function insertCredential(tx: Tx, row: typeof credentials.$inferInsert): Promise<void> {
	await tx.insert(credentials).values(row)
}

/**
 * Moves the signature counter on. `cloned` when it did not advance although one of the two is not zero: two
 * authenticators then hold the same key (WebAuthn Level 3, section 6.1.1). `revoked` when the passkey was revoked, be
 * it while its answer was on the way: this update and the revocation take turns on the row.
 */
export async function advanceSignCount(
	tx: Tx,
	id: string,
	signCount: number,
	at: Date,
): Promise<'advanced' | 'cloned' | 'revoked'> {
	const advanced = await tx
		.update(credentials)
		.set({ signCount, lastUsedAt: at })
		.where(
			and(
				eq(credentials.id, id),
				isNull(credentials.revokedAt),
				sql`(${credentials.signCount} < ${signCount} or (${credentials.signCount} = 0 and ${signCount} = 0))`,
			),
		)
		.returning({ id: credentials.id })
	if (advanced.length > 0) return 'advanced'
	const [row] = await tx
		.select({ revokedAt: credentials.revokedAt })
		.from(credentials)
		.where(eq(credentials.id, id))
	return row?.revokedAt === null ? 'cloned' : 'revoked'
}

/** Marks the passkey revoked and gives its row; null when it is not this person's or was revoked already. */
export async function revokeCredential(
	tx: Tx,
	{ id, personId, at }: { id: string; personId: string; at: Date },
): Promise<CredentialRow | null> {
	const [row] = await tx
		.update(credentials)
		.set({ revokedAt: at })
		.where(and(eq(credentials.id, id), eq(credentials.personId, personId), isNull(credentials.revokedAt)))
		.returning()
	return row ?? null
}

export async function insertChallenge(tx: Tx, row: typeof challenges.$inferInsert): Promise<void> {
	await tx.insert(challenges).values(row)
}

/**
 * Uses a challenge up, whatever becomes of its answer; null when it is used or never was. One statement is a transaction
 * of its own.
 */
export async function consumeChallenge(
	{ pool }: Pick<Database, 'pool'>,
	id: string,
): Promise<ChallengeRow | null> {
	const { rows } = await pool.query<ChallengeRow>({
		name: 'challenge_consumed',
		text: `delete from challenges where id = $1
			returning id, purpose, person_id as "personId", challenge, payload, created_at as "createdAt", expires_at as "expiresAt"`,
		values: [id],
	})
	return rows[0] ?? null
}

/** Ends every signature that this person has begun: the browser was told of passkeys that count no longer. */
export async function dropSignatureChallenges(tx: Tx, personId: string): Promise<void> {
	await tx
		.delete(challenges)
		.where(and(eq(challenges.personId, personId), inArray(challenges.purpose, ['decision', 'amendment'])))
}

/** Ends every ceremony that this person has begun, or that was begun for them. */
export async function dropChallenges(tx: Tx, personId: string): Promise<void> {
	await tx.delete(challenges).where(eq(challenges.personId, personId))
}

/** Ends every session of a person that is open, and gives their ids. */
export async function endSessionsOf(tx: Tx, personId: string, at: Date): Promise<string[]> {
	const ended = await tx
		.update(sessions)
		.set({ endedAt: at })
		.where(and(eq(sessions.personId, personId), isNull(sessions.endedAt), gt(sessions.expiresAt, at)))
		.returning({ id: sessions.id })
	return ended.map(({ id }) => id)
}

export async function purgeChallenges(tx: Tx, before: Date): Promise<void> {
	await tx.delete(challenges).where(lt(challenges.expiresAt, before))
}

export async function insertLink(tx: Tx, row: typeof enrolmentLinks.$inferInsert): Promise<void> {
	await tx.insert(enrolmentLinks).values(row)
}

/** The unused, unexpired link with this token hash, and whom it is for. */
export async function findLink(reader: Reader, tokenSha256: string, at: Date) {
	const [row] = await reader
		.select({
			id: enrolmentLinks.id,
			personId: people.id,
			displayName: people.displayName,
			userPrincipalName: people.userPrincipalName,
			expiresAt: enrolmentLinks.expiresAt,
		})
		.from(enrolmentLinks)
		.innerJoin(people, eq(people.id, enrolmentLinks.personId))
		.where(
			and(
				eq(enrolmentLinks.tokenSha256, tokenSha256),
				isNull(enrolmentLinks.usedAt),
				gt(enrolmentLinks.expiresAt, at),
			),
		)
	return row ?? null
}

/** Marks the link used; false when somebody was faster or it has expired. */
export async function useLink(tx: Tx, id: string, at: Date): Promise<boolean> {
	const used = await tx
		.update(enrolmentLinks)
		.set({ usedAt: at })
		.where(and(eq(enrolmentLinks.id, id), isNull(enrolmentLinks.usedAt), gt(enrolmentLinks.expiresAt, at)))
		.returning({ id: enrolmentLinks.id })
	return used.length > 0
}

/** Ends every open link of a person, so that at most the newest one works. Gives the ids of those that still worked. */
export async function retireLinks(tx: Tx, personId: string, at: Date): Promise<string[]> {
	const retired = await tx
		.update(enrolmentLinks)
		.set({ usedAt: at })
		.where(and(eq(enrolmentLinks.personId, personId), isNull(enrolmentLinks.usedAt)))
		.returning({ id: enrolmentLinks.id, expiresAt: enrolmentLinks.expiresAt })
	return retired.flatMap(({ id, expiresAt }) => (expiresAt > at ? [id] : []))
}

export async function insertSession(tx: Tx, row: typeof sessions.$inferInsert): Promise<void> {
	await tx.insert(sessions).values(row)
}

/** The open session with this token hash, with its person. */
export async function findSession(reader: Reader, tokenSha256: string, at: Date) {
	const [row] = await reader
		.select({
			id: sessions.id,
			personId: people.id,
			displayName: people.displayName,
			lastSeenAt: sessions.lastSeenAt,
			expiresAt: sessions.expiresAt,
		})
		.from(sessions)
		.innerJoin(people, eq(people.id, sessions.personId))
		.where(and(eq(sessions.tokenSha256, tokenSha256), isNull(sessions.endedAt), gt(sessions.expiresAt, at)))
	return row ?? null
}

/** Whose session this token was, if it has run out since and nobody ended it; null otherwise. It opens nothing any more. */
export async function findStaleSession(
	reader: Reader,
	tokenSha256: string,
	seenSince: Date,
): Promise<string | null> {
	const [row] = await reader
		.select({ personId: sessions.personId })
		.from(sessions)
		.where(
			and(
				eq(sessions.tokenSha256, tokenSha256),
				isNull(sessions.endedAt),
				gt(sessions.lastSeenAt, seenSince),
			),
		)
	return row?.personId ?? null
}

export async function touchSession(tx: Tx, id: string, at: Date): Promise<void> {
	await tx.update(sessions).set({ lastSeenAt: at }).where(eq(sessions.id, id))
}

/** Ends the session; false when it had ended already. */
export async function endSession(tx: Tx, id: string, at: Date): Promise<boolean> {
	const ended = await tx
		.update(sessions)
		.set({ endedAt: at })
		.where(and(eq(sessions.id, id), isNull(sessions.endedAt)))
		.returning({ id: sessions.id })
	return ended.length > 0
}

/**
 * Ends the sessions that were opened with a passkey, going by what the record says of each sign-in. A session of the
 * person's of which the record does not say by which passkey it was opened ends as well. Gives the ids.
 */
export async function endSessionsOpenedWith(
	tx: Tx,
	{ personId, credentialEntry, at }: { personId: string; credentialEntry: string; at: Date },
): Promise<string[]> {
	const { rows } = await tx.execute<{ id: string }>(sql`
		with open_sessions as (
			select id, created_at from sessions
			where person_id = ${personId} and ended_at is null and expires_at > ${at.toISOString()}
		)
		update sessions set ended_at = ${at.toISOString()}
		where id in (select id from open_sessions) and id not in (
			select (leaf -> 'open' ->> 'sessionId')::uuid
			from (
				select convert_from(leaf, 'UTF8')::jsonb as leaf from ledger_entries
				where subject = ${personId} and kind = 'session.signed_in'
					and time >= (select min(created_at) from open_sessions)
				union all
				select convert_from(leaf, 'UTF8')::jsonb from ledger_pending
				where subject = ${personId} and kind = 'session.signed_in'
					and time >= (select min(created_at) from open_sessions)
			) signed_in
			where leaf -> 'open' ->> 'credentialEntry' <> ${credentialEntry}
		)
		returning id`)
	return rows.map(({ id }) => id)
}

/** How many passkeys the person may still use. */
export async function countCredentials(reader: Reader, personId: string): Promise<number> {
	const [row] = await reader
		.select({ n: count() })
		.from(credentials)
		.where(and(eq(credentials.personId, personId), isNull(credentials.revokedAt)))
	return row?.n ?? 0
}
