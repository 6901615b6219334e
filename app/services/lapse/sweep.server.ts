import { setImmediate as breathe } from 'node:timers/promises'
import type { Tx } from '#db/client.ts'
import { findAmendmentInForce } from '#db/queries/amendments.ts'
import { hasOpenAlarm, insertAlarm, isRejudged } from '#db/queries/lapse-alarms.ts'
import { overdueTimers, runningPage, waitingPage, type OpenIds } from '#db/queries/lapse-rows.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { EXTENSION_LATE, settleMany, type Fallen } from './settle-many.server.ts'

const PAGE = 100
/** A deadline fires within a second; one that is so long overdue does not fire by itself. */
export const OVERDUE_MS = 60_000

type Found = { what: 'request' | 'grant' | 'timer'; targetId: string; code: string }

/**
 * Proves the deadlines right: judges everything that is open as if there were none. What should have ended before ends
 * now, and raises an alarm in the record, on the pages and in the program's log; so does a deadline that is overdue. It
 * is no second way of ending things: where it finds something, something is broken. Gives how much it found.
 */
export async function sweepLapses(deps: Deps): Promise<number> {
	const { db } = deps.database
	const { charterId, inForceFrom } = await deps.charters.inForce(db)
	// A charter that has just come into force is still being applied: what falls under it is not late.
	const isAmended = (await findAmendmentInForce(db, charterId)) !== null
	if (isAmended && !(await isRejudged(db, inForceFrom))) return 0
	let found = await sweepTimers(deps)
	for (let last: string | null = null; ;) {
		const grantIds = await runningPage(db, last, PAGE)
		if (grantIds.length === 0) break
		found += await sweepPage(deps, { requestIds: [], grantIds })
		last = grantIds.at(-1) ?? null
		await breathe()
	}
	for (let last: string | null = null; ;) {
		const requestIds = await waitingPage(db, last, PAGE)
		if (requestIds.length === 0) break
		found += await sweepPage(deps, { requestIds, grantIds: [] })
		last = requestIds.at(-1) ?? null
		await breathe()
	}
	if (found > 0) deps.wake()
	return found
}

async function sweepTimers(deps: Deps): Promise<number> {
	const before = new Date(deps.now().getTime() - OVERDUE_MS)
	let found = 0
	const told = new Set<string>()
	for (const { workflowId, name } of await overdueTimers(deps.database.db, before, 1000)) {
		// Reminders of a stage are overdue together with its end: the oldest says it for all of them.
		if (told.has(workflowId)) continue
		told.add(workflowId)
		const code = `OVERDUE_${name.replaceAll(/[^A-Za-z0-9]+/g, '_')}`.slice(0, 64)
		found += await deps.database.withTx((tx) =>
			alarm(tx, deps, { what: 'timer', targetId: workflowId, code }),
		)
	}
	return found
}

async function sweepPage(deps: Deps, ids: OpenIds): Promise<number> {
	const now = deps.now().getTime()
	return deps.database.withTx(async (tx) => {
		const { fallen } = await settleMany(tx, deps, ids, { cause: 'lapse', locking: 'skip' })
		let found = 0
		for (const each of fallen)
			if (isLate(each, now))
				found += await alarm(tx, deps, { what: each.workflow, targetId: each.id, code: each.code })
		return found
	})
}

/** What falls at its known end was merely reached before its deadline was; whatever else falls had none, or a wrong one. */
function isLate({ permitDue, code }: Fallen, now: number): boolean {
	// No rule was broken: the access was given up before the request to extend it was decided.
	if (code === EXTENSION_LATE) return false
	return permitDue === null || permitDue.getTime() > now || permitDue.getTime() < now - OVERDUE_MS
}

async function alarm(tx: Tx, deps: Deps, { what, targetId, code }: Found): Promise<number> {
	if (await hasOpenAlarm(tx, { what, targetId, code })) return 0
	const at = deps.now()
	const entryId = await recordEntry(tx, deps, {
		kind: 'lapse.found_late',
		subject: null,
		actor: null,
		open: { what, id: targetId, code },
		sealed: {},
		at,
	})
	await insertAlarm(tx, { id: deps.newId(), what, targetId, code, at, entryId })
	deps.log.error({ what, id: targetId, code }, 'the sweep found what a deadline should have ended')
	return 1
}
