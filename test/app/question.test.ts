import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '#app/services/actor.ts'
import { answerQuestion, type Question } from '#app/services/audit/question/answer-question.server.ts'
import { questionRows, type QuestionRow } from '#app/services/audit/question/question-rows.server.ts'
import { revokePasskey } from '#app/services/enrolment/revoke-passkey.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { erasePerson } from '#app/services/people/erase-person.server.ts'
import type { AccessCursor } from '#db/queries/accesses.ts'
import { credentialsOf } from '#db/queries/credentials.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { clearances, grants, presences, requests } from '#db/schema/index.ts'
import { ROWS_OF, type RowsOf } from '#workflows/audit-export/answer.ts'
import { upgradeContext } from '#workflows/grants/grant-context.ts'
import type { GrantState } from '#workflows/grants/grant.machine.ts'
import { eq, sql } from 'drizzle-orm'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const HOUR = 3_600_000
let app: TestApp
let auditor: Actor
/** When the charter came into force, and everything begins. */
let start: number
let asked: Question

beforeEach(async () => {
	app = await createTestApp()
	auditor = app.actor('auditor')
	start = app.clock.now().getTime()
	app.clock.advance(240 * HOUR)
	const { charterId } = await app.deps.charters.inForce(app.deps.database.db)
	asked = { charterId, from: hour(0), until: hour(100), zone: 'Europe/Berlin' }
})
afterEach(async () => {
	await app.stop()
})

const hour = (count: number) => new Date(start + count * HOUR)

/** An access as its statechart stores it; hours since the charter came into force. */
async function access(
	actor: Actor,
	{
		from,
		until,
		sentAt = from ?? 0,
		state = 'ended',
	}: { from: number | null; until: number | null; sentAt?: number; state?: GrantState },
): Promise<string> {
	const { deps } = app
	const { id: charterVersionId } = await deps.charters.inForce(deps.database.db)
	const [requestId, grantId] = [deps.newId(), deps.newId()]
	const at = (count: number | null) => (count === null ? null : hour(count).toISOString())
	await deps.database.withTx(async (tx) => {
		await tx.insert(requests).values({
			id: requestId,
			requesterId: actor.personId,
			role: 'user-administrator',
			charterVersionId,
			durationSeconds: 7200,
			reason: 'Lock the accounts',
			ticket: 'CHG-20417',
			requestSha256: '',
			state: 'approved',
			context: {} as never,
			machineVersion: 1,
			version: 1,
			createdAt: hour(sentAt),
		})
		await tx.insert(grants).values({
			id: grantId,
			requestId,
			personId: actor.personId,
			role: 'user-administrator',
			state,
			context: upgradeContext({
				grantId,
				requestId,
				personId: actor.personId,
				principalId: actor.personId,
				place: { kind: 'role', roleDefinitionId: '', directoryScopeId: '/' },
				durationMs: 2 * HOUR,
				endsAt: at(sentAt + 2),
				startsAt: at(from),
				tenantRequestId: null,
				tenantInstanceId: null,
				cause: null,
				endedBy: null,
				retryAt: null,
				failure: null,
				closedAt: at(until),
			}),
			machineVersion: 1,
			version: 1,
			createdAt: hour(sentAt),
		})
	})
	return grantId
}

const counts = async (question: Partial<Question> = {}) =>
	(await answerQuestion(app.deps, auditor, { ...asked, ...question })).counts

async function allRows(rows: RowsOf): Promise<QuestionRow[]> {
	const found: QuestionRow[] = []
	let after: AccessCursor | null = null
	do {
		const page = await questionRows(app.deps, auditor, asked, { rows, after })
		found.push(...page.rows)
		after = page.next
	} while (after !== null)
	return found
}

const lapse = (actor: Actor, at: number) =>
	app.deps.database.withTx(async (tx) => {
		// The application itself never changes a fact: a test may.
		await tx.execute(sql`set local role none`)
		await tx
			.update(clearances)
			.set({ validUntil: hour(at) })
			.where(eq(clearances.personId, actor.personId))
	})

const present = (actor: Actor, facility: string, from: number, until: number | null) =>
	app.deps.database.withTx((tx) =>
		tx.insert(presences).values({
			id: app.deps.newId(),
			personId: actor.personId,
			facility,
			by: 'badge',
			validFrom: hour(from),
			validUntil: until === null ? null : hour(until),
			recordedAt: hour(from),
			evidence: '',
		}),
	)

describe('the answer', () => {
	test('counts every access of the period, and of each whether the charter permitted all of it', async () => {
		const [lapsing, never] = [app.actor('operator'), app.actor('second-operator')]
		await access(lapsing, { from: 10, until: 12 })
		await access(lapsing, { from: 20, until: 22 })
		await access(lapsing, { from: 49, until: 51 })
		await access(never, { from: 10, until: 12 })
		await lapse(lapsing, 50)
		expect(await counts()).toEqual({
			accesses: 4,
			covered: 2,
			gaps: 2,
			unchecked: 0,
			unconfirmed: 0,
			unapproved: 0,
			unplaced: 4,
			breakGlass: 0,
			breakGlassOwed: 0,
			offline: 0,
			offlineOwed: 0,
			lockbox: 0,
			lockboxOutOfBand: 0,
			people: 2,
		})
		const [unauthorised, lapsed] = await allRows('gaps')
		const failing = unauthorised?.gaps.flatMap(({ denials }) => denials.map(({ code }) => code))
		expect(failing).toContain('FACILITY')
		expect(lapsed?.gaps).toMatchObject([
			{ from: hour(50).toISOString(), until: hour(51).toISOString(), denials: [{ code: 'CLEARANCE' }] },
		])
	})

	test('holds what touches the period and nothing else, and judges only what lies in it', async () => {
		const person = app.actor('operator')
		await access(person, { from: 1, until: 4 })
		await access(person, { from: 5, until: 8 })
		await access(person, { from: 9, until: 12 })
		const within = { from: hour(4.5), until: hour(9) }
		expect(await counts(within)).toMatchObject({ accesses: 1, covered: 1 })
		// A gap after the period is none of it.
		await lapse(person, 7)
		expect(await counts({ from: hour(5), until: hour(7) })).toMatchObject({ covered: 1, gaps: 0 })
		expect(await counts({ from: hour(5), until: hour(7.5) })).toMatchObject({ covered: 0, gaps: 1 })
	})

	test('counts what Entra never confirmed as if it had been live, and not what it refused or was never sent', async () => {
		const person = app.actor('operator')
		await access(person, { from: null, sentAt: 3, until: 9 })
		await access(person, { from: null, sentAt: 4, until: 4, state: 'failed' })
		await access(app.actor('second-operator'), { from: 5, until: null, state: 'active' })
		expect(await counts()).toMatchObject({ accesses: 2, unconfirmed: 1 })
		expect((await allRows('unconfirmed'))[0]).toMatchObject({ from: hour(3).toISOString() })
	})

	test('judges an access of no length rather than passing it over', async () => {
		const person = app.actor('operator')
		await access(person, { from: 60, until: 60 })
		await lapse(person, 50)
		expect(await counts()).toMatchObject({ accesses: 1, gaps: 1 })
	})

	test('says nothing of people whose facts were erased', async () => {
		const person = app.actor('operator')
		await access(person, { from: 10, until: 12 })
		expect(await counts()).toMatchObject({ covered: 1, unchecked: 0 })
		const [passkey] = await credentialsOf(app.deps.database.db, person.personId)
		const officer = app.actor('security-officer')
		await revokePasskey(app.deps, officer, {
			personId: person.personId,
			passkeyId: passkey?.id ?? '',
			cause: 'left',
		})
		await erasePerson(app.deps, officer, person.personId, {
			parts: ['facts'],
			ground: 'retention_over',
			reason: 'Retention rule 7',
			confirmation: person.displayName,
		})
		expect(await counts()).toMatchObject({ accesses: 1, covered: 0, gaps: 0, unchecked: 1 })
	})

	test('names accesses of somebody who is shown at a place that the charter does not approve', async () => {
		const [here, elsewhere, nowhere] = [
			app.actor('operator'),
			app.actor('second-operator'),
			app.actor('operator'),
		]
		await access(here, { from: 10, until: 12 })
		await access(elsewhere, { from: 10, until: 12 })
		await access(nowhere, { from: 30, until: 32 })
		const { charter } = await app.deps.charters.inForce(app.deps.database.db)
		const approved =
			charter.roles['user-administrator']?.facilities?.[0] ?? Object.keys(charter.facilities)[0] ?? ''
		await present(here, approved, 9, 13)
		await present(elsewhere, 'somewhere-else', 11, null)
		expect(await counts()).toMatchObject({ accesses: 3, unapproved: 1, unplaced: 1 })
		expect((await allRows('unapproved'))[0]).toMatchObject({
			person: elsewhere.displayName,
			places: [{ facility: 'somewhere-else', isApproved: false }],
		})
	})

	test('reaches until now and says the checkpoint that holds what was counted', async () => {
		const person = app.actor('operator')
		await access(person, { from: 230, until: null, state: 'active' })
		const answer = await answerQuestion(app.deps, auditor, { ...asked, until: hour(10_000) })
		expect(answer.counts.accesses).toBe(1)
		const checkpoint = await latestCheckpoint(app.deps.database.db)
		expect(checkpoint?.note).toContain(`\n${answer.checkpoint.size}\n${answer.checkpoint.root}\n`)
		await expect(counts({ until: asked.from })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
		await expect(counts({ charterId: 'another' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
		await expect(answerQuestion(app.deps, app.actor('operator'), asked)).rejects.toMatchObject({
			code: 'FORBIDDEN',
		})
	})
})

test('every number of the answer is the number of its rows, page by page', async () => {
	const [fit, lapsing] = [app.actor('operator'), app.actor('second-operator')]
	await lapse(lapsing, 40)
	for (let n = 0; n < 120; n++) {
		const actor = n % 3 === 0 ? lapsing : fit
		const from = (n * 7) % 90
		await access(actor, { from: n % 10 === 0 ? null : from, sentAt: from, until: from + 2 })
	}
	const answer = await counts()
	expect(answer.accesses).toBe(120)
	expect(answer.gaps).toBeGreaterThan(0)
	for (const rows of ROWS_OF) {
		const found = await allRows(rows)
		expect(found, rows).toHaveLength(answer[rows] ?? 0)
		expect(new Set(found.map(({ grantId }) => grantId)).size, rows).toBe(found.length)
	}
	await sequencePending(app.deps)
	const { rowCount } = await app.deps.database.pool.query(
		"select 1 from ledger_entries where kind = 'record.read'",
	)
	// The answer, and each page of each list once.
	const pages = ROWS_OF.reduce((sum, rows) => sum + Math.max(1, Math.ceil((answer[rows] ?? 0) / 50)), 0)
	expect(rowCount).toBe(1 + pages)
})
