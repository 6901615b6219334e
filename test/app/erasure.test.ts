import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { endGrant } from '#app/services/access/end-access.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { draftAmendment, proposeAmendment } from '#app/services/amendments/draft-amendment.server.ts'
import { prepareAmendment, signAmendment } from '#app/services/amendments/sign-amendment.server.ts'
import { withVersion } from '#app/services/amendments/splice-charter.ts'
import { revokePasskey } from '#app/services/enrolment/revoke-passkey.server.ts'
import { auditLog } from '#app/services/ledger/audit-log.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { showEntry } from '#app/services/ledger/show-record.server.ts'
import { erasePerson, type ErasureForm } from '#app/services/people/erase-person.server.ts'
import { showErasure, showErasures } from '#app/services/people/show-erasure.server.ts'
import { credentialsOf } from '#db/queries/credentials.ts'
import { entriesAbout } from '#db/queries/entries.ts'
import { openingsAbout } from '#db/queries/erasure.ts'
import { findPerson } from '#db/queries/people.ts'
import { ledgerOpenings, requests } from '#db/schema/index.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { approve, approvedAccess, askForAccess, signInAs } from './acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

let app: TestApp
let officer: Actor
let leaver: Actor

beforeEach(async () => {
	app = await createTestApp()
	officer = app.actor('security-officer')
	leaver = app.actor('operator')
	app.clock.advance(60_000)
})
afterEach(async () => {
	await app.stop()
})

const db = () => app.deps.database.db
const nameOf = async ({ personId }: Actor) => (await findPerson(db(), personId)).displayName
const erase = async (person: Actor, form: Partial<ErasureForm> = {}, by = officer) =>
	erasePerson(app.deps, by, person.personId, {
		parts: ['identity', 'facts', 'texts', 'passkeys'],
		ground: 'retention_over',
		reason: 'Retention rule 7, five years after leaving',
		confirmation: await nameOf(person),
		...form,
	})

async function revokeAll({ personId }: Actor): Promise<void> {
	for (const { id: passkeyId, revokedAt } of await credentialsOf(db(), personId))
		if (revokedAt === null) await revokePasskey(app.deps, officer, { personId, passkeyId, cause: 'left' })
}

const file = () => askForAccess(app, leaver)

/** A request that was approved and whose access is over. */
async function pastAccess(): Promise<string> {
	const requestId = await approvedAccess(app)
	await endGrant(app.deps, leaver, requestId)
	return requestId
}

/** Every table with a row that holds this text, entries of the log as the text that they are. */
async function tablesWith(text: string): Promise<string[]> {
	const { pool } = app.deps.database
	const { rows } = await pool.query<{ name: string }>(
		"select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
	)
	const found: string[] = []
	for (const { name } of rows) {
		const row =
			name === 'ledger_entries' || name === 'ledger_pending' ? "convert_from(leaf, 'UTF8')" : 't::text'
		const hit = await pool.query(`select 1 from "${name}" t where position($1 in ${row}) > 0 limit 1`, [text])
		if (hit.rowCount) found.push(name)
	}
	return found.sort()
}

describe('erasing', () => {
	test('destroys the openings and what stood in tables, and nothing that a proof rests on', async () => {
		await pastAccess()
		await revokeAll(leaver)
		await sequencePending(app.deps)
		const person = await findPerson(db(), leaver.personId)
		const before = await openingsAbout(db(), leaver.personId)
		const others = (await db().select().from(ledgerOpenings)).length - before.length
		const { rows: leaves } = await app.deps.database.pool.query(
			'select leaf from ledger_entries order by index',
		)
		const preview = await showErasure(app.deps, officer, leaver.personId)
		const planned = preview.parts.reduce((sum, { total }) => sum + total, 0)
		expect(await tablesWith(person.displayName)).toEqual(['ledger_openings', 'people'])

		expect(await erase(leaver)).toEqual({ groups: planned })

		for (const text of [person.displayName, person.userPrincipalName, 'phishing wave', 'CHG-77123'])
			expect(await tablesWith(text), text).toEqual([])
		const stayed = (await openingsAbout(db(), leaver.personId)).map(({ kind, group }) => `${kind} ${group}`)
		expect([...new Set(stayed)]).toEqual(['request.decided evidence', 'record.erased basis'])
		await sequencePending(app.deps)
		// The erasure says exactly what it destroyed; nobody else's openings are gone, save that of its own entry added.
		const entries = await entriesAbout(db(), leaver.personId, ['record.erased'])
		const erased = entries.flatMap(({ leaf }) => {
			const parsed = parseLeaf(new TextDecoder().decode(leaf))
			return parsed?.kind === 'record.erased'
				? parsed.open.erased.flatMap(({ entryId, groups }) => groups.map((group) => `${entryId} ${group}`))
				: []
		})
		const left = new Set(
			(await openingsAbout(db(), leaver.personId)).map(({ entryId, group }) => `${entryId} ${group}`),
		)
		const gone = before.map(({ entryId, group }) => `${entryId} ${group}`).filter((name) => !left.has(name))
		expect([...erased].sort()).toEqual(gone.sort())
		expect(erased).toHaveLength(planned)
		const now = await db().select().from(ledgerOpenings)
		expect(now.filter(({ entryId }) => !before.some((opening) => opening.entryId === entryId))).toHaveLength(
			others + entries.length,
		)
		// Not a byte of the log changed, and all of it still proves.
		const { rows: after } = await app.deps.database.pool.query(
			'select leaf from ledger_entries order by index',
		)
		expect(after.slice(0, leaves.length)).toEqual(leaves)
		const report = await auditLog(db(), { vkey: app.deps.signer.vkey, since: null })
		expect(report.problems).toEqual([])
	})

	test('shows on the entry that it was erased, when, and by which entry', async () => {
		await revokeAll(leaver)
		await sequencePending(app.deps)
		await erase(leaver, { parts: ['identity'] })
		await sequencePending(app.deps)
		const [recorded] = await entriesAbout(db(), leaver.personId, ['person.recorded'])
		const [erasure] = await entriesAbout(db(), leaver.personId, ['record.erased'])
		const entry = await showEntry(app.deps, app.actor('auditor'), recorded?.index ?? -1)
		expect(entry.openings).toMatchObject([
			{ group: 'identity', record: null, erased: { entryIndex: erasure?.index } },
		])
		const [fact] = await entriesAbout(db(), leaver.personId, ['person.citizenship_recorded'])
		const kept = await showEntry(app.deps, app.actor('auditor'), fact?.index ?? -1)
		expect(kept.openings).toMatchObject([{ group: 'fact', erased: null }])
		expect(kept.openings[0]?.record).toContain('country')
		expect(await showErasures(app.deps, officer, leaver.personId)).toHaveLength(1)
		await expect(erase(leaver, { parts: ['identity'] })).rejects.toMatchObject({
			details: { problem: 'NOTHING_TO_ERASE' },
		})
	})

	test('takes as many entries as it needs, 400 entries in each', async () => {
		for (let n = 0; n < 401; n++) {
			await signInAs(app, leaver)
		}
		await revokeAll(leaver)
		expect(await erase(leaver, { parts: ['passkeys'] })).toEqual({ groups: 401 })
		await sequencePending(app.deps)
		expect(await entriesAbout(db(), leaver.personId, ['record.erased'])).toHaveLength(2)
	})

	test('of an approver takes the facts that their decisions were judged on', async () => {
		await pastAccess()
		const approver = app.actor('duty-officer')
		await revokeAll(approver)
		const decided = (await openingsAbout(db(), approver.personId)).filter(
			({ kind }) => kind === 'request.decided',
		)
		expect(decided.map(({ group }) => group)).toEqual(['eligibility', 'evidence'])
		await erase(approver, { parts: ['facts'] })
		const left = await openingsAbout(db(), approver.personId)
		expect(left.filter(({ kind }) => kind === 'request.decided').map(({ group }) => group)).toEqual([
			'evidence',
		])
	})
})

describe('is refused', () => {
	test('while an access may live, a request waits, or a passkey could still sign', async () => {
		const requestId = await file()
		await expect(erase(leaver)).rejects.toMatchObject({
			code: 'PERSON_IN_USE',
			details: { openRequests: 1, liveAccesses: 0, usablePasskeys: 1 },
		})
		await approve(app, requestId, app.actor('duty-officer'))
		await expect(erase(app.actor('duty-officer'))).rejects.toMatchObject({ details: { openRequests: 1 } })
		await approve(app, requestId, app.actor('data-owner'))
		await revokeAll(leaver)
		await expect(erase(leaver)).rejects.toMatchObject({ details: { liveAccesses: 1, usablePasskeys: 0 } })
		// Whoever approved it stays known for as long as it may live.
		const approver = app.actor('data-owner')
		await expect(erase(approver)).rejects.toMatchObject({
			code: 'PERSON_IN_USE',
			details: { approvedAccesses: 1, openRequests: 0, liveAccesses: 0 },
		})
		await endGrant(app.deps, leaver, requestId)
		await erase(leaver)
		await expect(erase(approver)).rejects.toMatchObject({ details: { approvedAccesses: 0 } })
	})

	test('to others than officers, for oneself, and where the name is not typed', async () => {
		await revokeAll(leaver)
		await expect(erase(leaver, {}, app.actor('auditor'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
		await expect(showErasure(app.deps, app.actor('auditor'), leaver.personId)).rejects.toMatchObject({
			code: 'FORBIDDEN',
		})
		await expect(erase(officer)).rejects.toMatchObject({ code: 'FORBIDDEN' })
		await expect(erase(leaver, { confirmation: 'somebody else' })).rejects.toMatchObject({
			details: { problem: 'NAME_DIFFERS' },
		})
		expect(await showErasures(app.deps, officer, leaver.personId)).toEqual([])
	})

	test('where too few would be left who could amend the charter, and then nothing is gone', async () => {
		const owner = app.actor('charter-owner')
		await revokeAll(owner)
		const before = (await openingsAbout(db(), owner.personId)).length
		await expect(erase(owner, { parts: ['identity', 'facts'] })).rejects.toMatchObject({
			code: 'CHARTER_LOCKOUT',
		})
		expect(await openingsAbout(db(), owner.personId)).toHaveLength(before)
		expect(await nameOf(owner)).toBe(owner.displayName)
		await erase(owner, { parts: ['identity'] })
	})

	test('for a request filed at the same moment: one of the two', async () => {
		await revokeAll(leaver)
		const [filed, erased] = await Promise.allSettled([file(), erase(leaver)])
		expect([filed.status, erased.status].sort()).toEqual(['fulfilled', 'rejected'])
		const open = await db().select().from(requests).where(eq(requests.requesterId, leaver.personId))
		expect(open).toHaveLength(filed.status === 'fulfilled' ? 1 : 0)
	})
})

test('the passkey that signed a charter in force stays, whatever is chosen', async () => {
	const [owner, second] = [app.actor('charter-owner'), app.actor('second-charter-owner')]
	const { yaml, charterId, version } = await app.deps.charters.inForce(db())
	const changed = yaml.replace('maximumDuration: PT8H', 'maximumDuration: PT6H')
	const amendmentId = await draftAmendment(app.deps, owner, {
		yaml: withVersion(changed, { id: charterId, version: version + 1 }),
		reason: 'The help desk works in shorter shifts.',
		inForceFrom: null,
	})
	await proposeAmendment(app.deps, owner, amendmentId)
	for (const actor of [owner, second]) {
		const { challengeId } = await prepareAmendment(app.deps, actor, {
			amendmentId,
			verdict: 'sign',
			reason: '',
		})
		await signAmendment(app.deps, actor, { amendmentId, challengeId, response: app.answerOf(actor) })
	}
	await revokeAll(owner)
	expect((await showErasure(app.deps, officer, owner.personId)).keptPasskeys).toBe(1)
	const [key] = await credentialsOf(db(), owner.personId)
	await erase(owner, { parts: ['identity', 'passkeys'] })
	expect((await credentialsOf(db(), owner.personId))[0]?.credentialId).toBe(key?.credentialId)
})
