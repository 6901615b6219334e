import { askForLook, everythingAskedAt } from '#db/queries/look-asks.ts'
import { lastRulesRun } from '#db/queries/reconcile-runs.ts'
import type { Reader } from '#db/client.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'

/** Asks for a look at the tenant that reads everything, its rules as well; the worker begins it within seconds. */
export async function lookNow(deps: Deps, actor: Actor): Promise<void> {
	demand(actor, 'finding:decide')
	await deps.database.withTx((tx) => askForLook(tx, deps.now(), { everything: true }))
	deps.wake()
}

/** When somebody asked for such a look that none has answered yet; null where nobody waits for one. */
export async function lookWaitedFor(reader: Reader): Promise<Date | null> {
	const askedAt = await everythingAskedAt(reader)
	const last = await lastRulesRun(reader)
	return askedAt !== null && (last === null || last.startedAt <= askedAt) ? askedAt : null
}
