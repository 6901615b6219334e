import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { openDatabase } from '#db/client.ts'
import { insertCredential } from '#db/queries/credentials.ts'
import { personas } from '#db/queries/people.ts'
import { loadOrganisation, type OrganisationTexts } from '#app/sandbox/load-organisation.ts'
import { asAdmin, connectionOf, keptAdmin } from '#test/database.ts'
import { TEMPLATE } from '#test/template-name.ts'

type Log = { origin: string; rpId: string; webOrigin: string }

/**
 * The name of a database in which this organisation is loaded and each persona has a passkey, to be cloned. The first test
 * of a run that needs it makes it, by the same code that loads every organisation; the other tests of all files wait for
 * it and use it. Dates of the texts are relative to when it was made.
 */
export async function organisationTemplate(texts: OrganisationTexts, log: Log): Promise<string> {
	const what = createHash('sha256')
		.update(JSON.stringify([texts, log]))
		.digest('hex')
	const name = `ck_organisation_${what.slice(0, 24)}`
	if (await isTemplate(await keptAdmin(), name)) return name
	await asAdmin(async (admin) => {
		// One process makes it; the lock goes with the connection.
		await admin.query('select pg_advisory_lock(hashtext($1))', [name])
		if (await isTemplate(admin, name)) return
		// What a process left that died while it made one.
		await admin.query(`drop database if exists ${name} with (force)`)
		await admin.query(`create database ${name} template ${TEMPLATE} strategy file_copy`)
		await fill(name, texts, log)
		await untilNobodyIsConnected(admin, name)
		await admin.query(`alter database ${name} is_template true`)
	})
	return name
}

async function isTemplate(admin: pg.Client, name: string): Promise<boolean> {
	const { rowCount } = await admin.query('select from pg_database where datname = $1 and datistemplate', [
		name,
	])
	return rowCount === 1
}

async function fill(name: string, texts: OrganisationTexts, log: Log): Promise<void> {
	const database = openDatabase(connectionOf(name), { max: 1 })
	const now = () => new Date()
	const random = (length: number) => new Uint8Array(randomBytes(length))
	await loadOrganisation({ database, now, newId: () => uuidv7(), randomBytes: random }, texts, log)
	for (const { id, persona } of await personas(database.db)) {
		if (persona === null) continue
		const passkey = {
			credentialId: `key-${id}`,
			publicKey: new Uint8Array(1),
			signCount: 0,
			aaguid: '',
			transports: [],
			backedUp: false,
		}
		await database.withTx((tx) =>
			insertCredential(tx, {
				id: uuidv7(),
				personId: id,
				...passkey,
				entryId: uuidv7(),
				createdAt: now(),
			}),
		)
	}
	await database.close()
}

/** A database is cloned only while nobody is in it, and a server process ends a moment after its client. */
async function untilNobodyIsConnected(admin: pg.Client, name: string): Promise<void> {
	for (let n = 0; n < 100; n++) {
		const { rows } = await admin.query<{ n: string }>(
			'select count(*) n from pg_stat_activity where datname = $1',
			[name],
		)
		if (rows[0]?.n === '0') return
		await pause(20)
	}
	throw new Error(`Somebody stays connected to ${name}.`)
}
