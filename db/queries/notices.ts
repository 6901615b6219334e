import { and, count, desc, eq, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm'
import type { NoticeKind, Urgency } from '#workflows/notify/notice-kinds.ts'
import type { Reader, Tx } from '../client.ts'
import { connectionOf } from '../transaction.ts'
import { grants, noticePreferences, notices, requests } from '../schema/index.ts'

export type NewNotice = typeof notices.$inferInsert & { urgency: Urgency }

/**
 * What has a name (`once`) and was told before is left out. Gives how many were told. One statement whatever their number:
 * a change that ends thousands of accesses tells as many people.
 */
export async function insertNotices(tx: Tx, rows: readonly NewNotice[]): Promise<number> {
	if (rows.length === 0) return 0
	const { rowCount } = await connectionOf(tx).query({
		name: 'notices_insert',
		text: `insert into notices (id, person_id, kind, urgency, request_id, subject, subject_id, stage, deadline, code, once, at, mail_at)
			select * from json_to_recordset($1::json) as r(id uuid, "personId" uuid, kind notice_kind, urgency urgency,
				"requestId" uuid, subject notice_subject, "subjectId" uuid, stage int, deadline timestamptz, code text, once text,
				at timestamptz, "mailAt" timestamptz)
			on conflict do nothing`,
		values: [JSON.stringify(rows)],
	})
	return rowCount ?? 0
}

const shown = {
	id: notices.id,
	kind: notices.kind,
	urgency: notices.urgency,
	requestId: notices.requestId,
	subject: notices.subject,
	subjectId: notices.subjectId,
	stage: notices.stage,
	deadline: notices.deadline,
	code: notices.code,
	at: notices.at,
	seenAt: notices.seenAt,
	personId: notices.personId,
	number: requests.number,
	role: requests.role,
	context: requests.context,
	grantState: grants.state,
}

const withRequest = (reader: Reader) =>
	reader
		.select(shown)
		.from(notices)
		.leftJoin(requests, eq(requests.id, notices.requestId))
		.leftJoin(grants, eq(grants.requestId, requests.id))
		.$dynamic()
export type ShownNotice = Awaited<ReturnType<typeof inboxOf>>[number]

/** What this person was told of these kinds and has not put away, newest first. */
export async function unseenNotices(
	reader: Reader,
	personId: string,
	kinds: readonly NoticeKind[],
	limit: number,
) {
	return withRequest(reader)
		.where(and(eq(notices.personId, personId), isNull(notices.seenAt), inArray(notices.kind, [...kinds])))
		.orderBy(desc(notices.at), desc(requests.number))
		.limit(limit)
}

/** A page of somebody's inbox, newest first, older than `before`. */
export async function inboxOf(
	reader: Reader,
	personId: string,
	{ isSeen, before, limit }: { isSeen: boolean; before: { at: Date; id: string } | null; limit: number },
) {
	return withRequest(reader)
		.where(
			and(
				eq(notices.personId, personId),
				isSeen ? sql`${notices.seenAt} is not null` : isNull(notices.seenAt),
				before === null
					? undefined
					: or(lt(notices.at, before.at), and(eq(notices.at, before.at), lt(notices.id, before.id))),
			),
		)
		.orderBy(desc(notices.at), desc(notices.id))
		.limit(limit)
}

/** How many this person has not put away, counted up to `most`. */
export async function countUnseen(reader: Reader, personId: string, most: number): Promise<number> {
	const some = reader
		.select({ one: sql`1` })
		.from(notices)
		.where(and(eq(notices.personId, personId), isNull(notices.seenAt)))
		.limit(most)
		.as('some')
	const [row] = await reader.select({ n: count() }).from(some)
	return row?.n ?? 0
}

/** Puts everything away that was there by then; of these kinds alone where any are named. */
export async function markNoticesSeen(
	tx: Tx,
	personId: string,
	upTo: Date,
	at: Date,
	kinds?: readonly NoticeKind[],
): Promise<void> {
	await tx
		.update(notices)
		.set({ seenAt: at })
		.where(
			and(
				eq(notices.personId, personId),
				isNull(notices.seenAt),
				lte(notices.at, upTo),
				kinds === undefined ? undefined : inArray(notices.kind, [...kinds]),
			),
		)
}

/** Puts one of somebody's own away, or back; false when it is not theirs. */
export async function markOneSeen(
	tx: Tx,
	personId: string,
	id: string,
	seenAt: Date | null,
): Promise<boolean> {
	const marked = await tx
		.update(notices)
		.set({ seenAt })
		.where(and(eq(notices.personId, personId), eq(notices.id, id)))
		.returning({ id: notices.id })
	return marked.length > 0
}

export type PreferenceRow = typeof noticePreferences.$inferSelect

export async function preferencesOf(
	reader: Reader,
	personIds: readonly string[],
): Promise<Map<string, PreferenceRow>> {
	if (personIds.length === 0) return new Map()
	const rows = await reader
		.select()
		.from(noticePreferences)
		.where(inArray(noticePreferences.personId, [...personIds]))
	return new Map(rows.map((row) => [row.personId, row]))
}

/** Stores how somebody wants to be told, and has what waits for them judged anew. */
export async function savePreferences(tx: Tx, row: typeof noticePreferences.$inferInsert): Promise<void> {
	await tx
		.insert(noticePreferences)
		.values(row)
		.onConflictDoUpdate({ target: noticePreferences.personId, set: row })
	await tx
		.update(notices)
		.set({ mailAt: row.changedAt })
		.where(and(eq(notices.personId, row.personId), sql`${notices.mailAt} is not null`))
}
