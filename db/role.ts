import pg from 'pg'
import type { ConnectionTarget } from './client.ts'

/** The role that the application works as: it can add to the record and change nothing in it (migration 0009). */
export const APPLICATION_ROLE = 'charterkeep_app'

/** The connections do not work as the application's role. The message says what to do. */
export class RoleMissing extends Error {
	override readonly name = 'RoleMissing'
}

/** Any constant that no other program uses on the same server. */
const GRANT_LOCK = [727_274, 2] as const

const SETTING = `-c role=${APPLICATION_ROLE}`

/** The same place, reached as the application's role: set with the connection itself, so that no statement pays for it. */
export function asRole(target: ConnectionTarget): ConnectionTarget & { options?: string } {
	if (!('connectionString' in target)) return { ...target, options: SETTING }
	const url = new URL(target.connectionString)
	const options = url.searchParams.get('options')
	url.searchParams.set('options', options === null ? SETTING : `${options} ${SETTING}`)
	return { connectionString: url.href }
}

/** Throws RoleMissing unless connections of this pool really work as the role: a pooler may have dropped the setting. */
export async function demandRole(pool: Pick<pg.Pool, 'query'>): Promise<void> {
	const user = await pool.query<{ current_user: string }>('select current_user').then(
		({ rows }) => rows[0]?.current_user,
		(error: Error) => {
			if (/role/.test(error.message)) throw new RoleMissing(whatToDo(error.message), { cause: error })
			throw error
		},
	)
	if (user !== APPLICATION_ROLE)
		throw new RoleMissing(
			`The database gives us the role ${user}, not ${APPLICATION_ROLE}: something between us and PostgreSQL drops the connection option "${SETTING}". Let it pass, or connect without it.`,
		)
}

const whatToDo = (message: string) =>
	`Charterkeep works as the database role ${APPLICATION_ROLE}, and cannot (${message}). An administrator of the server runs once: CREATE ROLE ${APPLICATION_ROLE} NOLOGIN; GRANT ${APPLICATION_ROLE} TO the user of DATABASE_URL;`

/**
 * Lets the role work with the tables of a schema that another program keeps in our database (the job queue), and with
 * those it adds later. Only their owner can; a user that is a mere member finds that done already.
 */
export async function grantSchema(target: ConnectionTarget, schema: string): Promise<void> {
	const client = new pg.Client(target)
	client.on('error', () => undefined)
	await client.connect()
	try {
		await client.query('begin')
		// Two starts at once would update the same rows of the catalogue.
		await client.query('select pg_advisory_xact_lock($1, $2)', [...GRANT_LOCK])
		const { rows } = await client.query<{ is_owner: boolean }>(
			`select pg_has_role(nspowner, 'USAGE') as is_owner from pg_namespace where nspname = $1`,
			[schema],
		)
		if (rows[0]?.is_owner === true) {
			const name = client.escapeIdentifier(schema)
			await client.query(`
				grant usage on schema ${name} to ${APPLICATION_ROLE};
				grant select, insert, update, delete on all tables in schema ${name} to ${APPLICATION_ROLE};
				grant usage on all sequences in schema ${name} to ${APPLICATION_ROLE};
				alter default privileges in schema ${name} grant select, insert, update, delete on tables to ${APPLICATION_ROLE}`)
		}
		await client.query('commit')
	} finally {
		await client.end()
	}
}
