import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from '#db/client.ts'
import { auditLog } from '#app/services/ledger/audit-log.server.ts'
import type { AuditOrder } from './audit-record.server.ts'

/** Hashing a large log takes minutes: in a thread of its own, so that no page waits for it. */
const { target, vkey } = workerData as AuditOrder
const database = openDatabase(target, { max: 1 })
try {
	parentPort?.postMessage(await auditLog(database.db, { vkey, since: null }))
} finally {
	await database.close()
}
