import { purgeChallenges } from '#db/queries/credentials.ts'
import { purgeShares } from '#db/queries/shares.ts'
import { withoutParameters } from '#db/transaction.ts'
import type { Deps } from '#app/services/deps.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'

const TICK_MS = 400
const HOUSEKEEPING_MS = 10 * 60_000

export type Heartbeat = { at: number; failure: string | null }

/**
 * The small loops of the worker: sequencing the record, firing deadlines, housekeeping. Each runs at `wake()` and at
 * every tick at the latest, never twice at once in this process; rows guard it against other processes.
 */
export function startLoops(deps: Deps): {
	wake: () => void
	heartbeat: () => Heartbeat
	stop: () => Promise<void>
} {
	const heartbeat: Heartbeat = { at: Date.now(), failure: null }
	let stopped = false
	let again = false
	let running: Promise<void> | null = null
	let cleanedAt = 0

	const pass = async () => {
		await fireDueTimers(deps)
		await sequencePending(deps)
		if (Date.now() - cleanedAt > HOUSEKEEPING_MS) {
			cleanedAt = Date.now()
			await deps.database.withTx((tx) => purgeChallenges(tx, deps.now()))
			await deps.database.withTx((tx) => purgeShares(tx, deps.now()))
		}
	}
	const run = async () => {
		do {
			again = false
			try {
				await pass()
				heartbeat.at = Date.now()
				heartbeat.failure = null
			} catch (error) {
				heartbeat.failure = error instanceof Error ? error.name : 'unknown'
				deps.log.error({ error: withoutParameters(error) }, 'the worker could not finish a pass')
			}
		} while (again && !stopped)
	}
	const wake = () => {
		if (stopped) return
		if (running !== null) {
			again = true
			return
		}
		running = run().finally(() => {
			running = null
		})
	}
	const ticks = setInterval(wake, TICK_MS)
	return {
		wake,
		heartbeat: () => ({ ...heartbeat }),
		async stop() {
			stopped = true
			clearInterval(ticks)
			await running
		},
	}
}
