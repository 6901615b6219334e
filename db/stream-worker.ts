import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import type { ConnectionTarget } from './client.ts'
import { connectStreams } from './postgres-js.ts'
import type { StreamMessage } from './stream.ts'

const port = parentPort
if (port === null) throw new Error('This file runs in a worker thread.')
const { target, query, role } = workerData as { target: ConnectionTarget; query: string; role: string | null }
const say = (message: StreamMessage) => port.postMessage(message)

const sql = connectStreams(target, role)
try {
	await once(port, 'message')
	const readable = await sql.unsafe(`COPY (${query}) TO STDOUT`).readable()
	for await (const chunk of readable) {
		say({ chunk: chunk as Uint8Array })
		await once(port, 'message')
	}
	say({ end: true })
} catch (error) {
	say({ failure: error instanceof Error ? error.message : String(error) })
} finally {
	await sql.end({ timeout: 1 })
}
