import { purgeChallenges } from '#db/queries/credentials.ts'
import { purgeDrafts } from '#db/queries/drafts.ts'
import { purgeDeliveries } from '#db/queries/badge-feeds.ts'
import { purgeImports } from '#db/queries/imports.ts'
import { purgeUnknownEvents } from '#db/queries/presence.ts'
import { purgeShares } from '#db/queries/shares.ts'
import { withoutParameters } from '#db/transaction.ts'
import { endOldReadings } from '#app/services/readiness/readings.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { DRAFT_DAYS } from '#app/services/access/drafts.server.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { BATCH, completeTree, integratePending } from '#app/services/ledger/integrate.server.ts'
import { publishHead } from '#app/services/ledger/publish.server.ts'
import { sequencerNotes } from '#app/services/ledger/sequence.server.ts'
import { createLoop } from './loop.server.ts'

const TICK_MS = 400
/** Entries that come within this time share a batch and a checkpoint: many small ones would cost more than the entries. */
export const GATHER_MS = 100
const DAY_MS = 86_400_000
/** For how long events of badges are kept that nobody is known to hold: they tell of somebody. */
const UNKNOWN_KEPT_DAYS = 30
const HOUSEKEEPING_MS = 10 * 60_000

export type Heartbeat = { at: number; failure: string | null }

/**
 * The small loops of the worker: deadlines and housekeeping; giving entries their index; signing. Each runs at `wake()`
 * and at every tick at the latest, never twice at once in this process; rows guard it against other processes. They
 * do not wait for each other: a signer that is slow or away holds up nothing but the checkpoint.
 */
export function startLoops(deps: Deps): {
	wake: () => void
	heartbeat: () => Heartbeat
	stop: () => Promise<void>
} {
	const heartbeat: Heartbeat = { at: Date.now(), failure: null }
	let stopped = false
	let cleanedAt = 0
	/** The last failure of each loop: the same one is logged once, not at every tick. */
	const failures = new Map<string, string>()

	const settled = (name: string, error: unknown) => {
		const said = error === null ? '' : error instanceof Error ? error.message : 'unknown'
		if (said !== '' && failures.get(name) !== said)
			deps.log.error({ loop: name, error: withoutParameters(error) }, 'the worker could not finish a pass')
		if (said === '' && failures.has(name)) deps.log.info({ loop: name }, 'the worker goes on')
		if (said === '') failures.delete(name)
		else failures.set(name, said)
		heartbeat.failure = failures.size === 0 ? null : [...failures.keys()].join(', ')
		heartbeat.at = Date.now()
	}
	const loop = (name: string, work: () => Promise<void>, restMs = 0) =>
		createLoop(
			async () => {
				await work()
				settled(name, null)
			},
			{ onError: (error) => settled(name, error), restMs },
		)

	const deadlines = loop('deadlines', async () => {
		await fireDueTimers(deps)
		if (Date.now() - cleanedAt > HOUSEKEEPING_MS) {
			cleanedAt = Date.now()
			await deps.database.withTx(async (tx) => {
				await purgeChallenges(tx, deps.now())
				await purgeDrafts(tx, new Date(deps.now().getTime() - DRAFT_DAYS * DAY_MS))
			})
			await deps.database.withTx((tx) => purgeShares(tx, deps.now()))
			await deps.database.withTx((tx) => purgeImports(tx, deps.now()))
			await deps.database.withTx((tx) => endOldReadings(tx, deps.now()))
			await deps.database.withTx((tx) =>
				purgeUnknownEvents(tx, new Date(deps.now().getTime() - UNKNOWN_KEPT_DAYS * DAY_MS)),
			)
			await deps.database.withTx((tx) => purgeDeliveries(tx, new Date(deps.now().getTime() - DAY_MS)))
		}
	})
	const note = sequencerNotes(deps)
	/** Why entries got no index at the last attempt. */
	let stuck: unknown = null
	const publishing = loop('publishing', async () => {
		try {
			await publishHead(deps)
			await note(stuck)
		} catch (error) {
			// The database may be what is away: then there is nowhere to note it, and the program's log has it.
			await note(error).catch(() => undefined)
			throw error
		}
	})
	let isTreeComplete = false
	const integrating = loop(
		'integrating',
		async () => {
			if (!isTreeComplete) await completeTree(deps)
			isTreeComplete = true
			try {
				while ((await integratePending(deps)) === BATCH && !stopped) publishing.wake()
				stuck = null
			} catch (error) {
				stuck = error
				throw error
			} finally {
				publishing.wake()
			}
		},
		GATHER_MS,
	)
	const loops = [deadlines, integrating, publishing]
	const wake = () => {
		deadlines.wake()
		integrating.wake()
	}
	const ticks = setInterval(wake, TICK_MS)
	return {
		wake,
		heartbeat: () => ({ ...heartbeat }),
		async stop() {
			stopped = true
			clearInterval(ticks)
			await Promise.all(loops.map((each) => each.stop()))
		},
	}
}
