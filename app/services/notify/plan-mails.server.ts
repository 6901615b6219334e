import type { Tx } from '#db/client.ts'
import { claimUnmailed, insertMail, leaveUnmailed, lookAgain } from '#db/queries/mails.ts'
import { preferencesOf, type PreferenceRow } from '#db/queries/notices.ts'
import { requestsById, type RequestRow } from '#db/queries/requests.ts'
import { DEFAULT_PREFERENCES, planMail, type MailPreferences } from '#workflows/notify/plan-mail.ts'
import { outdatedBy, type Standing } from '#workflows/notify/still-matters.ts'
import type { Deps } from '../deps.ts'

/** So many people in one transaction. */
const PEOPLE_AT_ONCE = 100

/**
 * Makes mails of the notices that are due for one, by the preferences of each person as they are now. A notice is
 * locked, and in one mail at most, however many workers look. Gives how many mails were made.
 */
export async function planMails(deps: Deps): Promise<number> {
	let made = 0
	for (;;) {
		const done = await deps.database.withTx((tx) => planSome(tx, deps))
		if (done === null) return made
		made += done
	}
}

async function planSome(tx: Tx, deps: Deps): Promise<number | null> {
	const at = deps.now()
	const rows = await claimUnmailed(tx, at, PEOPLE_AT_ONCE)
	if (rows.length === 0) return null
	if (deps.telling.mail === null) {
		await leaveUnmailed(
			tx,
			rows.map(({ id }) => id),
			'NO_SERVER',
		)
		return 0
	}
	const preferences = await preferencesOf(tx, [...new Set(rows.map(({ personId }) => personId))])
	const requests = await requestsById(tx, [...new Set(rows.flatMap(({ requestId }) => requestId ?? []))])
	const current = []
	for (const row of rows) {
		const request = row.requestId === null ? undefined : requests.get(row.requestId)
		const reason = request ? outdatedBy(row, standingOf(request)) : null
		if (reason === null) current.push(row)
		else await leaveUnmailed(tx, [row.id], reason)
	}
	let made = 0
	for (const personId of new Set(current.map((row) => row.personId))) {
		const notices = current.filter((row) => row.personId === personId)
		const plan = planMail(
			notices.map((notice) => ({ ...notice, at: notice.at.toISOString() })),
			readPreferences(preferences.get(personId)),
			at.toISOString(),
		)
		await leaveUnmailed(tx, plan.silent, 'OFF')
		for (const { id, at: again } of plan.later) await lookAgain(tx, id, new Date(again))
		for (const { ids, urgency } of plan.mails)
			await insertMail(tx, { id: deps.newId(), personId, urgency, madeAt: at }, ids)
		made += plan.mails.length
	}
	return made
}

/** How a request stands, as far as what somebody was told of it rests on that. */
export const standingOf = ({
	context,
	grantState,
}: Pick<RequestRow, 'context' | 'grantState'>): Standing => ({
	isClosed: context.closedAt !== null,
	stage: context.stage,
	deciders: context.decisions.map(({ approverId }) => approverId),
	grantState,
})

/** What is stored of somebody's preferences over the defaults. */
export function readPreferences(row: PreferenceRow | undefined): MailPreferences {
	if (!row) return DEFAULT_PREFERENCES
	const { modes, quietFrom, quietUntil, zone, digestHour } = row
	return {
		modes: { ...DEFAULT_PREFERENCES.modes, ...modes },
		quiet: quietFrom === null || quietUntil === null ? null : { from: quietFrom, until: quietUntil },
		zone,
		digestHour,
	}
}
