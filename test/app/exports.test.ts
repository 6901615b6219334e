import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '#db/client.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { exportHistory, type ExportRequest } from '#app/services/audit/export-history.server.ts'
import { EVERYTHING, chosenRequests, showHistory } from '#app/services/audit/history.server.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import type { HistoryFilter } from '#db/queries/history-filter.ts'
import { grants, ledgerEntries, ledgerPending, presences } from '#db/schema/index.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { CSV_COLUMNS } from '#workflows/audit-export/formats/history-csv.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'
import { OCSF_EVENT } from '#test/schemas/ocsf.ts'
import { OSCAL_ASSESSMENT_RESULTS } from '#test/schemas/oscal-assessment-results.ts'
import { seedHistory } from '#test/factories/history.ts'

let app: TestApp
beforeEach(async () => {
	app = await createTestApp()
})
afterEach(async () => {
	await app.stop()
})

const HOUR = 3_600_000

const file = (role = 'user-administrator', reason = '=HYPERLINK("http://evil") of a phishing wave') =>
	fileRequest(app.deps, app.actor('operator'), {
		role,
		reason,
		ticket: 'CHG-20417',
		durationSeconds: 1800,
	})

async function approve(requestId: string, persona: string) {
	const actor = app.actor(persona)
	const { challengeId } = await prepareDecision(app.deps, actor, {
		requestId,
		verdict: 'approve',
		reason: '',
	})
	await decideRequest(app.deps, actor, { requestId, challengeId, response: app.answerOf(actor) })
}

/** A request that became an access, confirmed by the tenant. */
async function activeAccess(): Promise<string> {
	const requestId = await file()
	await approve(requestId, 'duty-officer')
	await approve(requestId, 'data-owner')
	const [grant] = await app.deps.database.db.select().from(grants).where(eq(grants.requestId, requestId))
	await provisionGrant(app.deps, grant?.id ?? '')
	return requestId
}

async function textOf(asked: Partial<ExportRequest> = {}): Promise<string> {
	const { pieces } = await exportHistory(app.deps, app.actor('auditor'), {
		format: 'csv',
		filter: EVERYTHING,
		zone: 'America/New_York',
		...asked,
	})
	const parts: Uint8Array[] = []
	for await (const piece of pieces) parts.push(piece)
	return Buffer.concat(parts).toString('utf8')
}

const openOf = async (kind: string) => {
	await sequencePending(app.deps)
	const rows = await app.deps.database.db.select().from(ledgerEntries).where(eq(ledgerEntries.kind, kind))
	return rows.map(({ leaf, id }) => ({ id, open: parseLeaf(new TextDecoder().decode(leaf))?.open }))
}

const numbers = async (filter: Partial<HistoryFilter>) =>
	(await chosenRequests(app.deps, { ...EVERYTHING, ...filter }, 100)).map(({ number }) => number)

describe('what a filter of the history chooses', () => {
	test('several people and several roles, and everything when nothing is named', async () => {
		await file('user-administrator')
		await file('security-reader')
		const [operator, officer] = [app.actor('operator').personId, app.actor('duty-officer').personId]
		expect(await numbers({})).toEqual([2, 1])
		expect(await numbers({ people: [operator, officer] })).toEqual([2, 1])
		expect(await numbers({ people: [officer] })).toEqual([])
		expect(await numbers({ roles: ['security-reader', 'exchange-administrator'] })).toEqual([2])
	})

	test('what touches the period: filed before its end, and not over before its beginning', async () => {
		const filed = app.clock.now().getTime()
		await file()
		const at = (ms: number) => new Date(filed + ms)
		expect(await numbers({ from: at(-HOUR), until: at(HOUR) })).toEqual([1])
		expect(await numbers({ until: at(0) })).toEqual([])
		// It still waits, so it is not over.
		expect(await numbers({ from: at(50 * HOUR) })).toEqual([1])
	})

	test('facilities where the requester was authorised, or was, while the access lasted', async () => {
		await file()
		expect(await numbers({ facilities: ['berlin-control-room'] })).toEqual([1])
		expect(await numbers({ facilities: ['bonn-office'] })).toEqual([])
		const at = app.clock.now()
		await app.deps.database.withTx((tx) =>
			tx.insert(presences).values({
				id: app.deps.newId(),
				personId: app.actor('operator').personId,
				facility: 'bonn-office',
				by: 'badge',
				validFrom: at,
				validUntil: new Date(at.getTime() + HOUR),
				recordedAt: at,
				evidence: 'badge 17',
			}),
		)
		expect(await numbers({ facilities: ['bonn-office', 'frankfurt-hall'] })).toEqual([1])
	})

	test.each([
		[{ people: ['0190c3a0-0000-7000-8000-000000000001'] }, 'person', 'UNKNOWN_PERSON'],
		[{ roles: ['nobody-knows'] }, 'role', 'UNKNOWN_ROLE'],
		[{ facilities: ['atlantis'] }, 'facility', 'UNKNOWN_FACILITY'],
		[
			{ from: new Date('2026-05-02T00:00:00Z'), until: new Date('2026-05-01T00:00:00Z') },
			'until',
			'ENDS_BEFORE_IT_BEGINS',
		],
	])('%j is refused with its field', async (filter, field, problem) => {
		await expect(
			showHistory(app.deps, app.actor('auditor'), { ...EVERYTHING, ...filter }),
		).rejects.toMatchObject({
			code: 'INVALID_INPUT',
			details: { field, problem },
		})
	})
})

describe('the history as a file', () => {
	test('of many rows holds every one of them once, newest first', async () => {
		await seedHistory(app.deps.database.pool, 2500)
		const [, ...rows] = parse(await textOf())
		const column = CSV_COLUMNS.indexOf('request_number')
		expect(rows.map((row) => row[column])).toEqual(Array.from({ length: 2500 }, (_, i) => `R-${2500 - i}`))
		expect(rows.every((row) => row.length === CSV_COLUMNS.length)).toBe(true)
	})

	test('CSV holds each access with approvals, entries and local time, and no formula', async () => {
		await activeAccess()
		const text = await textOf({ withMark: true })
		expect(text.charCodeAt(0)).toBe(0xfeff)
		const [head, row, ...more] = parse(text.slice(1))
		expect(head).toEqual(CSV_COLUMNS)
		expect(more).toEqual([])
		const cell = (name: string) => row?.[CSV_COLUMNS.indexOf(name)] ?? ''
		expect(cell('justification')).toBe(`'=HYPERLINK("http://evil") of a phishing wave`)
		expect(cell('outcome')).toBe('active')
		expect(cell('local_timezone')).toBe('America/New_York')
		expect(new Date(cell('requested_at_local')).toISOString()).toBe(cell('requested_at_utc'))
		expect(cell('requested_at_local')).toMatch(/-0[45]:00$/)
		expect(cell('record_hash')).toMatch(/^[0-9a-f]{64}$/)
		expect(cell('facilities_authorised')).toBe('berlin-control-room frankfurt-hall')
		expect(JSON.parse(cell('approvals'))).toMatchObject([
			{ role: 'duty-officer', decision: 'approve' },
			{ role: 'data-owner', decision: 'approve' },
		])
		for (const secret of ['clearance', 'citizenship', 'U2', 'Verfassungsschutz'])
			expect(text).not.toContain(secret)
	})

	test('JSON Lines tell every event with its entry, and end with count and digest of what stands before', async () => {
		await activeAccess()
		const text = await textOf({ format: 'jsonl' })
		const lines = text.trimEnd().split('\n')
		const [head, access, end] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
		expect(head).toMatchObject({ type: 'head', filter: { people: null, from: null } })
		expect(access).toMatchObject({ type: 'access', outcome: 'active' })
		const events = access?.events as { kind: string; index: number }[]
		expect(events.map(({ kind }) => kind)).toEqual([
			'request.filed',
			'request.decided',
			'request.decided',
			expect.stringMatching(/^(grant|request)\./),
			...events.slice(4).map(({ kind }) => kind),
		])
		expect(events.every(({ index }) => Number.isInteger(index))).toBe(true)
		const before = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)
		expect(end).toEqual({
			type: 'end',
			accesses: 1,
			lockboxes: 0,
			findings: 0,
			sha256: createHash('sha256').update(before).digest('hex'),
		})
	})

	test('is recorded before its first byte and, with rows and digest, before its last', async () => {
		await file()
		const text = await textOf()
		const [begun] = await openOf('record.read')
		expect(begun?.open).toEqual({ view: 'export', rows: 1 })
		expect((await openOf('record.exported')).map(({ open }) => open)).toEqual([
			{
				format: 'csv',
				rows: 1,
				outcome: 'whole',
				begunEntry: begun?.id,
				fileSha256: createHash('sha256').update(text).digest('hex'),
			},
		])
	})

	test('cut off by its receiver is recorded as that, with what had left', async () => {
		await file()
		const { pieces } = await exportHistory(app.deps, app.actor('auditor'), {
			format: 'csv',
			filter: EVERYTHING,
			zone: 'UTC',
		})
		const first = await pieces.next()
		await pieces.return(undefined)
		expect((await openOf('record.exported')).map(({ open }) => open)).toMatchObject([
			{
				outcome: 'cut_off',
				rows: 0,
				fileSha256: createHash('sha256')
					.update(first.value as Uint8Array)
					.digest('hex'),
			},
		])
	})

	test('cut off by the database fails for its receiver, and is recorded as that', async () => {
		await seedHistory(app.deps.database.pool, 5000)
		const { pieces } = await exportHistory(app.deps, app.actor('auditor'), {
			format: 'jsonl',
			filter: EVERYTHING,
			zone: 'UTC',
		})
		await pieces.next()
		await asOwner(
			`select pg_terminate_backend(pid) from pg_stat_activity where query like '%from history' and datname = current_database()`,
		)
		await expect(
			(async () => {
				for await (const _ of pieces);
			})(),
		).rejects.toThrow()
		const [exported] = await openOf('record.exported')
		expect(exported?.open).toMatchObject({ outcome: 'cut_off' })
		expect((exported?.open as { rows: number }).rows).toBeLessThan(5000)
	})

	test('holds no connection back, whether it is read, left or never begun', async () => {
		await file()
		const begin = () =>
			exportHistory(app.deps, app.actor('auditor'), { format: 'csv', filter: EVERYTHING, zone: 'UTC' })
		for (let i = 0; i < 12; i++) {
			const { pieces } = await begin()
			if (i % 3 > 0) await pieces.next()
			if (i % 3 > 1) for await (const _ of pieces);
			await pieces.return(undefined)
		}
		const { pool } = app.deps.database
		expect(pool.idleCount).toBe(pool.totalCount)
		// Each one that was begun is told in the record, and none that was not.
		expect(await openOf('record.exported')).toHaveLength(8)
		expect(await app.deps.database.db.select().from(ledgerPending)).toEqual([])
	})

	test('more than four at once are asked to wait', async () => {
		await file()
		const begin = async () => {
			const { pieces } = await exportHistory(app.deps, app.actor('auditor'), {
				format: 'csv',
				filter: EVERYTHING,
				zone: 'UTC',
			})
			return { pieces, first: await pieces.next() }
		}
		const four = await Promise.all([begin(), begin(), begin(), begin()])
		await expect(begin()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
		for (const { pieces } of four) await pieces.return(undefined)
		const { pieces, first } = await begin()
		expect(first.done).toBe(false)
		await pieces.return(undefined)
	})
})

const ajv = new Ajv({ strict: false })
;(addFormats as unknown as { default: (ajv: Ajv) => void }).default(ajv)

/** What the application's own role may not do. */
async function asOwner(statement: string): Promise<void> {
	const owner = openDatabase(app.target, { max: 1, asOwner: true })
	try {
		await owner.pool.query(statement)
	} finally {
		await owner.close()
	}
}

/** The access ends: the tenant has removed it. */
async function endAccess(requestId: string): Promise<void> {
	await app.deps.database.db.execute(
		sql`update grants set state = 'ended', context = context || jsonb_build_object('closedAt', context ->> 'endsAt', 'cause', 'deadline') where request_id = ${requestId}`,
	)
}

describe('the history in formats of others', () => {
	test('OCSF 1.8: privileges assigned and revoked, charter versions and sign-ins, each as its class asks', async () => {
		await endAccess(await activeAccess())
		await file('security-reader')
		const { personId } = app.actor('operator')
		await app.deps.database.withTx((tx) =>
			recordEntry(tx, app.deps, {
				kind: 'session.signed_out',
				subject: personId,
				actor: personId,
				open: { sessionId: app.deps.newId() },
				sealed: {},
				at: app.clock.now(),
			}),
		)
		const events = (await textOf({ format: 'ocsf' }))
			.trimEnd()
			.split('\n')
			.map((text) => JSON.parse(text) as Record<string, unknown>)
		expect(events.map(({ type_uid }) => type_uid)).toEqual([300501, 300502, 300401, 300202])
		const isEvent = ajv.compile(OCSF_EVENT)
		for (const event of events) expect(isEvent(event) ? [] : [event, isEvent.errors]).toEqual([])
		const [assigned, revoked] = events
		expect(assigned).toMatchObject({
			user: { uid: personId },
			privileges: ['User Administrator'],
			unmapped: { approvals: [{ role: 'duty-officer' }, { role: 'data-owner' }] },
			metadata: { sequence: expect.any(Number) as number },
		})
		expect(revoked).toMatchObject({ status_detail: 'deadline' })
		// Restricted to a role there are no sign-ins, which have none.
		const restricted = await textOf({ format: 'ocsf', filter: { ...EVERYTHING, roles: ['security-reader'] } })
		expect(restricted).not.toContain('"class_uid":3002')
	})

	test('OSCAL: an observation for each access, and findings that are true of them', async () => {
		const isDocument = ajv.compile(OSCAL_ASSESSMENT_RESULTS)
		const read = async (asked: Partial<ExportRequest> = {}) => {
			const document = JSON.parse(await textOf({ format: 'oscal', ...asked })) as OscalDocument
			expect(isDocument(document) ? [] : isDocument.errors).toEqual([])
			const [result] = document['assessment-results'].results
			const states = (result?.findings ?? []).map(({ target }) => [target['target-id'], target.status.state])
			return { result, states: Object.fromEntries(states) as Record<string, string> }
		}
		// Nothing was examined, so nothing is found.
		expect((await read()).states).toEqual({})
		await file('security-reader')
		expect((await read()).states).toEqual({})

		await endAccess(await activeAccess())
		const good = await read()
		expect(good.result?.observations).toHaveLength(2)
		expect(good.states).toEqual({
			'ac-2_smt.i': 'satisfied',
			'ac-2.2_smt': 'satisfied',
			'ac-3_smt': 'satisfied',
			'ac-5_smt.b': 'satisfied',
			'ps-3_smt.a': 'satisfied',
			'au-10_smt': 'satisfied',
		})

		// The clearance is known today to have ended in the midst of the access, and the end came an hour late.
		await asOwner(
			`update clearances set valid_until = g.created_at + interval '1 minute' + (select (context ->> 'startsAt')::timestamptz - created_at from grants limit 1)
			from grants g where clearances.person_id = g.person_id`,
		)
		await app.deps.database.db.execute(
			sql`update grants set context = context || jsonb_build_object('closedAt', to_char((context ->> 'endsAt')::timestamptz at time zone 'UTC' + interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`,
		)
		app.clock.advance(3 * HOUR)
		const bad = await read()
		expect(bad.states).toEqual({
			...good.states,
			'ac-2.2_smt': 'not-satisfied',
			'ac-3_smt': 'not-satisfied',
			'ps-3_smt.a': 'not-satisfied',
		})
		const observed = bad.result?.observations?.find(({ description }) =>
			description.includes('Not permitted'),
		)
		expect(observed?.description).toContain('CLEARANCE')
		const screening = bad.result?.findings?.find(({ target }) => target['target-id'] === 'ps-3_smt.a')
		expect(screening?.['related-observations']).toEqual([{ 'observation-uuid': observed?.uuid }])
	})

	test('OSCAL: an access that nobody approved before it began is found', async () => {
		const requestId = await activeAccess()
		await app.deps.database.db.execute(
			sql`update grants set context = context || '{"startsAt": "2020-01-01T00:00:00.000Z"}' where request_id = ${requestId}`,
		)
		const text = await textOf({ format: 'oscal' })
		const document = JSON.parse(text) as OscalDocument
		const finding = document['assessment-results'].results[0]?.findings?.find(
			({ target }) => target['target-id'] === 'ac-2_smt.i',
		)
		expect(finding?.target.status.state).toBe('not-satisfied')
	})
})

type OscalDocument = {
	'assessment-results': {
		results: {
			observations?: { uuid: string; description: string }[]
			findings?: {
				target: { 'target-id': string; status: { state: string } }
				'related-observations'?: { 'observation-uuid': string }[]
			}[]
		}[]
	}
}
