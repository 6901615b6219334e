import { drizzle } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import { setTimeout as pause } from 'node:timers/promises'
import { DomainError, type ErrorCode } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from './client.ts'
import * as schema from './schema/index.ts'

export type WithTx = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

/** PostgreSQL answered COMMIT with ROLLBACK, since a statement had failed unnoticed: nothing was written. */
export class TransactionAborted extends Error {
	override readonly name = 'TransactionAborted'
}

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'
const ATTEMPTS = 3

/** Unique constraints that a person can run into, and what that means to them. */
const CONSTRAINTS: Readonly<Record<string, { code: ErrorCode; message: string }>> = {
	requests_pending_key: { code: 'ALREADY_REQUESTED', message: 'A request for this role is already open.' },
	filings_pkey: { code: 'DUPLICATE', message: 'This form was sent already.' },
	grants_live_key: { code: 'ALREADY_REQUESTED', message: 'A grant of this role has not ended yet.' },
	decisions_one_per_person_key: {
		code: 'ALREADY_DECIDED',
		message: 'This person has already decided on this request.',
	},
	break_glass_uses_debt_key: {
		code: 'BREAK_GLASS_DEBT',
		message: 'Another use of this role is not reviewed yet.',
	},
	break_glass_signatures_one_key: {
		code: 'ALREADY_SIGNED_USE',
		message: 'This person has signed on this use already.',
	},
	lockbox_decisions_one_key: {
		code: 'ALREADY_DECIDED',
		message: 'This person has already decided on this request.',
	},
	badges_number_key: { code: 'DUPLICATE', message: 'Somebody holds this badge already.' },
	scim_users_external_key: { code: 'DUPLICATE', message: 'Somebody else has this externalId.' },
	scim_users_employee_key: { code: 'DUPLICATE', message: 'Somebody else has this employee number.' },
	credentials_credential_key: { code: 'DUPLICATE', message: 'This passkey is already enrolled.' },
	amendments_open_key: { code: 'AMENDMENT_OPEN', message: 'Another amendment is waiting already.' },
	amendment_signatures_one_per_person_key: {
		code: 'ALREADY_SIGNED',
		message: 'This person has already signed or rejected this amendment.',
	},
	people_upn_key: { code: 'DUPLICATE', message: 'Another person has this user principal name.' },
	people_entra_object_key: { code: 'DUPLICATE', message: 'Another person has this Entra object id.' },
	people_personnel_number_key: { code: 'DUPLICATE', message: 'Another person has this personnel number.' },
	vetting_cases_underway_key: {
		code: 'CASE_UNDERWAY',
		message: 'A case for this clearance of this person is on the way already.',
	},
	vetting_cases_two_officers: { code: 'SECOND_OFFICER', message: 'It takes another officer.' },
	provider_boundaries_scope_key: {
		code: 'BOUNDARY_KNOWN',
		message: 'A boundary of this provider with this scope is open already.',
	},
	charter_versions_version_key: { code: 'DUPLICATE', message: 'This charter version is already in force.' },
}

/**
 * `withTx` over a pool. Drizzle's own pool transaction leaks the client when BEGIN fails, hands dead clients back,
 * and reports success when PostgreSQL answers COMMIT with ROLLBACK; here none of these. Two round trips beside those of
 * `work`. Serialization failures and
 * deadlocks are tried again, three times in all, so `work` must have no effect outside its transaction.
 */
export function transactionsOn(pool: pg.Pool): WithTx {
	return async (work) => {
		for (let attempt = 1; ; attempt++) {
			try {
				return await once(pool, work)
			} catch (error) {
				const state = sqlStateOf(error)
				const isTransient = state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED
				if (!isTransient || attempt === ATTEMPTS) throw inOurWords(error)
				await pause(5 * attempt)
			}
		}
	}
}

/** Drizzle reads the whole schema when it is made: once for each connection, not once for each transaction. */
const madeFor = new WeakMap<pg.PoolClient, Tx>()
const clients = new WeakMap<Tx, pg.PoolClient>()

/** The connection of a transaction, for statements in a form that Drizzle has no words for. */
export function connectionOf(tx: Tx): pg.PoolClient {
	const client = clients.get(tx)
	if (client === undefined) throw new TypeError('This transaction was not begun by withTx.')
	return client
}

/** Runs a named statement: PostgreSQL parses and plans it once for a connection. Instants come as `Date`. */
export async function runNamed<R extends pg.QueryResultRow>(
	reader: Reader,
	query: pg.QueryConfig & { name: string },
): Promise<R[]> {
	const { $client } = reader as Reader & { $client: pg.Pool | pg.PoolClient }
	return (await $client.query<R>(query)).rows
}

function drizzleOf(client: pg.PoolClient): Tx {
	let made = madeFor.get(client)
	if (made === undefined) {
		// What Drizzle hands to a transaction is the same object with savepoints added, which nobody here may use.
		made = drizzle(client, { schema }) as unknown as Tx
		madeFor.set(client, made)
		clients.set(made, client)
	}
	return made
}

async function once<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
	const client = await pool.connect()
	try {
		await client.query('begin')
		const result = await work(drizzleOf(client))
		const { command } = await client.query('commit')
		if (command !== 'COMMIT')
			throw new TransactionAborted('A statement of this transaction failed: nothing was written.')
		return result
	} catch (error) {
		// Where this fails as well, the connection is not idle afterwards and goes with it.
		if (client.getTransactionStatus() !== 'I') await client.query('rollback').catch(() => undefined)
		throw error
	} finally {
		// Anything but idle means broken, or a rollback that did not get through: destroy rather than reuse.
		client.release(client.getTransactionStatus() !== 'I')
	}
}

function inOurWords(error: unknown): unknown {
	const constraint = constraintOf(error)
	const known = constraint === null ? undefined : CONSTRAINTS[constraint]
	return known ? new DomainError(known.code, known.message) : error
}

/** The SQLSTATE of a failed statement, however deeply it is wrapped; null when it did not come from PostgreSQL. */
export function sqlStateOf(error: unknown): string | null {
	return textOf(error, 'code', /^[0-9A-Z]{5}$/)
}

/** The name of the constraint that a statement violated; null when none. */
export function constraintOf(error: unknown): string | null {
	return textOf(error, 'constraint', /./)
}

function textOf(error: unknown, key: 'code' | 'constraint', form: RegExp): string | null {
	for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
		const value = (at as unknown as Record<string, unknown>)[key]
		if (typeof value === 'string' && form.test(value)) return value
	}
	return null
}

/**
 * What may be logged of an error. Drizzle puts the SQL and the parameter values (names, nationalities) into its
 * message, PostgreSQL puts them into `detail`: both stay out.
 */
export function withoutParameters(error: unknown): {
	name: string
	message: string
	code: string | null
	stack?: string
} {
	if (!(error instanceof Error))
		return { name: 'Unknown', message: 'Something that is not an error was thrown.', code: null }
	const isQuery = error.name === 'DrizzleQueryError' || 'query' in error
	const root = isQuery && error.cause instanceof Error ? error.cause : error
	const message = isQuery
		? `A query failed: ${root === error ? 'cause unknown' : root.message}`
		: error.message
	return { name: error.name, message, code: sqlStateOf(error), stack: isQuery ? undefined : error.stack }
}
