import { parentPort, workerData } from 'node:worker_threads'
import type { ConnectionTarget } from './client.ts'
import { connectStreams } from './postgres-js.ts'

const port = parentPort
if (port === null) throw new Error('This file runs in a worker thread.')
const { target, channel } = workerData as { target: ConnectionTarget; channel: string }
const notify = () => port.postMessage('notified')

const sql = connectStreams(target, null)
// postgres.js subscribes again by itself after a lost connection; the third argument is called each time.
await sql.listen(channel, notify, notify)
