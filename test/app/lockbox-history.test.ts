import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { exportHistory, type ExportRequest } from '#app/services/audit/export-history.server.ts'
import { EVERYTHING, historyChoices } from '#app/services/audit/history.server.ts'
import { readHistory } from '#app/services/audit/read-history.server.ts'
import { showMyWork } from '#app/services/home/frame.server.ts'
import { pollProviders } from '#app/services/lockbox/poll-providers.server.ts'
import { reportSeen, reportSent } from '#app/services/lockbox/report.server.ts'
import { streamLockboxHistory } from '#db/queries/lockbox-history.ts'
import type { HistoryFilter } from '#db/queries/history-filter.ts'
import { openSnapshot } from '#db/snapshot.ts'
import { CSV_COLUMNS } from '#workflows/audit-export/formats/history-csv.ts'
import type { LockboxRecord } from '#workflows/audit-export/formats/lockbox-record.ts'
import { verify, wholeOf } from '#test/factories/bundle.ts'
import { insertBoundary } from '#test/factories/lockbox.ts'
import { OCSF_EVENT } from '#test/schemas/ocsf.ts'
import { OSCAL_ASSESSMENT_RESULTS } from '#test/schemas/oscal-assessment-results.ts'
import { askForAccess } from './acts.ts'
import { lockboxActs } from './lockbox-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const HOUR = 3_600_000
let app: TestApp
let [azureId, otherId] = ['', '']
/** Ids by what became of the request. */
const ids = { ended: '', overtaken: '', denied: '', inside: '' }
let [beforeInside, azureNumber] = ['', '']

beforeAll(async () => {
	app = await createTestApp()
	const officer = app.actor('security-officer')
	azureId = await insertBoundary(app.deps, officer.personId)
	otherId = await insertBoundary(app.deps, officer.personId, 'other')
	const { arrive, approveAll, decide, follow, byHand, fromInside } = lockboxActs(app)
	await askForAccess(app)

	const opened = await arrive()
	azureNumber = opened.azure
	await approveAll(opened.id)
	await follow(opened.id)
	app.clock.advance(8 * HOUR + 60_000)
	await fireDueTimers(app.deps)
	await follow(opened.id)

	const past = await arrive()
	app.arm.set(past.azure, 'Approved')
	await pollProviders(app.deps)

	const denied = await byHand(otherId, { cause: '=HYPERLINK("http://evil")' })
	await decide(denied, app.actor('duty-officer'), 'deny')
	await reportSent(app.deps, officer, denied)
	await reportSeen(app.deps, officer, { requestId: denied, seen: 'denied', note: '' })

	app.clock.advance(HOUR)
	beforeInside = app.clock.now().toISOString()
	app.clock.advance(1000)
	const inside = await fromInside(otherId, app.actor('operator'))
	await decide(inside, app.actor('duty-officer'))
	Object.assign(ids, { ended: opened.id, overtaken: past.id, denied, inside })
})
afterAll(async () => {
	await app.stop()
})

async function textOf(asked: Partial<ExportRequest> = {}): Promise<string> {
	const { pieces } = await exportHistory(app.deps, app.actor('auditor'), {
		format: 'csv',
		filter: EVERYTHING,
		zone: 'UTC',
		...asked,
	})
	const parts: Uint8Array[] = []
	for await (const piece of pieces) parts.push(piece)
	return Buffer.concat(parts).toString('utf8')
}
const ajv = new Ajv({ strict: false })
;(addFormats as unknown as { default: (ajv: Ajv) => void }).default(ajv)
const filtered = (filter: Partial<HistoryFilter>): HistoryFilter => ({ ...EVERYTHING, ...filter })

/** Ids that a filter chooses for the page, for JSON Lines and for a bundle: these must be the same. */
async function chosen(filter: Partial<HistoryFilter>): Promise<string[]> {
	const asked = filtered(filter)
	const page = await readHistory(app.deps, app.actor('auditor'), asked, 100)
	const lines = (await textOf({ format: 'jsonl', filter: asked })).trimEnd().split('\n')
	const told = lines
		.map((line) => JSON.parse(line) as { type: string; request?: { id: string } })
		.flatMap(({ type, request }) => (type === 'access' || type === 'lockbox' ? [request?.id ?? ''] : []))
	const { bytes } = await exportBundle(app.deps, app.actor('auditor'), asked, { profile: 'history' })
	const { failures, accesses } = await verify(await wholeOf(bytes), { vkey: app.deps.signer.vkey })
	// Passkeys of tests are enrolled in no log; the journey in the browser verifies signatures as well.
	expect(failures.filter(({ code }) => code !== 'CREDENTIAL_NOT_ENROLLED')).toEqual([])
	const shown = [...page.rows.map(({ requestId }) => requestId), ...page.lockboxes.rows.map(({ id }) => id)]
	expect(told).toEqual(shown)
	expect(accesses.map(({ requestId }) => requestId).sort()).toEqual([...shown].sort())
	return page.lockboxes.rows.map(({ id }) => id)
}

describe('which requests for customer content a history chooses', () => {
	test('page, file and bundle choose the same: everything, by boundary, by who decided or is to have it, by time', async () => {
		const all = [ids.inside, ids.denied, ids.overtaken, ids.ended]
		expect(await chosen({})).toEqual(all)
		expect(await chosen({ boundaries: [azureId] })).toEqual([ids.overtaken, ids.ended])
		expect(await chosen({ boundaries: [otherId] })).toEqual([ids.inside, ids.denied])
		expect(await chosen({ people: [app.actor('data-owner').personId] })).toEqual([ids.ended])
		expect(await chosen({ people: [app.actor('operator').personId] })).toEqual([ids.inside])
		// Over by then are the ended and the denied one; what the provider opened past us is still open.
		expect(await chosen({ from: new Date(beforeInside) })).toEqual([ids.inside, ids.overtaken])
		expect(await chosen({ until: new Date(beforeInside) })).toEqual([ids.denied, ids.overtaken, ids.ended])
		// They ask for no role and tell of no facility.
		expect(await chosen({ roles: ['user-administrator'] })).toEqual([])
		expect(await chosen({ facilities: ['berlin-control-room'] })).toEqual([])
	})

	test('people who decided and boundaries can be chosen; a boundary that is not known is refused', async () => {
		const choices = await historyChoices(app.deps, app.actor('auditor'))
		expect(choices.boundaries.map(({ key }) => key).sort()).toEqual([azureId, otherId].sort())
		expect(choices.people.map(({ id }) => id)).toContain(app.actor('data-owner').personId)
		await expect(
			readHistory(app.deps, app.actor('auditor'), filtered({ boundaries: [app.deps.newId()] }), 10),
		).rejects.toMatchObject({ details: { field: 'boundary', problem: 'UNKNOWN_BOUNDARY' } })
	})

	test('are streamed batch by batch, each once', async () => {
		const snapshot = await openSnapshot(app.deps.database.pool)
		const sizes: number[] = []
		const seen: string[] = []
		for await (const rows of streamLockboxHistory(snapshot.reader, EVERYTHING, { batch: 3 })) {
			sizes.push(rows.length)
			seen.push(...rows.map(({ id }) => id))
		}
		await snapshot.close()
		expect(sizes).toEqual([3, 1])
		expect(new Set(seen).size).toBe(4)
	})
})

describe('the home page', () => {
	test('shows who may decide what waits for them and what is open, what nobody of ours let in first', async () => {
		const of = async (persona: string) =>
			(await showMyWork(app.deps, app.actor(persona))).lockbox.map(({ id, needsYou }) => [id, needsYou])
		expect(await of('data-owner')).toEqual([
			[ids.overtaken, null],
			[ids.inside, 'decide'],
		])
		expect(await of('duty-officer')).toEqual([[ids.overtaken, null]])
		// Whoever asked sees no more than what is theirs, and nothing of it is open.
		expect(await of('operator')).toEqual([])
	})
})

describe('requests for customer content as a file', () => {
	test('CSV: columns of before stand where they stood, new ones behind; what was not disclosed is said so', async () => {
		expect(CSV_COLUMNS.indexOf('local_timezone')).toBe(CSV_COLUMNS.indexOf('provider') - 1)
		const [head, ...records] = parse(await textOf())
		expect(head).toEqual(CSV_COLUMNS)
		const byId = (id: string) => {
			const record = records.find((cells) => cells[CSV_COLUMNS.indexOf('request_id')] === id)
			return (column: string) => record?.[CSV_COLUMNS.indexOf(column)] ?? 'no such cell'
		}
		const ended = byId(ids.ended)
		expect(['access_type', 'subject_name', 'entitlement', 'outcome', 'revoked_by'].map(ended)).toEqual([
			'lockbox_provider',
			'not disclosed by provider',
			'customer content',
			'ended',
			'provider',
		])
		expect(['provider', 'provider_request_id', 'lockbox_state', 'decided_at_provider'].map(ended)).toEqual([
			'azure',
			azureNumber,
			'accessEnded',
			'false',
		])
		expect(Number(ended('duration_minutes'))).toBeGreaterThan(479)
		expect(JSON.parse(ended('approvals'))).toMatchObject([
			{ role: 'duty-officer', decision: 'approve', entry: expect.any(Number) as number },
			{ role: 'data-owner', decision: 'approve' },
		])
		expect(['outcome', 'decided_at_provider'].map(byId(ids.overtaken))).toEqual(['active', 'true'])
		const denied = byId(ids.denied)
		expect(denied('outcome')).toBe('refused')
		expect(denied('justification')).toBe(`'=HYPERLINK("http://evil")`)
		expect(JSON.parse(denied('provider_requester'))).toEqual({
			name: 'R. Ortega',
			country: 'ES',
			clearance: 'none',
		})
		const inside = byId(ids.inside)
		expect(['access_type', 'subject_name', 'requested_by', 'outcome'].map(inside)).toEqual([
			'lockbox_inside',
			'Jonas Weidner',
			app.actor('operator').personId,
			'waiting',
		])
		const access = records.find((cells) => cells[CSV_COLUMNS.indexOf('access_type')] === 'jit')
		expect(new Set(access?.slice(CSV_COLUMNS.indexOf('provider')))).toEqual(new Set(['']))
	})

	test('JSON Lines: lines of their own with every event and its entry, counted apart at the end', async () => {
		const lines = (await textOf({ format: 'jsonl' })).trimEnd().split('\n')
		const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
		expect(told.map(({ type }) => type)).toEqual([
			'head',
			'access',
			'lockbox',
			'lockbox',
			'lockbox',
			'lockbox',
			'end',
		])
		expect(told.at(-1)).toMatchObject({ accesses: 1, lockboxes: 4, findings: 0 })
		const ended = told.at(-2) as unknown as LockboxRecord
		expect(ended.request.id).toBe(ids.ended)
		expect(ended.events.map(({ kind }) => kind)).toEqual([
			'lockbox.imported',
			'lockbox.decided',
			'lockbox.decided',
			'lockbox.sending',
			'lockbox.seen',
			'lockbox.clock',
			'lockbox.seen',
		])
		expect(ended.events.every(({ index }) => index !== null)).toBe(true)
	})

	test('OCSF: assigned when the provider was seen to have it, revoked when it was over, as the class asks', async () => {
		const events = (await textOf({ format: 'ocsf' }))
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line) as { type_uid: number; metadata: { correlation_uid?: string } })
		const isEvent = ajv.compile(OCSF_EVENT)
		for (const event of events) expect(isEvent(event) ? [] : [event, isEvent.errors]).toEqual([])
		const of = (id: string) => events.filter(({ metadata }) => metadata.correlation_uid === id)
		expect(of(ids.ended).map(({ type_uid }) => type_uid)).toEqual([300501, 300502])
		expect(of(ids.overtaken)).toMatchObject([
			{
				type_uid: 300501,
				user: { name: 'not disclosed by provider' },
				privileges: ['customer content'],
				unmapped: { decided_at_provider: true },
			},
		])
		expect([...of(ids.denied), ...of(ids.inside)]).toEqual([])
	})

	test('OSCAL: an observation for each, and what was opened past the stages is found under MA-4', async () => {
		const isDocument = ajv.compile(OSCAL_ASSESSMENT_RESULTS)
		const read = async (filter: HistoryFilter) => {
			const document = JSON.parse(await textOf({ format: 'oscal', filter })) as {
				'assessment-results': {
					results: {
						observations?: { title: string }[]
						findings?: { target: { 'target-id': string; status: { state: string } }; description: string }[]
					}[]
				}
			}
			expect(isDocument(document) ? [] : isDocument.errors).toEqual([])
			return document['assessment-results'].results[0]
		}
		const all = await read(EVERYTHING)
		expect(all?.observations).toHaveLength(5)
		expect(all?.findings).toMatchObject([
			{
				target: { 'target-id': 'ma-4_smt.a', status: { state: 'not-satisfied' } },
				description: expect.stringContaining('Of 2 accesses 1 was opened without') as string,
			},
		])
		const decided = await read(filtered({ people: [app.actor('data-owner').personId] }))
		expect(decided?.findings?.map(({ target }) => target.status.state)).toEqual(['satisfied'])
		// Nobody asked for anything there: nothing is found, and the document is whole.
		expect((await read(filtered({ until: new Date('2020-01-01') })))?.observations).toBeUndefined()
	})
})
