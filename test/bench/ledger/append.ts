import { setTimeout as pause } from 'node:timers/promises'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { print, round } from '../figure.ts'
import {
	appendAlone,
	appendInStep,
	median,
	openStage,
	quantile,
	startSequencer,
	type BenchLog,
} from './stage.ts'

const CLIENTS = 16
const ROUNDS = 5
const ROUND_MS = 3000
type Kind = 'plain' | 'alone' | 'plainStep' | 'step'

/** Appending by the real path with the sequencer at work, against plain commits of one row on the same server. */
export async function benchAppend(): Promise<void> {
	const stage = await openStage()
	try {
		const log = await stage.log('appending')
		await log.owner.pool.query(
			'create table plain (seq bigint generated always as identity primary key, id uuid not null unique, kind text, subject uuid, time timestamptz, leaf bytea)',
		)
		const rates = { plain: [], alone: [], plainStep: [], step: [] } as Record<Kind, number[]>
		const waits: number[] = []
		// The first round of each warms up and is not counted.
		for (let n = 0; n <= ROUNDS; n++) {
			const plain = await rateOf(() => insertPlain(log, false))
			const alone = await appendRound(log, appendAlone)
			const plainStep = await rateOf(() => insertPlain(log, true))
			const step = await appendRound(log, appendInStep)
			if (n === 0) continue
			rates.plain.push(plain)
			rates.alone.push(alone.rate)
			rates.plainStep.push(plainStep)
			rates.step.push(step.rate)
			waits.push(...alone.waits, ...step.waits)
		}
		const rate = (kind: Kind) => median(rates[kind])
		print({
			name: 'append-rate-ratio',
			value: round(rate('alone') / rate('plain'), 2),
			unit: 'ratio',
			peer: `plain insert of one row with pg, a transaction by itself: ${round(rate('plain'))}/s`,
			note: `${round(rate('alone'))} entries/s that stand for themselves; ${CLIENTS} clients, sequencer at work in the same process`,
		})
		print({
			name: 'append-rate-ratio-in-step',
			value: round(rate('step') / rate('plainStep'), 2),
			unit: 'ratio',
			peer: `plain begin, insert of one row, commit with pg: ${round(rate('plainStep'))}/s`,
			note: `${round(rate('step'))} entries/s in a transaction of a step`,
		})
		print({
			name: 'checkpoint-p50-ms',
			value: round(quantile(waits, 0.5)),
			unit: 'ms',
			note: 'from the commit of an entry until a checkpoint that covers it is committed',
		})
		print({
			name: 'checkpoint-p99-ms',
			value: round(quantile(waits, 0.99)),
			unit: 'ms',
			note: `${waits.length} entries`,
		})
	} finally {
		await stage.close()
	}
}

/** How often a second `work` is done by all clients together. */
async function rateOf(work: () => Promise<unknown>): Promise<number> {
	const from = performance.now()
	let done = 0
	await Promise.all(
		Array.from({ length: CLIENTS }, async () => {
			while (performance.now() - from < ROUND_MS) {
				await work()
				done += 1
			}
		}),
	)
	return done / ((performance.now() - from) / 1000)
}

const LEAF = Buffer.alloc(330, 0x61)

async function insertPlain(log: BenchLog, isTransaction: boolean): Promise<void> {
	const insert = {
		name: 'plain',
		text: 'insert into plain (id, kind, subject, time, leaf) values ($1, $2, $3, $4, $5)',
		values: [log.newId(), 'grant.failed', log.newId(), log.now(), LEAF],
	}
	if (!isTransaction) {
		await log.owner.pool.query(insert)
		return
	}
	const client = await log.owner.pool.connect()
	await client.query('begin')
	await client.query(insert)
	await client.query('commit')
	client.release()
}

async function appendRound(
	log: BenchLog,
	append: (log: BenchLog) => Promise<string>,
): Promise<{ rate: number; waits: number[] }> {
	const committed = new Map<string, number>()
	const before = (await latestCheckpoint(log.database.db))?.size ?? 0
	const sequencer = startSequencer(log)
	const rate = await rateOf(async () => {
		const id = await append(log)
		committed.set(id, performance.now())
		sequencer.wake()
	})
	while (((await latestCheckpoint(log.database.db))?.size ?? 0) < before + committed.size) await pause(50)
	await sequencer.stop()
	const { rows } = await log.owner.pool.query<{ id: string }>(
		'select id from ledger_entries where index >= $1 order by index',
		[before],
	)
	let next = 0
	const waits = rows.map(({ id }, i) => {
		while ((sequencer.published[next]?.size ?? Infinity) <= before + i) next += 1
		return (sequencer.published[next]?.at ?? Number.NaN) - (committed.get(id) ?? Number.NaN)
	})
	if (waits.length !== committed.size || waits.some(Number.isNaN))
		throw new Error('Not every entry is covered by a checkpoint: nothing is measured.')
	return { rate, waits }
}
