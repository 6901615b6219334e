import { hasUncertainRule } from '#db/queries/findings.ts'
import { readLookTimes, type LookTimes } from '#db/queries/look-asks.ts'
import { lastRulesRun } from '#db/queries/reconcile-runs.ts'
import { findGrant } from '#db/queries/requests.ts'
import { withoutParameters } from '#db/transaction.ts'
import { targetLock } from '#app/services/access/shared-target.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { lookWaitedFor } from '#app/services/findings/look-now.server.ts'
import { noteFailedRun, type ReconcileWhat } from '#app/services/findings/reconcile-runs.server.ts'
import { reconcileTenant } from '#app/services/findings/reconcile.server.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { withJobLock } from './job-lock.server.ts'
import { createLockedLoop } from './locked-loop.server.ts'
import { createLoop } from './loop.server.ts'
import { readBackGrant } from './read-back.server.ts'

const RECONCILE = 'entra.reconcile'
/** So often the rules of the tenant are read as well, where nobody says otherwise. */
const RULES_MS = 3_600_000
/** What was seen once is looked for again so soon. */
const AGAIN_MS = 3000
/** So many accesses are read back together: each takes more than a second, and nearly all of it is waiting. */
const READ_BACK_AT_ONCE = 8
/** So often is seen whether somebody asks for a look, and so long after the last one it comes; longer after one that failed. */
const ASKED_TICK_MS = 1000
const ASKED_AFTER_MS = 3000
const ASKED_AFTER_FAILURE_MS = 30_000

/**
 * One round: a look at the tenant, every `rulesMs` with its rules as well, and a read-back of each of our own accesses that it found to deviate, or to be as approved again. Gives whether something
 * was seen that another look soon makes certain. A look that fails is noted and thrown on.
 */
export async function reconcileRound(deps: Deps, rulesMs = RULES_MS): Promise<{ isUncertain: boolean }> {
	const startedAt = deps.now()
	const what = await dueNow(deps, startedAt, rulesMs)
	try {
		const { isUncertain, readBack } = await reconcileTenant(deps, what)
		const waiting = [...readBack]
		const work = async () => {
			for (let grantId = waiting.shift(); grantId !== undefined; grantId = waiting.shift())
				await readBackNow(deps, grantId)
		}
		await Promise.all(Array.from({ length: READ_BACK_AT_ONCE }, work))
		return { isUncertain }
	} catch (error) {
		await noteFailedRun(deps, what, startedAt, error instanceof Error ? error.name : 'unknown')
		throw error
	}
}

/**
 * Rules are read when their time has come, when an officer asks for it, and again at once where one was seen weaker a first time: a
 * call or two about Conditional Access, of which the tenant answers one a second to all its applications together.
 */
async function dueNow({ database: { db }, tenant }: Deps, at: Date, rulesMs: number): Promise<ReconcileWhat> {
	const last = await lastRulesRun(db, tenant.id)
	if (last === null || at.getTime() - last.finishedAt.getTime() >= rulesMs) return 'everything'
	const isAsked = (await lookWaitedFor(db)) !== null
	return isAsked || (await hasUncertainRule(db)) ? 'everything' : 'privileges'
}

async function readBackNow(deps: Deps, grantId: string): Promise<void> {
	try {
		const lock = targetLock(await findGrant(deps.database.db, grantId))
		await withJobLock(deps.database, lock, async () => void (await readBackGrant(deps, grantId)))
	} catch (error) {
		// The workflow has gone on in the meantime.
		if (isDomainError(error) && error.code === 'ILLEGAL_TRANSITION') return
		deps.log.warn({ grantId, error: withoutParameters(error) }, 'an access could not be read back')
	}
}

/**
 * Whether a look is asked for that no look answered yet which began since and could be done, and the last is long enough ago: many
 * changes are one look, and a tenant that cannot be read is not asked every second.
 */
export function isAskedLookDue({ askedAt, lastAt, lastWellAt }: LookTimes, at: Date): boolean {
	if (askedAt === null || (lastWellAt !== null && lastWellAt > askedAt)) return false
	if (lastAt === null) return true
	const isFailed = lastWellAt === null || lastAt > lastWellAt
	return at.getTime() - lastAt.getTime() >= (isFailed ? ASKED_AFTER_FAILURE_MS : ASKED_AFTER_MS)
}

type ReconcileLoop = { wake: () => void; stop: () => Promise<void> }

/**
 * Compares the tenant with what was approved at every interval, one process at a time, and sooner when it is woken or asked; every
 * `rulesMs` with its rules as well.
 */
export function startReconcileLoop(deps: Deps, everyMs: number, rulesMs = RULES_MS): ReconcileLoop {
	let soon: NodeJS.Timeout | null = null
	const loop = createLockedLoop(
		deps,
		{
			lock: RECONCILE,
			trouble: 'the tenant could not be compared with what was approved',
			restMs: 1000,
		},
		async () => {
			const { isUncertain } = await reconcileRound(deps, rulesMs)
			if (soon !== null) clearTimeout(soon)
			soon = isUncertain ? setTimeout(() => loop.wake(), AGAIN_MS) : null
		},
	)
	loop.wake()
	const tick = setInterval(() => loop.wake(), everyMs)
	const asked = createLoop(
		async () => {
			if (isAskedLookDue(await readLookTimes(deps.database.db), deps.now())) loop.wake()
		},
		// A database that is away is told of by the loops that need more of it.
		{ onError: () => undefined },
	)
	const askedTick = setInterval(() => asked.wake(), ASKED_TICK_MS)
	return {
		wake: () => loop.wake(),
		async stop() {
			clearInterval(tick)
			clearInterval(askedTick)
			await asked.stop()
			if (soon !== null) clearTimeout(soon)
			await loop.stop()
		},
	}
}
