import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { pino } from 'pino'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { publishedCheckpoint } from '#app/services/ledger/witness-published.server.ts'
import { policyFor } from '#app/services/ledger/witness-policy.server.ts'
import { startWitness, type RunningWitness } from '#app/witness/start-witness.ts'
import { readWitnessSettings } from '#app/witness/witness-settings.ts'
import { parsePolicy, type Policy } from '#workflows/ledger/tlog-policy.ts'
import { createTestApp, type TestApp } from './test-app.ts'
import { writeEntries } from './write-entries.ts'

/** A witness server over real HTTP that watches these logs, in a folder of its own. */
export async function createWitness(name: string, logs: readonly string[], port = 0) {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-witness-'))
	const logLines = (vkeys: readonly string[]) => vkeys.map((vkey) => `log ${vkey}\n`).join('')
	writeFileSync(join(folder, 'logs'), logLines(logs))
	const open = (at: number) =>
		startWitness(
			readWitnessSettings(
				{
					WITNESS_DIR: join(folder, 'state'),
					WITNESS_NAME: name,
					WITNESS_LOGS_FILE: join(folder, 'logs'),
					WITNESS_PORT: String(at),
				},
				folder,
			),
			{ log: pino({ level: 'silent' }) },
		)
	let running: RunningWitness | null = await open(port)
	const { url, vkey } = running
	return {
		name,
		url,
		vkey,
		folder: join(folder, 'state'),
		/** Changes which logs it watches; its server is told by a new start, as its operator would do it. */
		async watch(vkeys: readonly string[]): Promise<void> {
			await this.down()
			writeFileSync(join(folder, 'logs'), logLines(vkeys))
			await this.up()
		},
		/** Its line in a policy. */
		line: (as: string) => `witness ${as} ${vkey} ${url}`,
		async down(): Promise<void> {
			await running?.stop()
			running = null
		},
		/** Comes back at the same address. */
		async up(): Promise<void> {
			running ??= await open(Number(new URL(url).port))
		},
		async stop(): Promise<void> {
			await running?.stop()
			rmSync(folder, { recursive: true, force: true })
		},
	}
}

export type TestWitness = Awaited<ReturnType<typeof createWitness>>

export function policyOf(...lines: string[]): Policy {
	const { policy, refusal } = parsePolicy(`${lines.join('\n')}\n`)
	if (policy === null) throw new Error(refusal.message)
	return policy
}

/** An instance, and what a test does with its record. */
export async function createRecord(logOrigin: string) {
	const app = await createTestApp({ logOrigin })
	return {
		app,
		deps: app.deps,
		vkey: app.deps.signer.vkey,
		/** Writes an entry and has it signed. */
		async write(count = 1): Promise<void> {
			await writeEntries(app.deps, count, app.actor('charter-owner').personId)
			await sequencePending(app.deps)
		},
		/** What is given out, and under which policy. */
		async published() {
			const { database, witnessing } = app.deps
			return publishedCheckpoint(database.db, witnessing.policy, witnessing.mode)
		},
		policy: () => policyFor(app.deps.witnessing.policy, [app.deps.signer.vkey]),
	}
}

const TABLES = ['ledger_cosignatures', 'ledger_checkpoints', 'ledger_entries', 'ledger_nodes', 'ledger_state']

/** What a backup of the database holds of the record, and what putting it back does. */
export function backupsOf(app: TestApp) {
	const run = (...statements: string[]) =>
		app.owner.withTx(async (tx) => {
			for (const statement of statements) await tx.execute(sql.raw(statement))
		})
	return {
		backUp: (name: string) =>
			run(...TABLES.map((table) => `create table ${name}_${table} as table ${table}`)),
		restore: (name: string) =>
			run(
				...TABLES.flatMap((table) => [`alter table ${table} disable trigger user`, `delete from ${table}`]),
				...TABLES.toReversed().map((table) => `insert into ${table} select * from ${name}_${table}`),
				...TABLES.filter((table) => table !== 'ledger_state').flatMap((table) =>
					['append_only_rows', 'append_only_table'].map(
						(trigger) => `alter table ${table} enable always trigger ${trigger}`,
					),
				),
			),
	}
}
