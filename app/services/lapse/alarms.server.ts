import { acknowledgeAlarm, openAlarms } from '#db/queries/lapse-alarms.ts'
import { unseenNotices, markNoticesSeen } from '#db/queries/notices.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { roleName } from '../access/summarise.server.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

const MOST = 50

/** What the home page shows of the inbox: what fell of what somebody asked for or approved. */
const ENDING_KINDS = ['request_voided', 'grant_ending', 'approval_fell'] as const
type EndingKind = (typeof ENDING_KINDS)[number]

export type LapseAlarm = {
	id: string
	what: 'request' | 'grant' | 'timer'
	targetId: string
	code: string
	at: string
}
export type Notice = {
	id: string
	kind: EndingKind
	requestId: string
	number: number
	role: string
	code: string
	at: string
}

/** What the sweep found and nobody has acknowledged, for those who may see everybody's access; for others nothing. */
export async function showAlarms({ database }: Deps, actor: Actor): Promise<LapseAlarm[]> {
	if (!actor.permissions.has('grant:read_all')) return []
	const rows = await openAlarms(database.db, MOST)
	return rows.map(({ id, what, targetId, code, at }) => ({ id, what, targetId, code, at: at.toISOString() }))
}

/** A security officer has seen an alarm: it leaves the pages and stays in the record. */
export async function acknowledge(deps: Deps, actor: Actor, alarmId: string): Promise<void> {
	demand(actor, 'grant:end_any')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		const alarm = await acknowledgeAlarm(tx, { id: alarmId, officerId: actor.personId, at })
		if (alarm === null) throw new DomainError('STALE_VERSION', 'This alarm was acknowledged already.')
		await recordEntry(tx, deps, {
			kind: 'lapse.acknowledged',
			subject: null,
			actor: actor.personId,
			open: { alarmEntry: alarm.entryId },
			sealed: {},
			at,
		})
	})
	deps.wake()
}

/** What has ended that this person asked for or approved, until they put it away. */
export async function showNotices({ database, charters, now }: Deps, actor: Actor): Promise<Notice[]> {
	const { charter } = await charters.inForce(database.db, now())
	const rows = await unseenNotices(database.db, actor.personId, ENDING_KINDS, MOST)
	return rows.flatMap(({ id, kind, requestId, number, role, code, at }) =>
		requestId === null || number === null || role === null
			? []
			: [
					{
						id,
						kind: kind as EndingKind,
						requestId,
						number,
						role: roleName(charter, role).title,
						code,
						at: at.toISOString(),
					},
				],
	)
}

/** Puts away what was shown: everything up to the newest of it. */
export async function dismissNotices(deps: Deps, actor: Actor, upTo: Date): Promise<void> {
	await deps.database.withTx((tx) => markNoticesSeen(tx, actor.personId, upTo, deps.now(), ENDING_KINDS))
}
