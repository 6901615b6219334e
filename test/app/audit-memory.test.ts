import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { completeTree } from '#app/services/ledger/integrate.server.ts'
import { publishHead } from '#app/services/ledger/publish.server.ts'
import { entriesFrom } from '#db/queries/ledger.ts'
import { lockLogState, saveLogState } from '#db/queries/ledger-append.ts'
import { appendLeaf, edgeToHex, EMPTY_EDGE } from '#workflows/ledger/merkle.ts'
import { runCommand } from './run-command.ts'
import { urlOf } from '#test/database.ts'
import { createTestLog, type TestLog } from './test-log.ts'

const ENTRIES = 300_000
const PAGE = 5000
/** Enough for the program itself and a page of entries, and for nothing that grows with them. */
const HEAP_MB = 56

let log: TestLog
beforeAll(async () => {
	log = await createTestLog()
	// Entries as the application would write them, but by one statement: writing them is not what this is about.
	await log.owner.pool.query(
		`with made as (
			select n - 1 as index, gen_random_uuid() as id, gen_random_uuid() as subject,
				date_trunc('milliseconds', now() - interval '1 day' + n * interval '1 millisecond') as time
			from generate_series(1, ${ENTRIES}) n
		), leaves as (
			select *, convert_to(jsonb_build_object('v', 1, 'id', id, 'kind', 'grant.failed', 'subject', subject, 'actor', null,
				'time', to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'open', jsonb_build_object('note', repeat('x', 120)),
				'seals', jsonb_build_object())::text, 'UTF8') as leaf
			from made
		)
		insert into ledger_entries (index, id, kind, subject, time, leaf, leaf_hash)
		select index, id, 'grant.failed', subject, time, leaf, sha256('\\x00'::bytea || leaf) from leaves`,
	)
	let edge = EMPTY_EDGE
	for (let from = 0; from < ENTRIES; from += PAGE)
		for (const { leafHash } of await entriesFrom(log.deps.database.db, from, ENTRIES, PAGE))
			edge = appendLeaf(edge, leafHash)
	const state = { size: edge.size, edge: edgeToHex(edge) }
	await log.deps.database.withTx(async (tx) => {
		await lockLogState(tx)
		await saveLogState(tx, state)
	})
	await completeTree(log.deps)
	await publishHead(log.deps)
}, 300_000)
afterAll(() => log?.stop())

const environment = () => ({
	DATABASE_URL: urlOf(log.connection),
	CHARTERKEEP_DATA_DIR: join(log.folder, 'none'),
	NODE_OPTIONS: `--max-old-space-size=${HEAP_MB} --max-semi-space-size=4`,
})

test(
	`the audit of ${ENTRIES} entries goes through a heap that does not hold them`,
	{ timeout: 300_000 },
	async () => {
		const args = ['log', 'verify', '--vkey', log.deps.signer.vkey, '--json']
		const audited = await runCommand('charterkeep.ts', args, { env: environment() })
		expect([audited.code, audited.stderr.slice(0, 500)]).toEqual([0, ''])
		expect(JSON.parse(audited.stdout)).toMatchObject({ entries: ENTRIES, checkpoints: 1, problems: [] })
		// The same heap is too small for the entries at once: a program that reads them so comes to nothing in it.
		const whole = await runCommand('../../test/fakes/whole-log.ts', [String(ENTRIES)], { env: environment() })
		expect(whole.stdout).toBe('')
		expect(whole.stderr).toMatch(/heap out of memory|heap limit/)
	},
)
