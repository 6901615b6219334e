import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { queueOf, type QueueCursor } from '#db/queries/queue.ts'
import { requestsById } from '#db/queries/requests.ts'
import { fillQueue, ME } from '#test/factories/queue.ts'
import { print, round } from './figure.ts'

const PAGES = 400
const PAGE = 25
const ASKED = { roles: ['duty', 'owner'], personId: ME }

/** A page of an approver's queue with a million requests in the table, half of which wait, against one with a thousand. */
export async function benchQueue(): Promise<void> {
	const [small, large] = [await measure(500), await measure(500_000)]
	print({
		name: 'queue-page-ratio',
		value: round(large / small, 2),
		unit: 'x',
		note: `p95 of ${PAGES} pages: ${round(large, 2)} ms with 1,000,000 requests, ${round(small, 2)} ms with 1,000`,
	})
}

async function measure(waiting: number): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-queue-'))
	chmodSync(folder, 0o711)
	const server = await startEmbedded({ dataDirectory: join(folder, 'data') })
	try {
		await migrateDatabase(server.connection)
		const owner = openDatabase(server.connection, { max: 1, asOwner: true })
		await fillQueue(owner, waiting)
		await owner.pool.query('vacuum (analyze)')
		const times: number[] = []
		let after: QueueCursor | null = null
		for (let n = -20; n < PAGES; n++) {
			const from = performance.now()
			const page = await queueOf(owner.db, ASKED, after, PAGE)
			await requestsById(
				owner.db,
				page.map(({ requestId }) => requestId),
			)
			if (n >= 0) times.push(performance.now() - from)
			// On through the queue, and from its beginning again where it ends.
			after = page.length === PAGE ? (page.at(-1) ?? null) : null
		}
		await owner.close()
		return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? NaN
	} finally {
		await server.stop()
		rmSync(folder, { recursive: true, force: true })
	}
}
