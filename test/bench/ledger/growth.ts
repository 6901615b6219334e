import { sha256 } from '#app/utils/sha256.server.ts'
import { tileReader, growTree } from '#app/services/ledger/tree.server.ts'
import { tileMemory, type TileMemory } from '#app/services/ledger/tile-memory.ts'
import { publishHead } from '#app/services/ledger/publish.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { saveLogState } from '#db/queries/ledger-append.ts'
import { consistencyRanges, inclusionRanges, rootsOf } from '#workflows/ledger/tree-proofs.ts'
import { bytesToHex } from '#workflows/shared/bytes.ts'
import { print, round } from '../figure.ts'
import { appendInStep, median, openStage, type BenchLog } from './stage.ts'

const SMALL = 10_000
const LARGE = 10_000_000
const ROUNDS = 7
const APPENDS = 60
const PROOFS = 100
/** Indexes that only make filling slow: made anew afterwards, as they are. */
const INDEXES = [
	'ledger_entries_id_key',
	'ledger_entries_kind_idx',
	'ledger_entries_subject_idx',
	'ledger_entries_time_idx',
]

/** What one append and one proof cost in a log of ten million entries, over what they cost in one of ten thousand. */
export async function benchGrowth(): Promise<void> {
	const stage = await openStage({ max_wal_size: '8GB', maintenance_work_mem: '512MB' })
	try {
		const small = await stage.log('small', { max: 4 })
		const large = await stage.log('large', { max: 4 })
		await fill(small, SMALL)
		const from = performance.now()
		await fill(large, LARGE)
		print({
			name: 'growth-filled-seconds',
			value: round((performance.now() - from) / 1000),
			unit: 's',
			note: `${LARGE} entries by SQL, not a figure of the product`,
		})
		// One for a log as in the running product; the round that is not counted fills most of it.
		const memory = { small: tileMemory(), large: tileMemory() }
		const costs = {
			append: { small: [] as number[], large: [] as number[] },
			proof: { small: [] as number[], large: [] as number[] },
		}
		for (let n = 0; n <= ROUNDS; n++) {
			const round = {
				append: { small: await appendCost(small), large: await appendCost(large) },
				proof: {
					small: await proofCost(small, SMALL, memory.small),
					large: await proofCost(large, LARGE, memory.large),
				},
			}
			if (n === 0) continue
			for (const what of ['append', 'proof'] as const)
				for (const size of ['small', 'large'] as const) costs[what][size].push(round[what][size])
		}
		for (const what of ['append', 'proof'] as const) {
			const [few, many] = [median(costs[what].small), median(costs[what].large)]
			print({
				name: `${what}-growth`,
				value: round(many / few, 2),
				unit: 'ratio',
				note: `${round(many, 2)} ms in a log of ${LARGE}, ${round(few, 2)} ms in one of ${SMALL}${what === 'append' ? '; append, sequence and sign one entry' : '; inclusion and consistency, random places'}`,
			})
		}
	} finally {
		await stage.close()
	}
}

/** Milliseconds to append one entry and see it signed: the median of some. */
async function appendCost(log: BenchLog): Promise<number> {
	const samples: number[] = []
	for (let i = 0; i < APPENDS; i++) {
		const from = performance.now()
		await appendInStep(log)
		await sequencePending(log)
		samples.push(performance.now() - from)
	}
	return median(samples)
}

async function proofCost(log: BenchLog, size: number, memory: TileMemory): Promise<number> {
	const samples: number[] = []
	const { db } = log.database
	for (let i = 0; i < PROOFS; i++) {
		const index = Math.floor(Math.random() * (size - 1)) + 1
		const from = performance.now()
		await rootsOf(inclusionRanges(index, size), tileReader(db, size, memory), sha256)
		await rootsOf(consistencyRanges(index, size), tileReader(db, size, memory), sha256)
		samples.push(performance.now() - from)
	}
	return median(samples)
}

/** Fills an empty log with so many entries and signs it. */
async function fill(log: BenchLog, size: number): Promise<void> {
	const { pool } = log.owner
	const { rows } = await pool.query<{ indexdef: string }>(
		'select indexdef from pg_indexes where indexname = any($1)',
		[INDEXES],
	)
	if (rows.length !== INDEXES.length) throw new Error('The indexes of the log have other names now.')
	for (const name of INDEXES) await pool.query(`drop index ${name}`)
	const step = 500_000
	for (let from = 0; from < size; from += step)
		await pool.query(
			`insert into ledger_entries (index, id, kind, subject, time, leaf, leaf_hash)
			 select n, gen_random_uuid(), 'grant.failed', gen_random_uuid(), now(), leaf, sha256('\\x00'::bytea || leaf)
			 from (select n, convert_to(rpad('{"v":1,"n":' || n || ',"kind":"grant.failed"', 250, 'x'), 'UTF8') as leaf
				from generate_series(${from}, ${Math.min(size, from + step) - 1}) n) made`,
		)
	for (const { indexdef } of rows) await pool.query(indexdef)
	await pool.query('analyze ledger_entries')
	await log.owner.withTx(async (tx) => {
		await growTree(tx, size)
		const ranges = [...subtreesOf(size)]
		const roots = await rootsOf(ranges, tileReader(tx, size), sha256)
		await tx.execute(`insert into ledger_state values (1, 0, '[]')`)
		await saveLogState(tx, { size, edge: roots.map(bytesToHex) })
	})
	await pool.query('analyze ledger_nodes')
	if ((await publishHead(log))?.size !== size) throw new Error('The log was not filled.')
}

/** The full subtrees of a tree of this size, from left to right. */
function* subtreesOf(size: number): Generator<{ from: number; to: number }> {
	let from = 0
	for (let width = 2 ** 40; width >= 1; width /= 2)
		if (size - from >= width) {
			yield { from, to: from + width }
			from += width
		}
}
