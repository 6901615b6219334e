import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { desc, eq } from 'drizzle-orm'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { openHeadGuard } from '#app/integrations/head-guard.server.ts'
import { openLogKeys } from '#app/integrations/log-keys.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { exportHistory } from '#app/services/audit/export-history.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { charterStore } from '#app/services/charter/charter-store.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { openDatabase, type ConnectionTarget } from '#db/client.ts'
import { personas } from '#db/queries/people.ts'
import { ledgerPending } from '#db/schema/index.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { peakMemoryMb } from '../peak-memory.ts'

// Exports the whole history once, as the use case does, and prints what it took. Reads where from on standard input.
const { target, directory } = JSON.parse(await text(process.stdin)) as {
	target: ConnectionTarget
	directory: string
}
const database = openDatabase(target)
const random = (length: number) => new Uint8Array(randomBytes(length))
const signer = openLogKeys({
	file: join(directory, 'log-key.json'),
	originIfNew: 'localhost/log',
	external: null,
	randomBytes: random,
})
// What an export uses, held to the types; the rest of the app is not there.
const parts = {
	database,
	now: () => new Date(),
	newId: () => uuidv7(),
	randomBytes: random,
	wake: () => undefined,
	charters: charterStore(),
	signer,
	headGuard: openHeadGuard(join(directory, 'log-head.json'), signer.origin),
	log: pino({ level: 'silent' }),
} satisfies Partial<Deps>
const deps = parts as unknown as Deps
const auditor = (await personas(database.db)).find(({ persona }) => persona === 'auditor')
const actor: Actor = {
	personId: auditor?.id ?? '',
	sessionId: '',
	displayName: auditor?.displayName ?? '',
	permissions: new Set(['record:export', 'request:read_all']),
}
const from = performance.now()
const { pieces } = await exportHistory(deps, actor, {
	format: 'csv',
	filter: EVERYTHING,
	zone: 'Europe/Berlin',
})
let bytes = 0
for await (const piece of pieces) bytes += piece.byteLength
const seconds = (performance.now() - from) / 1000
const [entry] = await database.db
	.select()
	.from(ledgerPending)
	.where(eq(ledgerPending.kind, 'record.exported'))
	.orderBy(desc(ledgerPending.seq))
	.limit(1)
const leaf = parseLeaf(new TextDecoder().decode(entry?.leaf))
await database.close()
const rows = leaf?.kind === 'record.exported' ? leaf.open.rows : 0
console.log(JSON.stringify({ seconds, rssMb: peakMemoryMb(), bytes, rows }))
