import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PgDialect } from 'drizzle-orm/pg-core'
import { historyQuery } from '#db/queries/history.ts'
import type { ConnectionTarget } from '#db/client.ts'
import { copyOut } from '#db/stream.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { print, round } from '../figure.ts'
import { openBenchDatabase } from './export-database.ts'

const ROWS = 1_000_000
const ROUNDS = 3
/**
 * The collector of V8 lets garbage lie while the machine has memory to spare: merely loading these modules takes 320 MB
 * of it. With a small heap the figure is what an export needs, and one that held on to its rows would end here.
 */
const HEAP = ['--max-old-space-size=128', '--max-semi-space-size=4']

/**
 * The access history of a million rows as CSV by the real use case, in a process that does nothing else, against
 * `COPY (same query) TO STDOUT` in the same run, turn by turn. The receiver takes every byte and throws it away.
 */
export async function benchExport(): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), 'charterkeep-bench-'))
	chmodSync(directory, 0o711)
	const { connection, stop } = await openBenchDatabase(directory, ROWS)
	try {
		const ours: { seconds: number; rssMb: number; bytes: number }[] = []
		const peer: { seconds: number; bytes: number }[] = []
		for (let round = 0; round < ROUNDS; round++) {
			peer.push(await copy(connection))
			ours.push(await exported(connection, directory))
		}
		const [own, copied] = [
			median(ours.map(({ seconds }) => seconds)),
			median(peer.map(({ seconds }) => seconds)),
		]
		print({
			name: 'export-copy-ratio',
			value: round(own / copied, 2),
			unit: 'x',
			peer: 'COPY (same query) TO STDOUT',
			note: `${ROWS} rows as CSV: ${round(own)} s and ${round((ours[0]?.bytes ?? 0) / 1e6)} MB; COPY ${round(copied)} s and ${round((peer[0]?.bytes ?? 0) / 1e6)} MB; medians of ${ROUNDS}`,
		})
		print({
			name: 'export-rss-mb',
			value: round(Math.max(...ours.map(({ rssMb }) => rssMb))),
			unit: 'MB',
			note: `peak of the process that exports, the largest of ${ROUNDS}; node ${HEAP.join(' ')}`,
		})
	} finally {
		await stop()
		rmSync(directory, { recursive: true, force: true })
	}
}

const median = (values: readonly number[]) =>
	[...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** The query of the export has no parameters where nothing is filtered, so COPY takes it as it is. */
async function copy(target: ConnectionTarget): Promise<{ seconds: number; bytes: number }> {
	const { sql, params } = new PgDialect().sqlToQuery(historyQuery(EVERYTHING))
	if (params.length > 0) throw new Error('COPY takes no parameters, and this query has some.')
	const from = performance.now()
	let bytes = 0
	for await (const chunk of copyOut(target, sql)) bytes += chunk.byteLength
	return { seconds: (performance.now() - from) / 1000, bytes }
}

/** One export in a process of its own, which prints its figures as a line of JSON. */
async function exported(
	target: ConnectionTarget,
	directory: string,
): Promise<{ seconds: number; rssMb: number; bytes: number }> {
	const child = spawn(process.execPath, [...HEAP, join(import.meta.dirname, 'export-process.ts')], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	child.stdin.end(JSON.stringify({ target, directory }))
	let last = ''
	for await (const line of createInterface(child.stdout)) last = line
	const [code] = child.exitCode === null ? ((await once(child, 'exit')) as [number | null]) : [child.exitCode]
	if (code !== 0) throw new Error(`The export ended with ${code}.`)
	const told = JSON.parse(last) as { seconds: number; rssMb: number; bytes: number; rows: number }
	if (told.rows !== ROWS) throw new Error(`${told.rows} rows were exported, not ${ROWS}.`)
	return told
}
