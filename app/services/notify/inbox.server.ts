import { countUnseen, inboxOf, markNoticesSeen, markOneSeen, type ShownNotice } from '#db/queries/notices.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import {
	MOST_COUNTED,
	type NoticeKind,
	type NoticeSubject,
	type Urgency,
} from '#workflows/notify/notice-kinds.ts'
import { outdatedBy, type Outdated } from '#workflows/notify/still-matters.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { roleName } from '../access/summarise.server.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { noticePath } from './notice-path.ts'
import { standingOf } from './plan-mails.server.ts'

const PAGE = 50

export type InboxNotice = {
	id: string
	kind: NoticeKind
	urgency: Urgency
	subject: NoticeSubject | null
	number: number | null
	/** Title of the role of the request, for whoever was told. */
	role: string | null
	deadline: string | null
	code: string
	at: string
	seenAt: string | null
	path: string
	/** Why it no longer asks for anything; null while it does. */
	outdated: Outdated | null
}
export type Inbox = {
	notices: InboxNotice[]
	/** Where the next page begins; null on the last. */
	next: { at: string; id: string } | null
	unseen: number
}

/** A page of what this person was told: what they have not put away, or what they have. */
export async function showInbox(
	{ database, charters, now }: Deps,
	actor: Actor,
	{ isSeen, before }: { isSeen: boolean; before: { at: string; id: string } | null },
): Promise<Inbox> {
	const { charter } = await charters.inForce(database.db, now())
	const rows = await inboxOf(database.db, actor.personId, {
		isSeen,
		before: before === null ? null : { at: new Date(before.at), id: before.id },
		limit: PAGE + 1,
	})
	const notices = rows.slice(0, PAGE).map((row) => viewOf(row, charter))
	const last = notices.at(-1)
	return {
		notices,
		next: rows.length > PAGE && last ? { at: last.at, id: last.id } : null,
		unseen: await countUnseen(database.db, actor.personId, MOST_COUNTED),
	}
}

/** Puts one notice away, or back to what is new. */
export async function putAway(deps: Deps, actor: Actor, id: string, isSeen: boolean): Promise<void> {
	const seenAt = isSeen ? deps.now() : null
	const isOwn = await deps.database.withTx((tx) => markOneSeen(tx, actor.personId, id, seenAt))
	if (!isOwn) throw new DomainError('NOT_FOUND', 'No such notice.', { id })
}

/** Puts away what was shown: everything up to the newest of it. */
export async function putAllAway(deps: Deps, actor: Actor, upTo: Date): Promise<void> {
	await deps.database.withTx((tx) => markNoticesSeen(tx, actor.personId, upTo, deps.now()))
}

function viewOf(row: ShownNotice, charter: Charter): InboxNotice {
	const { id, kind, urgency, subject, number, role, deadline, code, at, seenAt, context, grantState } = row
	return {
		id,
		kind,
		urgency,
		subject,
		number,
		role: role === null ? null : roleName(charter, role).title,
		deadline: deadline?.toISOString() ?? null,
		code,
		at: at.toISOString(),
		seenAt: seenAt?.toISOString() ?? null,
		path: noticePath(row),
		outdated: context === null ? null : outdatedBy(row, standingOf({ context, grantState })),
	}
}
