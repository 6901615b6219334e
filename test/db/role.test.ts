import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '#db/client.ts'
import { startEmbedded, type EmbeddedPostgres } from '#db/embedded/launcher.ts'
import { isUpToDate, migrateDatabase } from '#db/migrate.ts'
import { appendPending, lockLogState } from '#db/queries/ledger-append.ts'
import { APPLICATION_ROLE, asRole, demandRole } from '#db/role.ts'
import { dbTest } from '#test/database.ts'

const ADDED_TO = 'SELECT, INSERT'
const WITH_STATE = 'SELECT, INSERT, UPDATE'
/** Used up, or erased on purpose. */
const USED_UP = 'SELECT, INSERT, DELETE'

/** What the application may do on every table there is. A new table is named here, or this fails. */
const MAY: Readonly<Record<string, string>> = {
	/** UPDATE of when it ends alone. */
	absences: ADDED_TO,
	agreements: USED_UP,
	amendment_signatures: ADDED_TO,
	amendments: WITH_STATE,
	/** UPDATE of its use, its end and its name alone. */
	api_tokens: ADDED_TO,
	appointments: USED_UP,
	attendances: USED_UP,
	badge_deliveries: USED_UP,
	badge_events: 'SELECT, INSERT, DELETE',
	badge_feed_keys: 'SELECT, INSERT',
	badge_feeds: 'SELECT, INSERT, UPDATE',
	badges: 'SELECT, INSERT, DELETE',
	break_glass_signatures: ADDED_TO,
	break_glass_uses: WITH_STATE,
	challenges: USED_UP,
	charter_versions: ADDED_TO,
	citizenships: USED_UP,
	clearances: USED_UP,
	coverage_gaps: WITH_STATE,
	credentials: WITH_STATE,
	decisions: ADDED_TO,
	drafts: 'SELECT, INSERT, UPDATE, DELETE',
	employments: USED_UP,
	enrolment_links: WITH_STATE,
	evidence_files: USED_UP,
	evidence_pieces: USED_UP,
	facility_authorisations: USED_UP,
	/** UPDATE of the refusals alone, which are erasable. */
	filings: ADDED_TO,
	finding_decisions: ADDED_TO,
	findings: WITH_STATE,
	/** Also deleted: what nobody wants to be told of any more. */
	graph_subscriptions: 'SELECT, INSERT, UPDATE, DELETE',
	grants: WITH_STATE,
	lapse_alarms: WITH_STATE,
	ledger_checkpoints: ADDED_TO,
	ledger_cosignatures: ADDED_TO,
	ledger_entries: ADDED_TO,
	ledger_health: WITH_STATE,
	ledger_nodes: ADDED_TO,
	ledger_openings: USED_UP,
	ledger_pending: USED_UP,
	ledger_state: WITH_STATE,
	lockbox_decisions: ADDED_TO,
	lockbox_polls: WITH_STATE,
	lockbox_requests: WITH_STATE,
	look_asks: WITH_STATE,
	mail_server: WITH_STATE,
	mails: 'SELECT, INSERT, UPDATE, DELETE',
	notice_preferences: 'SELECT, INSERT, UPDATE, DELETE',
	notices: 'SELECT, INSERT, UPDATE, DELETE',
	people: WITH_STATE,
	people_import_pieces: USED_UP,
	people_imports: WITH_STATE,
	policy_baselines: WITH_STATE,
	presences: USED_UP,
	/** UPDATE of how many are needed and of when it was closed alone. */
	provider_boundaries: ADDED_TO,
	/** UPDATE of when it ends alone, and of the evidence, which is erasable. */
	provider_holders: ADDED_TO,
	provider_readings: WITH_STATE,
	/** UPDATE of when it was taken out of the plan alone. */
	provider_shifts: ADDED_TO,
	provider_sightings: USED_UP,
	read_ins: USED_UP,
	reconcile_runs: USED_UP,
	reportable_events: USED_UP,
	/** UPDATE of the text alone, which is erasable. */
	request_messages: ADDED_TO,
	requests: WITH_STATE,
	requests_waiting: 'SELECT, INSERT, UPDATE, DELETE',
	residences: USED_UP,
	scim_tokens: WITH_STATE,
	scim_users: 'SELECT, INSERT, UPDATE, DELETE',
	sessions: WITH_STATE,
	share_pieces: USED_UP,
	shares: WITH_STATE,
	suspension_effects: WITH_STATE,
	readiness_accounts: USED_UP,
	readiness_file_pieces: USED_UP,
	/** UPDATE of how far it is and of its end alone. */
	readiness_readings: ADDED_TO,
	readiness_reports: ADDED_TO,
	readiness_tasks: WITH_STATE,
	suspension_lifts: WITH_STATE,
	suspensions: WITH_STATE,
	tenant_group_sync: WITH_STATE,
	tenant_places: 'SELECT, INSERT, UPDATE, DELETE',
	tenant_sync: WITH_STATE,
	tenant_troubles: 'SELECT, INSERT, UPDATE, DELETE',
	tenant_users: 'SELECT, INSERT, UPDATE, DELETE',
	timers: 'SELECT, INSERT, UPDATE, DELETE',
	travels: USED_UP,
	vetting_cases: WITH_STATE,
	vetting_evidence: USED_UP,
	watched_accounts: WITH_STATE,
	watched_sign_ins: ADDED_TO,
	webhook_deliveries: 'SELECT, INSERT, UPDATE, DELETE',
	webhook_keys: ADDED_TO,
	webhooks: WITH_STATE,
	visits: USED_UP,
	workflow_events: ADDED_TO,
}

const PRIVILEGES = `
	select c.relname as name, string_agg(p.name, ', ' order by p.nr) filter (where has_table_privilege($1, c.oid, p.name)) as may
	from pg_class c, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) with ordinality as p(name, nr)
	where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace = 'public'::regnamespace
	group by c.relname`

describe('the role of the application', () => {
	dbTest('may do this on each table, and nothing else', async ({ owner }) => {
		const { rows } = await owner.pool.query<{ name: string; may: string | null }>(PRIVILEGES, [
			APPLICATION_ROLE,
		])
		expect(Object.fromEntries(rows.map(({ name, may }) => [name, may]))).toEqual(MAY)
	})

	dbTest('is what every connection works as, in and out of transactions', async ({ database }) => {
		const who = 'select current_user as name'
		expect((await database.pool.query(who)).rows).toEqual([{ name: APPLICATION_ROLE }])
		const inside = await database.withTx(async (tx) => (await tx.execute(who)).rows)
		expect(inside).toEqual([{ name: APPLICATION_ROLE }])
		await demandRole(database.pool)
	})

	dbTest.for([
		`update ledger_entries set kind = 'x'`,
		'delete from ledger_entries',
		'truncate ledger_entries',
		'delete from ledger_nodes',
		`update ledger_checkpoints set note = ''`,
		'delete from ledger_cosignatures',
		`update ledger_openings set record = '{}'`,
		`update ledger_pending set leaf = ''`,
		'delete from workflow_events',
		`update finding_decisions set reason = ''`,
		`update lockbox_decisions set reason = ''`,
		`update citizenships set country = 'XX'`,
		'update clearances set valid_until = null',
		'update appointments set corrects = null, recorded_by = null',
		`update evidence_files set sha256 = ''`,
		`update provider_boundaries set scope = 'x'`,
		`update provider_holders set valid_from = now()`,
		`update provider_shifts set days = null`,
		'alter table ledger_entries disable trigger all',
		'drop table ledger_entries',
		'create table mine (id int)',
	])('is refused: %s', async (statement, { database }) => {
		await expect(database.pool.query(statement)).rejects.toThrow(/permission denied|must be owner/)
	})

	dbTest('a table of a later migration can be added to, and not changed', async ({ owner }) => {
		await owner.pool.query('create table later (id int)')
		const { rows } = await owner.pool.query<{ name: string; may: string }>(PRIVILEGES, [APPLICATION_ROLE])
		expect(rows.find(({ name }) => name === 'later')?.may).toBe(ADDED_TO)
	})

	test('is set beside other options of the address', () => {
		const target = asRole({ connectionString: 'postgres://u@h/d?options=-c%20statement_timeout%3D5s' })
		const url = new URL('connectionString' in target ? target.connectionString : '')
		expect(url.searchParams.get('options')).toBe(`-c statement_timeout=5s -c role=${APPLICATION_ROLE}`)
	})
})

describe('a server of somebody else', () => {
	let folder: string
	let server: EmbeddedPostgres
	const as = (user: string, database: string) => ({ ...server.connection, user, database })
	const admin = async (...statements: string[]) => {
		const client = new pg.Client(server.connection)
		await client.connect()
		try {
			for (const statement of statements) await client.query(statement)
		} finally {
			await client.end()
		}
	}

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), 'charterkeep-role-'))
		chmodSync(folder, 0o711)
		server = await startEmbedded({ dataDirectory: join(folder, 'data'), settings: { fsync: 'off' } })
	})
	afterAll(async () => {
		await server.stop()
		rmSync(folder, { recursive: true, force: true })
	})

	test('the owner of a database brings it up to date, a mere member of the role works on it, and others are told what to do', async () => {
		const { password } = server.connection
		const login = (name: string, more = '') => `create role ${name} login password '${password}' ${more}`
		await admin(login('owner'), login('member'), login('stranger'), 'create database one owner owner')

		await expect(migrateDatabase(as('owner', 'one'))).rejects.toThrow(
			/may not create the role charterkeep_app.*runs once: CREATE ROLE charterkeep_app NOLOGIN; GRANT charterkeep_app TO owner;/,
		)
		await admin('create role charterkeep_app nologin')
		await expect(migrateDatabase(as('owner', 'one'))).rejects.toThrow(
			/is no member of the role charterkeep_app.*GRANT charterkeep_app TO owner;/,
		)
		await admin('grant charterkeep_app to owner, member')
		expect(await migrateDatabase(as('owner', 'one'))).toBeGreaterThan(0)

		expect(await migrateDatabase(as('member', 'one'))).toBe(0)
		for (const user of ['owner', 'member']) {
			const database = openDatabase(as(user, 'one'), { max: 1 })
			await demandRole(database.pool)
			expect(await isUpToDate(database.pool)).toBe(true)
			await database.withTx(async (tx) => {
				await lockLogState(tx)
				const id = '0190d3c2-0000-7000-8000-00000000000' + String(user.length)
				const entry = { id, kind: 'record.created', subject: null, time: new Date(0) } as const
				await appendPending(tx, { ...entry, leaf: new Uint8Array(1) }, {})
			})
			await database.close()
		}
		const refused = openDatabase(as('stranger', 'one'), { max: 1 })
		await expect(demandRole(refused.pool)).rejects.toThrow(/An administrator of the server runs once/)
		await refused.close()
		await expect(migrateDatabase(as('stranger', 'one'))).rejects.toThrow(/permission denied|owner/)
	})

	test('several databases that are set up at once share the role', async () => {
		await admin('drop database one', 'drop role charterkeep_app', 'alter role owner createrole')
		const names = ['two', 'three', 'four', 'five']
		await admin(...names.map((name) => `create database ${name} owner owner`))
		const applied = await Promise.all(names.map((name) => migrateDatabase(as('owner', name))))
		expect(applied.every((count) => count > 0)).toBe(true)
		const database = openDatabase(as('owner', 'five'), { max: 1 })
		await demandRole(database.pool)
		await database.close()
	})
})
