import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import type { ConnectionTarget } from './client.ts'
import { sqlStateOf } from './transaction.ts'

export const MIGRATIONS = join(import.meta.dirname, 'migrations')

/** The migrations and the database do not fit together. The message names the file and what to do. */
export class MigrationMismatch extends Error {
	override readonly name = 'MigrationMismatch'
}

type MigrationFile = { tag: string; when: number; hash: string }
type Applied = { hash: string; createdAt: number }

const INSUFFICIENT_PRIVILEGE = '42501'

/** Any constant that no other program uses on the same server. */
const LOCK = [727_274, 1] as const

/**
 * Applies what is pending, under an advisory lock (Drizzle's migrator takes none: concurrent runs fail). Refuses when
 * an applied migration was edited or is missing, or a new one is older than the last applied, which the migrator would
 * skip without a word. Gives how many were applied.
 */
export async function migrateDatabase(target: ConnectionTarget, folder = MIGRATIONS): Promise<number> {
	const client = new pg.Client(target)
	client.on('error', () => undefined)
	await client.connect()
	try {
		await client.query('select pg_advisory_lock($1, $2)', [...LOCK])
		const files = readFiles(folder)
		const applied = await readApplied(client)
		compare(files, applied)
		// Where nothing is to be done, a user that may do nothing but work as the application's role will do.
		if (files.length === applied.length) return 0
		await migrate(drizzle(client), { migrationsFolder: folder }).catch(explainRights)
		return files.length - applied.length
	} finally {
		await client.end()
	}
}

/** True when every migration of this version has been applied, and no other. */
export async function isUpToDate(pool: pg.Pool, folder = MIGRATIONS): Promise<boolean> {
	const files = readFiles(folder)
	const applied = await readApplied(pool)
	return files.length === applied.length && files.every(({ hash }, i) => applied[i]?.hash === hash)
}

/** What the database forbids its own user is for an administrator to settle, and the cause says what. */
function explainRights(error: unknown): never {
	if (sqlStateOf(error) !== INSUFFICIENT_PRIVILEGE) throw error
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error)
	throw new MigrationMismatch(
		`The database could not be brought up to date. ${cause.message}${/ runs once: /.test(cause.message) ? '' : ': let the owner of the database start Charterkeep once, or make the user of DATABASE_URL its owner.'}`,
		{ cause: error },
	)
}

function readFiles(folder: string): MigrationFile[] {
	const journal = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')) as {
		entries: { tag: string; when: number }[]
	}
	return journal.entries.map(({ tag, when }) => ({
		tag,
		when,
		hash: createHash('sha256')
			.update(readFileSync(join(folder, `${tag}.sql`), 'utf8'))
			.digest('hex'),
	}))
}

async function readApplied(client: Pick<pg.Pool, 'query'> | pg.Client): Promise<Applied[]> {
	const exists = await client.query<{ found: string | null }>(
		`select to_regclass('drizzle.__drizzle_migrations') as found`,
	)
	if (exists.rows[0]?.found === null) return []
	const { rows } = await client.query<{ hash: string; created_at: string }>(
		'select hash, created_at from drizzle.__drizzle_migrations order by created_at, id',
	)
	return rows.map((row) => ({ hash: row.hash, createdAt: Number(row.created_at) }))
}

function compare(files: readonly MigrationFile[], applied: readonly Applied[]): void {
	applied.forEach(({ hash }, i) => {
		const file = files[i]
		if (!file) {
			throw new MigrationMismatch(
				`The database is newer than this version of Charterkeep (it has ${applied.length} migrations, we know ${files.length}): start the newer version.`,
			)
		}
		if (file.hash !== hash) {
			throw new MigrationMismatch(
				`Migration ${file.tag}.sql was changed after it had been applied: restore the file as it was released.`,
			)
		}
	})
	const last = applied.at(-1)?.createdAt ?? 0
	const late = files.slice(applied.length).find(({ when }) => when <= last)
	if (late)
		throw new MigrationMismatch(
			`Migration ${late.tag}.sql is older than the last one applied: generate it anew.`,
		)
}
