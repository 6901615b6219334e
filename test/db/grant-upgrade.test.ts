import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { openDatabase } from '#db/client.ts'
import { migrateDatabase, MIGRATIONS } from '#db/migrate.ts'
import { loadGrantState, saveGrantStep } from '#db/queries/workflow-rows.ts'
import { grantMachine } from '#workflows/grants/grant.machine.ts'
import { decide } from '#workflows/shared/decide.ts'

/** The last migration under which grants were of version 1. */
const LAST_OF_VERSION_1 = 14

/** The migrations as they were then, in a folder of their own. */
function migrationsOfThen(): string {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-migrations-'))
	cpSync(MIGRATIONS, folder, { recursive: true })
	const file = join(folder, 'meta/_journal.json')
	const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { idx: number }[] }
	const entries = journal.entries.filter(({ idx }) => idx <= LAST_OF_VERSION_1)
	writeFileSync(file, JSON.stringify({ ...journal, entries }))
	return folder
}

test('a database with grants of version 1 is brought up to date, and they are stepped to their end', async () => {
	const name = `ck_${randomUUID().replaceAll('-', '')}`
	const admin = new pg.Client(inject('connection'))
	await admin.connect()
	const folder = migrationsOfThen()
	try {
		await admin.query(`create database ${name} template template0`)
		const connection = { ...inject('connection'), database: name }
		await migrateDatabase(connection, folder)
		const id = randomUUID()
		const context = {
			grantId: id,
			requestId: id,
			personId: id,
			principalId: id,
			roleDefinitionId: id,
			directoryScopeId: '/',
			durationMs: 1_800_000,
			endsAt: '2026-11-23T12:30:00.000Z',
			startsAt: '2026-11-23T12:00:00.000Z',
			tenantRequestId: 't',
			tenantInstanceId: 'i',
			cause: null,
			endedBy: null,
			retryAt: null,
			failure: null,
			closedAt: null,
		}
		const then = new pg.Client(connection)
		await then.connect()
		// The row alone: whom it belongs to does not matter here.
		await then.query(`set session_replication_role = replica`)
		await then.query(
			`insert into grants (id, request_id, person_id, role, state, context, machine_version, version, created_at)
			values ($1, $1, $1, 'admin', 'active', $2, 1, 3, now())`,
			[id, context],
		)
		await then.end()
		expect(await migrateDatabase(connection)).toBeGreaterThan(0)
		const database = openDatabase(connection, { max: 2 })
		await database.withTx(async (tx) => {
			const before = await loadGrantState(tx, id, true)
			const at = '2026-11-23T12:30:00.000Z'
			const event = { type: 'xstate.after.remainingTime.grant.active', at } as const
			const decided = decide(grantMachine, before.snapshot, event)
			await saveGrantStep(tx, before, decided, {
				event,
				actorId: null,
				entryId: randomUUID(),
				at: new Date(at),
			})
		})
		const { rows } = await database.pool.query('select state, machine_version, context from grants')
		expect(rows).toMatchObject([
			{ state: 'removing', machine_version: 2, context: { cause: 'deadline', extended: [] } },
		])
		await expect(
			database.pool.query(`update grants set state = 'unheard_of' where id = $1`, [id]),
		).rejects.toThrow(/grants_state/)
		await database.close()
	} finally {
		await admin.query(`drop database if exists ${name} with (force)`)
		await admin.end()
		rmSync(folder, { recursive: true, force: true })
	}
})
