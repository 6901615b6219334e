import { withoutParameters } from '#db/transaction.ts'
import {
	askWitness,
	reachableWitnesses,
	type WitnessDeps,
	type WitnessOutcome,
} from '#app/services/ledger/witness-log.server.ts'

const TICK_MS = 500
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 5 * 60_000

/**
 * Sends new checkpoints to the witnesses, each by itself: one that is slow or gone holds up neither the others nor the
 * sequencer. After a failure it waits twice as long each time, up to five minutes.
 */
export function startWitnessLoop(deps: WitnessDeps): { stop: () => Promise<void> } {
	const ending = new AbortController()
	const running = new Map<string, Promise<void>>()
	const pauses = new Map<string, { until: number; ms: number }>()

	const ask = async (witness: ReturnType<typeof reachableWitnesses>[number]) => {
		const { name } = witness
		let outcome: WitnessOutcome
		try {
			outcome = await askWitness(deps, witness, ending.signal)
		} catch (error) {
			deps.log.error({ witness: name, error: withoutParameters(error) }, 'a witness could not be asked')
			return pause(name)
		}
		if (ending.signal.aborted) return
		note(deps, name, outcome)
		if (outcome.kind === 'failed') pause(name)
		else pauses.delete(name)
	}
	const pause = (name: string) => {
		const ms = Math.min(LONGEST_PAUSE_MS, (pauses.get(name)?.ms ?? FIRST_PAUSE_MS / 2) * 2)
		pauses.set(name, { until: Date.now() + ms, ms })
	}
	const tick = () => {
		for (const witness of reachableWitnesses(deps)) {
			const { name } = witness
			if (running.has(name) || (pauses.get(name)?.until ?? 0) > Date.now()) continue
			running.set(
				name,
				ask(witness).finally(() => running.delete(name)),
			)
		}
	}
	const ticks = reachableWitnesses(deps).length > 0 ? setInterval(tick, TICK_MS) : undefined
	return {
		async stop() {
			clearInterval(ticks)
			ending.abort()
			await Promise.all(running.values())
		},
	}
}

/** Keeps what a page says of a witness, and logs each change once. */
function note({ witnessing, log, now }: WitnessDeps, name: string, outcome: WitnessOutcome): void {
	const before = witnessing.notes.get(name)
	if (outcome.kind !== 'failed') {
		if (before?.problem) log.info({ witness: name }, 'a witness cosigns again')
		witnessing.notes.set(name, { problem: null, wentBack: before?.wentBack ?? null })
		return
	}
	const { problem: code, text } = outcome
	const isKnown = before?.problem?.code === code
	if (!isKnown) log.warn({ witness: name, problem: code, text }, 'a witness does not cosign')
	witnessing.notes.set(name, {
		problem: { code, text, since: isKnown ? before.problem!.since : now() },
		wentBack: before?.wentBack ?? null,
	})
}
