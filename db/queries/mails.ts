import { and, asc, count, desc, eq, inArray, isNotNull, lte, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import {
	grants,
	mails,
	mailServer,
	noticePreferences,
	notices,
	people,
	requests,
	scimUsers,
} from '../schema/index.ts'

export type MailRow = typeof mails.$inferSelect
export type MailServerRow = typeof mailServer.$inferSelect

/**
 * Notices that are to be looked at for mail now, of at most so many people, locked; what others hold is left to them.
 * Everything of a person that is due comes together.
 */
export async function claimUnmailed(tx: Tx, at: Date, mostPeople: number) {
	const due = await tx
		.selectDistinct({ personId: notices.personId })
		.from(notices)
		.where(lte(notices.mailAt, at))
		.limit(mostPeople)
	if (due.length === 0) return []
	return tx
		.select({
			id: notices.id,
			personId: notices.personId,
			kind: notices.kind,
			urgency: notices.urgency,
			stage: notices.stage,
			at: notices.at,
			requestId: notices.requestId,
		})
		.from(notices)
		.where(
			and(
				inArray(
					notices.personId,
					due.map(({ personId }) => personId),
				),
				lte(notices.mailAt, at),
			),
		)
		.orderBy(asc(notices.at), asc(notices.id))
		.for('update', { skipLocked: true })
}

/** Settles these notices: in no mail, and why. */
export async function leaveUnmailed(tx: Tx, ids: readonly string[], code: string): Promise<void> {
	if (ids.length === 0) return
	await tx
		.update(notices)
		.set({ mailAt: null, mailId: null, unmailedCode: code })
		.where(inArray(notices.id, [...ids]))
}

export async function lookAgain(tx: Tx, id: string, mailAt: Date): Promise<void> {
	await tx.update(notices).set({ mailAt }).where(eq(notices.id, id))
}

/** Makes a mail of these notices. */
export async function insertMail(
	tx: Tx,
	row: Pick<MailRow, 'id' | 'personId' | 'urgency' | 'madeAt'>,
	noticeIds: readonly string[],
): Promise<void> {
	await tx.insert(mails).values({ ...row, state: 'waiting', failures: 0, nextAt: row.madeAt })
	await tx
		.update(notices)
		.set({ mailAt: null, mailId: row.id })
		.where(inArray(notices.id, [...noticeIds]))
}

/** The mail that goes first, given to whoever asks until `leaseUntil`: what is most urgent, then what is due longest. */
export async function claimMail(tx: Tx, at: Date, leaseUntil: Date): Promise<MailRow | null> {
	const [row] = await tx
		.select()
		.from(mails)
		.where(and(eq(mails.state, 'waiting'), lte(mails.nextAt, at)))
		.orderBy(desc(mails.urgency), asc(mails.nextAt))
		.limit(1)
		.for('update', { skipLocked: true })
	if (!row) return null
	await tx.update(mails).set({ nextAt: leaseUntil }).where(eq(mails.id, row.id))
	return row
}

/** What a mail tells of, as it stands now, and whom. Null where the person has been erased. */
export async function mailContent(reader: Reader, mailId: string) {
	const items = await reader
		.select({
			id: notices.id,
			kind: notices.kind,
			urgency: notices.urgency,
			personId: notices.personId,
			requestId: notices.requestId,
			subject: notices.subject,
			subjectId: notices.subjectId,
			stage: notices.stage,
			deadline: notices.deadline,
			at: notices.at,
			number: requests.number,
			context: requests.context,
			grantState: grants.state,
		})
		.from(notices)
		.leftJoin(requests, eq(requests.id, notices.requestId))
		.leftJoin(grants, eq(grants.requestId, requests.id))
		.where(eq(notices.mailId, mailId))
		.orderBy(desc(notices.urgency), asc(notices.at), asc(notices.id))
	return items
}
export type MailItem = Awaited<ReturnType<typeof mailContent>>[number]

/** Where somebody's mail goes, and in which language and zone; null where there is no address any more. */
export async function addressOf(reader: Reader, personId: string) {
	const [row] = await reader
		.select({
			upn: people.userPrincipalName,
			email: scimUsers.email,
			language: noticePreferences.language,
			zone: noticePreferences.zone,
		})
		.from(people)
		.leftJoin(scimUsers, eq(scimUsers.personId, people.id))
		.leftJoin(noticePreferences, eq(noticePreferences.personId, people.id))
		.where(eq(people.id, personId))
	if (!row || row.upn.endsWith('@erased.invalid')) return null
	return { address: row.email ?? row.upn, language: row.language, zone: row.zone }
}

/** What became of a mail that was claimed; a mail that another attempt has settled meanwhile stays as it is. */
export async function settleMail(
	tx: Tx,
	id: string,
	outcome: Partial<Pick<MailRow, 'state' | 'failures' | 'nextAt' | 'code' | 'doneAt'>>,
): Promise<void> {
	await tx
		.update(mails)
		.set(outcome)
		.where(and(eq(mails.id, id), eq(mails.state, 'waiting')))
}

/** Notes on the notices of a mail that the server has taken it. */
export async function noteMailed(tx: Tx, mailId: string, at: Date): Promise<void> {
	await tx.update(notices).set({ mailedAt: at }).where(eq(notices.mailId, mailId))
}

export async function findMailServer(reader: Reader): Promise<MailServerRow | null> {
	const [row] = await reader.select().from(mailServer).where(eq(mailServer.id, 1))
	return row ?? null
}

export async function saveMailServer(tx: Tx, row: Partial<Omit<MailServerRow, 'id'>>): Promise<void> {
	await tx
		.insert(mailServer)
		.values({ id: 1, ...row })
		.onConflictDoUpdate({ target: mailServer.id, set: row })
}

export async function countWaitingMails(reader: Reader): Promise<number> {
	const [row] = await reader.select({ n: count() }).from(mails).where(eq(mails.state, 'waiting'))
	return row?.n ?? 0
}

/** Mails that were given up, newest first, with whose they are. */
export async function deadMails(reader: Reader, limit: number) {
	return reader
		.select({
			id: mails.id,
			personId: mails.personId,
			person: people.displayName,
			code: mails.code,
			madeAt: mails.madeAt,
			doneAt: mails.doneAt,
		})
		.from(mails)
		.innerJoin(people, eq(people.id, mails.personId))
		.where(eq(mails.state, 'dead'))
		.orderBy(desc(mails.doneAt))
		.limit(limit)
}

/** Has a mail that was given up tried anew; false when it is none. */
export async function reviveMail(tx: Tx, id: string, at: Date): Promise<boolean> {
	const revived = await tx
		.update(mails)
		.set({ state: 'waiting', failures: 0, nextAt: at, doneAt: null })
		.where(and(eq(mails.id, id), eq(mails.state, 'dead')))
		.returning({ id: mails.id })
	return revived.length > 0
}

/** Forgets mails that were settled long ago; their notices stay. */
export async function purgeMails(tx: Tx, before: Date): Promise<void> {
	await tx.delete(mails).where(and(isNotNull(mails.doneAt), lte(mails.doneAt, before)))
}

/** Everything that was ever told to somebody, and how they wanted to be told. */
export async function forgetTelling(tx: Tx, personId: string): Promise<void> {
	await tx.delete(notices).where(eq(notices.personId, personId))
	await tx.delete(mails).where(eq(mails.personId, personId))
	await tx.delete(noticePreferences).where(eq(noticePreferences.personId, personId))
	// Notices to others that tell of this person keep their kind and lose whom they are about.
	await tx
		.update(notices)
		.set({ subjectId: null })
		.where(and(eq(notices.subject, 'person'), sql`${notices.subjectId} = ${personId}`))
}

/** What is held of somebody here, for the file that they may ask for. */
export async function tellingAbout(reader: Reader, personId: string) {
	return {
		notices: await reader
			.select({
				kind: notices.kind,
				requestId: notices.requestId,
				subject: notices.subject,
				subjectId: notices.subjectId,
				code: notices.code,
				deadline: notices.deadline,
				at: notices.at,
				seenAt: notices.seenAt,
				mailedAt: notices.mailedAt,
				unmailedCode: notices.unmailedCode,
			})
			.from(notices)
			.where(eq(notices.personId, personId))
			.orderBy(asc(notices.at)),
		mails: await reader
			.select({
				id: mails.id,
				state: mails.state,
				code: mails.code,
				madeAt: mails.madeAt,
				doneAt: mails.doneAt,
			})
			.from(mails)
			.where(eq(mails.personId, personId))
			.orderBy(asc(mails.madeAt)),
		preferences: await reader
			.select()
			.from(noticePreferences)
			.where(eq(noticePreferences.personId, personId)),
	}
}
