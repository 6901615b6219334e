import { setTimeout as pause } from 'node:timers/promises'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { print, round } from '../figure.ts'
import { median, openStage, startSequencer } from './stage.ts'

const BACKLOG = 100_000
const ROUNDS = 3

/** Sequencing alone: a backlog is given its indexes, hashed, built into the tree, and signed. */
export async function benchSequence(): Promise<void> {
	const stage = await openStage()
	try {
		const log = await stage.log('sequencing')
		const rates: number[] = []
		for (let n = 1; n <= ROUNDS; n++) {
			await log.owner.pool.query(
				`insert into ledger_pending (id, kind, subject, time, leaf)
				 select gen_random_uuid(), 'grant.failed', gen_random_uuid(), now(), convert_to(rpad('{"v":1,"n":' || n || ',"kind":"grant.failed"', 330, 'x'), 'UTF8')
				 from generate_series(1, ${BACKLOG}) n`,
			)
			const from = performance.now()
			const sequencer = startSequencer(log)
			sequencer.wake()
			while (((await latestCheckpoint(log.database.db))?.size ?? 0) < n * BACKLOG) await pause(20)
			rates.push(BACKLOG / ((performance.now() - from) / 1000))
			await sequencer.stop()
		}
		print({
			name: 'sequence-entries-per-second',
			value: round(median(rates)),
			unit: 'entries/s',
			note: `a backlog of ${BACKLOG}, median of ${ROUNDS}`,
		})
	} finally {
		await stage.close()
	}
}
