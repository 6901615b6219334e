import { deleteDraft, draftsOf, findDraft, saveDraft, type DraftRow } from '#db/queries/drafts.ts'
import { findStaleSession } from '#db/queries/credentials.ts'
import { hashToken } from '../sign-in/tokens.server.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'

/** What was typed is kept for so long. */
export const DRAFT_DAYS = 14
const SHOWN = 5
/** A session that ended no longer ago than this still says whose form it was. */
const STALE_HOURS = 24
const LONGEST = 2000

/** Fields that a draft keeps; whatever else a form sends is not the writer's. */
const KEPT = {
	request: ['role', 'reason', 'ticket', 'durationMinutes', 'startAt', 'beneficiary', 'allOrNone'],
	decision: ['verdict', 'reason', 'minutes', 'group'],
} as const

const kept = (kind: DraftRow['kind'], fields: Readonly<Record<string, string>>) =>
	Object.fromEntries(
		KEPT[kind].flatMap((name) => {
			const value = fields[name]
			return value === undefined || value === '' ? [] : [[name, value.slice(0, LONGEST)]]
		}),
	)

export type Draft = { key: string; fields: Record<string, string>; updatedAt: string }

const viewOf = ({ subject, fields, updatedAt }: DraftRow): Draft => ({
	key: subject,
	fields,
	updatedAt: updatedAt.toISOString(),
})

/** Keeps a request that is not to be sent yet, or could not be. Only its writer ever sees it. */
export async function keepRequestDraft(
	{ database, now }: Deps,
	actor: Pick<Actor, 'personId'>,
	{ key, fields }: { key: string; fields: Readonly<Record<string, string>> },
): Promise<void> {
	await database.withTx((tx) =>
		saveDraft(tx, {
			personId: actor.personId,
			kind: 'request',
			subject: key,
			fields: kept('request', fields),
			updatedAt: now(),
		}),
	)
}

/** Keeps what an approver chose, from the sign panel on until it is signed. */
export async function keepDecisionDraft(
	{ database, now }: Deps,
	actor: Actor,
	{
		requestId,
		verdict,
		reason,
		grantedSeconds,
		group,
	}: {
		requestId: string
		verdict: string
		reason: string
		grantedSeconds?: number | undefined
		group?: number | undefined
	},
): Promise<void> {
	const fields = {
		verdict,
		reason,
		...(grantedSeconds === undefined ? {} : { minutes: String(grantedSeconds / 60) }),
		...(group === undefined ? {} : { group: String(group) }),
	}
	await database.withTx((tx) =>
		saveDraft(tx, {
			personId: actor.personId,
			kind: 'decision',
			subject: requestId,
			fields: kept('decision', fields),
			updatedAt: now(),
		}),
	)
}

/**
 * Keeps the form of somebody whose session was over when they sent it: the session that has run out says whose it is. It
 * opens nothing and shows nothing; they find the form again once they have signed in. False where nobody knows whose it is.
 */
export async function keepLostForm(
	deps: Deps,
	token: string,
	draft: { key: string; fields: Readonly<Record<string, string>> },
): Promise<boolean> {
	const since = new Date(deps.now().getTime() - STALE_HOURS * 3_600_000)
	const personId = await findStaleSession(deps.database.db, hashToken(token), since)
	if (personId === null) return false
	await keepRequestDraft(deps, { personId }, draft)
	return true
}

/** The draft with this key; null when there is none. */
export async function showDraft({ database }: Deps, actor: Actor, key: string): Promise<Draft | null> {
	const row = await findDraft(database.db, { personId: actor.personId, kind: 'request', subject: key })
	return row === null ? null : viewOf(row)
}

/** What this person has begun and not sent. */
export async function showDrafts({ database }: Deps, actor: Actor): Promise<Draft[]> {
	return (await draftsOf(database.db, actor.personId, 'request', SHOWN)).map(viewOf)
}

export async function discardDraft({ database }: Deps, actor: Actor, key: string): Promise<void> {
	await database.withTx((tx) => deleteDraft(tx, { personId: actor.personId, kind: 'request', subject: key }))
}
