import { Worker } from 'node:worker_threads'
import type { ConnectionTarget } from '#db/client.ts'
import { entriesFrom, readHealth } from '#db/queries/ledger.ts'
import { saveHealth } from '#db/queries/ledger-append.ts'
import type { LogReport } from '#app/services/ledger/audit-log.server.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import type { Deps } from '#app/services/deps.ts'

export type AuditOrder = { target: ConnectionTarget; vkey: string }

const DAY_MS = 24 * 3_600_000
/** How many problems are kept for the page; the count says how many there are. */
const SHOWN = 20

/**
 * The daily audit: hashes the whole log anew, records that it was done and what was found, and keeps the outcome for every
 * page and for readiness.
 */
export async function auditRecord(deps: Deps, target: ConnectionTarget): Promise<LogReport> {
	const report = await auditInThread({ target, vkey: deps.signer.first })
	const { entries, checkpoints, problems } = report
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		await recordEntry(tx, deps, {
			kind: 'record.audited',
			subject: null,
			actor: null,
			open: { entries, checkpoints, problems: problems.length },
			sealed: {},
			at,
		})
		const state = problems.length === 0 ? 'ok' : 'damaged'
		await saveHealth(tx, { part: 'audit', state, problems: problems.slice(0, SHOWN), at })
	})
	deps.wake()
	if (problems.length === 0) deps.log.info({ entries, checkpoints }, 'the record was audited and holds')
	else deps.log.error({ entries, problems }, 'the record does not hold: what it says cannot be relied on')
	return report
}

/** Whether the last audit is more than a day ago; a log that is younger than that needs none yet. */
export async function isAuditDue({ database, now }: Pick<Deps, 'database' | 'now'>): Promise<boolean> {
	const [first] = await entriesFrom(database.db, 0, 1, 1)
	const last = (await readHealth(database.db)).audit?.at ?? first?.time
	return last !== undefined && now().getTime() - last.getTime() > DAY_MS
}

function auditInThread(order: AuditOrder): Promise<LogReport> {
	const worker = new Worker(new URL('./audit-worker.ts', import.meta.url), { workerData: order })
	return new Promise((resolve, reject) => {
		worker.once('message', resolve)
		worker.once('error', reject)
		worker.once('exit', () => reject(new Error('The audit ended before it had gone through the log.')))
	})
}
