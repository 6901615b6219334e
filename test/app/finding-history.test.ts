import { createHash } from 'node:crypto'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { parse } from 'csv-parse/sync'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { exportHistory, type ExportRequest } from '#app/services/audit/export-history.server.ts'
import { EVERYTHING, historyChoices } from '#app/services/audit/history.server.ts'
import { readHistory } from '#app/services/audit/read-history.server.ts'
import { takeFinding } from '#app/services/findings/take-finding.server.ts'
import { reconcileTenant } from '#app/services/findings/reconcile.server.ts'
import { erasePerson } from '#app/services/people/erase-person.server.ts'
import { streamFindingHistory } from '#db/queries/finding-history.ts'
import { findPerson } from '#db/queries/people.ts'
import type { HistoryFilter } from '#db/queries/history-filter.ts'
import { people } from '#db/schema/index.ts'
import { openSnapshot } from '#db/snapshot.ts'
import { readManifest, readOpenings } from '#workflows/audit-export/manifest.ts'
import type { FindingRecord } from '#workflows/audit-export/formats/finding-record.ts'
import { CSV_COLUMNS } from '#workflows/audit-export/formats/history-csv.ts'
import { filesOf, verify, wholeOf } from '#test/factories/bundle.ts'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { OCSF_EVENT } from '#test/schemas/ocsf.ts'
import { OSCAL_ASSESSMENT_RESULTS } from '#test/schemas/oscal-assessment-results.ts'
import { insertBoundary } from '#test/factories/lockbox.ts'
import { askForAccess } from './acts.ts'
import { allFindings, carryOut, lookTwice, sign } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const SECURITY_READER = '5d6b6bb7-de71-4623-b4af-96380a352509'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const FORMULA = '=HYPERLINK("http://evil")'
const POLICY = '=MFA(admins)'

let app: TestApp
/** Ids by what became of the finding, in the order in which they were found. */
const ids = { removed: '', once: '', reopened: '', again: '', policy: '' }
let [afterRemoval, boundaryId] = ['', '']

const officer = () => app.actor('security-officer')
const newest = async () => (await allFindings(app)).at(-1)?.id ?? ''
const linkAccount = (persona: string, entraObjectId: string) =>
	app.deps.database.db
		.update(people)
		.set({ entraObjectId })
		.where(eq(people.id, app.actor(persona).personId))

beforeAll(async () => {
	app = await createTestApp({
		rules:
			'  findings: { outOfBand: { decideWithin: PT4H, otherwise: alert }, ineligibleHolder: { decideWithin: PT4H, otherwise: alert } }\n',
	})
	boundaryId = await insertBoundary(app.deps, officer().personId)
	await askForAccess(app)
	app.tenant.conditionalAccess.put({ id: 'mfa', displayName: POLICY, includeUsers: ['All'] })
	await reconcileTenant(app.deps, 'everything')

	// An officer takes it on and has it removed.
	app.tenant.assignBeside(STRANGER, USER_ADMINISTRATOR)
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
	ids.removed = await newest()
	await takeFinding(app.deps, officer(), ids.removed)
	await sign(app, officer(), { findingIds: [ids.removed], step: 'remove', reason: FORMULA })
	await carryOut(app)

	// One look sees it, and none after.
	const { entraObjectId } = await findPerson(app.deps.database.db, app.actor('operator').personId)
	const assignment = app.tenant.assignDirectly(entraObjectId, USER_ADMINISTRATOR)
	await reconcileRound(app.deps)
	ids.once = await newest()
	app.tenant.removeDirectly(assignment)
	app.clock.advance(3000)
	await reconcileRound(app.deps)
	app.clock.advance(MINUTE)
	afterRemoval = app.clock.now().toISOString()
	app.clock.advance(1000)

	// Accepted for a day, and a finding again after it.
	app.tenant.assignDirectly(entraObjectId, SECURITY_READER)
	await lookTwice(app)
	ids.reopened = await newest()
	await sign(app, officer(), {
		findingIds: [ids.reopened],
		step: 'accept',
		days: 1,
		reason: 'Migration until tomorrow',
	})
	app.clock.advance(DAY + MINUTE)
	await fireDueTimers(app.deps)
	await lookTwice(app)

	// The same thing once more; the account turns out to be one of ours, and then somebody else's.
	app.tenant.assignBeside(STRANGER, USER_ADMINISTRATOR)
	app.clock.advance(6 * MINUTE)
	await lookTwice(app)
	ids.again = await newest()
	await linkAccount('duty-officer', STRANGER)
	await reconcileRound(app.deps)
	await linkAccount('duty-officer', app.deps.newId())
	await linkAccount('data-owner', STRANGER)
	await reconcileRound(app.deps)

	app.tenant.conditionalAccess.put({
		id: 'mfa',
		displayName: POLICY,
		includeUsers: ['All'],
		state: 'disabled',
	})
	for (let looks = 0; looks < 2; looks++) {
		await reconcileTenant(app.deps, 'everything')
		app.clock.advance(2 * MINUTE)
	}
	ids.policy = (await allFindings(app)).find(({ family }) => family === 'policy')?.id ?? ''
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

async function linesOf(filter: HistoryFilter = EVERYTHING): Promise<FindingRecord[]> {
	const lines = (await textOf({ format: 'jsonl', filter })).trimEnd().split('\n')
	return lines
		.map((line) => JSON.parse(line) as FindingRecord & { type: string })
		.filter(({ type }) => type === 'finding')
}

/** Ids of findings that a bundle chooses, by its entries that are marked. */
async function bundled(filter: HistoryFilter): Promise<string[]> {
	const { bytes } = await exportBundle(app.deps, app.actor('auditor'), filter, { profile: 'auditor' })
	const whole = await wholeOf(bytes)
	const { failures } = await verify(whole, { vkey: app.deps.signer.vkey })
	// Passkeys of tests are enrolled in no log, and accounts were linked past the app.
	const isOfTest = (code: string) => ['CREDENTIAL_NOT_ENROLLED', 'FACTS_DIFFER'].includes(code)
	expect(failures.filter(({ code }) => !isOfTest(code))).toEqual([])
	const files = await filesOf(whole)
	const leaves = files
		.filter(({ path }) => path.startsWith('log/tile/entries/'))
		.flatMap(({ bytes: tile }) =>
			[...new TextDecoder().decode(tile).matchAll(/"open":\{[^]*?"seals"/g)].map(([open]) => open),
		)
	const marked = files
		.filter(({ path }) => path.startsWith('openings/'))
		.flatMap(({ bytes: lines }) => {
			const read = readOpenings(lines)
			return typeof read === 'string' ? [] : [...read.values()].filter(({ selected }) => selected)
		})
		.flatMap(({ index }) => /"findingId":"([0-9a-f-]+)"/.exec(leaves[index] ?? '')?.[1] ?? [])
	const manifest = files.find(({ path }) => path === 'manifest.json')
	const found = [...new Set(marked)].sort()
	expect(manifest ? (readManifest(manifest.bytes)?.findings ?? null) : null).toBe(found.length)
	return found
}

/** Names of findings that a filter chooses for the page, each kind of file and a bundle: these must be the same. */
async function chosen(filter: Partial<HistoryFilter>): Promise<string[]> {
	const asked = filtered(filter)
	const page = await readHistory(app.deps, app.actor('auditor'), asked, 100)
	const shown = page.findings.rows.map(({ id }) => id)
	expect((await linesOf(asked)).map(({ finding }) => finding.id)).toEqual(shown)
	const [, ...records] = parse(await textOf({ filter: asked }))
	const column = (name: string) => CSV_COLUMNS.indexOf(name)
	const rows = records.filter((cells) => cells[column('access_type')] === 'finding')
	expect(rows.map((cells) => cells[column('request_id')])).toEqual(shown)
	const events = (await textOf({ format: 'ocsf', filter: asked })).trimEnd().split('\n')
	const told = events.flatMap((line) => /"class_uid":2004.*"correlation_uid":"([^"]+)"/.exec(line)?.[1] ?? [])
	expect([...new Set(told)]).toEqual(shown)
	const oscal = await textOf({ format: 'oscal', filter: asked })
	const observed = [...oscal.matchAll(/"name":"finding-id","ns":"[^"]+","value":"([^"]+)"/g)].map(
		([, id]) => id,
	)
	expect(new Set(observed)).toEqual(new Set(shown))
	expect(await bundled(asked)).toEqual([...shown].sort())
	const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]))
	return shown.map((id) => names.get(id) ?? id)
}

describe('which findings a history chooses', () => {
	const of = (persona: string) => [app.actor(persona).personId]
	test.each<[string, () => Partial<HistoryFilter>, string[]]>([
		['everything', () => ({}), ['policy', 'again', 'reopened', 'once', 'removed']],
		['by whose account it was', () => ({ people: of('operator') }), ['reopened', 'once']],
		['by whose account it is by now', () => ({ people: of('data-owner') }), ['again']],
		['by whose account it was for a while', () => ({ people: of('duty-officer') }), ['again']],
		['not by who decided', () => ({ people: of('security-officer') }), []],
		[
			'by a role that gives the place',
			() => ({ roles: ['user-administrator'] }),
			['again', 'once', 'removed'],
		],
		[
			'by one of several roles',
			() => ({ roles: ['security-reader', 'exchange-administrator'] }),
			['reopened'],
		],
		['what was not over before', () => ({ from: new Date(afterRemoval) }), ['policy', 'again', 'reopened']],
		['what was found before', () => ({ until: new Date(afterRemoval) }), ['once', 'removed']],
		['by person and time', () => ({ people: of('operator'), until: new Date(afterRemoval) }), ['once']],
		['none by facility', () => ({ facilities: ['berlin-control-room'] }), []],
		['none by boundary at a provider', () => ({ boundaries: [boundaryId] }), []],
	])('page, every kind of file and bundle choose the same: %s', async (_, filter, names) => {
		expect(await chosen(filter())).toEqual(names)
	})

	test('people whose account a finding is about can be chosen', async () => {
		const choices = await historyChoices(app.deps, app.actor('auditor'))
		expect(choices.people.map(({ id }) => id)).toContain(app.actor('data-owner').personId)
	})

	test('are streamed batch by batch, each once', async () => {
		const snapshot = await openSnapshot(app.deps.database.pool)
		const sizes: number[] = []
		const seen: string[] = []
		for await (const rows of streamFindingHistory(snapshot.reader, EVERYTHING, { batch: 2 })) {
			sizes.push(rows.length)
			seen.push(...rows.map(({ id }) => id))
		}
		await snapshot.close()
		expect(sizes).toEqual([2, 2, 1])
		expect(new Set(seen).size).toBe(5)
	})

	test('the page tells who held it, where, who decided, and how long it took', async () => {
		const { findings } = await readHistory(app.deps, app.actor('auditor'), EVERYTHING, 100)
		expect(findings.isWhole).toBe(true)
		const of = (id: string) => findings.rows.find((row) => row.id === id)
		expect(of(ids.removed)).toMatchObject({
			number: 1,
			state: 'removed',
			holder: { objectId: STRANGER, personId: null },
			place: { name: 'User Administrator', where: 'tenant' },
			reopened: 0,
			decisions: [{ step: 'remove', entryIndex: expect.any(Number) as number }],
		})
		expect(of(ids.removed)?.tookMs).toBeGreaterThan(3000)
		expect(of(ids.once)).toMatchObject({ state: 'neverConfirmed', secondAt: null })
		expect(of(ids.reopened)).toMatchObject({
			reopened: 1,
			closedAt: null,
			holder: { name: 'Jonas Weidner', personId: app.actor('operator').personId },
		})
		expect(of(ids.policy)).toMatchObject({ policy: POLICY, place: null })
		const fewer = await readHistory(app.deps, app.actor('auditor'), EVERYTHING, 2)
		expect([fewer.findings.rows.length, fewer.findings.isWhole]).toEqual([2, false])
	})
})

describe('findings as a file', () => {
	test('CSV: columns of before stand where they stood, new ones behind; formulas are guarded', async () => {
		expect(CSV_COLUMNS.indexOf('finding_state')).toBe(CSV_COLUMNS.indexOf('decided_at_provider') + 1)
		const [head, ...records] = parse(await textOf())
		expect(head).toEqual(CSV_COLUMNS)
		const byId = (id: string) => {
			const record = records.find((cells) => cells[CSV_COLUMNS.indexOf('request_id')] === id)
			return (column: string) => record?.[CSV_COLUMNS.indexOf(column)] ?? 'no such cell'
		}
		const removed = byId(ids.removed)
		expect(['request_number', 'access_type', 'entitlement', 'scope', 'role', 'outcome'].map(removed)).toEqual(
			['F-1', 'finding', 'User Administrator', '/', 'user-administrator', 'removed'],
		)
		expect(removed('finding_holder_object_id')).toBe(STRANGER)
		expect(removed('finding_reaction')).toBe('decide within 14400 s, otherwise alert')
		expect(removed('finding_owner')).not.toBe('')
		expect(JSON.parse(removed('finding_decisions'))).toMatchObject([
			{ step: 'remove', reason: FORMULA, method: 'webauthn', entry: expect.any(Number) as number },
		])
		expect(removed('finding_removal_ordered_by')).toBe('decision')
		const [first, second, confirmed] = ['first_seen', 'second_seen', 'removal_confirmed'].map((name) =>
			Date.parse(removed(`finding_${name}_utc`)),
		)
		expect(second).toBeGreaterThan(first ?? 0)
		expect(confirmed).toBeGreaterThan(second ?? 0)
		expect(Number(removed('finding_took_minutes'))).toBeCloseTo(((confirmed ?? 0) - (first ?? 0)) / MINUTE, 2)
		expect(['ledger_seq', 'record_hash'].map((name) => removed(name) !== '')).toEqual([true, true])
		// What tells of requests and approved accesses says nothing here.
		expect(
			['requested_minutes', 'approvals', 'activated_at_utc', 'provider', 'duration_minutes'].map(removed),
		).toEqual(['', '', '', '', ''])
		const once = byId(ids.once)
		expect(['outcome', 'finding_second_seen_utc', 'subject_name'].map(once)).toEqual([
			'never_confirmed',
			'',
			'Jonas Weidner',
		])
		const reopened = byId(ids.reopened)
		expect(['outcome', 'finding_over_utc', 'finding_took_minutes'].map(reopened)).toEqual(['open', '', ''])
		expect(JSON.parse(reopened('finding_reopened'))).toMatchObject([{ why: 'acceptance_over' }])
		expect(byId(ids.again)('finding_earlier')).toBe('F-1')
		expect(['entitlement', 'finding_weakened', 'subject_name'].map(byId(ids.policy))).toEqual([
			`'${POLICY}`,
			'OFF',
			'the tenant',
		])
		const access = records.find((cells) => cells[CSV_COLUMNS.indexOf('access_type')] === 'jit')
		expect(new Set(access?.slice(CSV_COLUMNS.indexOf('provider')))).toEqual(new Set(['']))
		expect(records.every((cells) => cells.length === CSV_COLUMNS.length)).toBe(true)
	})

	test('JSON Lines: lines of their own with every event and its entry; the last line counts them and proves the rest', async () => {
		const text = await textOf({ format: 'jsonl' })
		const lines = text.trimEnd().split('\n')
		const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
		expect(told.map(({ type }) => type)).toEqual([
			'head',
			'access',
			...Array.from({ length: 5 }, () => 'finding'),
			'end',
		])
		const before = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)
		expect(told.at(-1)).toEqual({
			type: 'end',
			accesses: 1,
			lockboxes: 0,
			findings: 5,
			sha256: createHash('sha256').update(before).digest('hex'),
		})
		const [, again, reopened, once, removed] = await linesOf()
		expect(removed?.events.map(({ kind, state }) => [kind, state])).toEqual([
			['finding.opened', 'seen'],
			['finding.confirmed', 'awaiting'],
			['finding.taken', 'awaiting'],
			['finding.decided', 'ordered'],
			['finding.removing', 'removing'],
			['finding.closed', 'removed'],
		])
		expect(removed?.events.every(({ index }) => index !== null)).toBe(true)
		expect(removed).toMatchObject({
			sightings: { first: removed?.events[0]?.at, second: removed?.events[1]?.at },
			removal: { orderedBy: 'decision', confirmedAt: removed?.events.at(-1)?.at },
			closed: { at: removed?.events.at(-1)?.at },
			reopened: [],
			earlier: null,
		})
		expect(once?.sightings.second).toBeNull()
		expect(reopened?.reopened).toEqual([
			{ at: expect.any(String) as string, why: 'acceptance_over', second: expect.any(String) as string },
		])
		expect(reopened?.decisions).toMatchObject([{ step: 'accept', reason: 'Migration until tomorrow' }])
		expect(again).toMatchObject({ earlier: 1, holder: { person: { id: app.actor('data-owner').personId } } })
	})

	test('for which reasons the charter refuses a holder stands in no file', async () => {
		const reasons = (await allFindings(app)).flatMap(({ context: { difference } }) =>
			difference.family === 'policy' ? [] : difference.reasons,
		)
		expect(reasons.length).toBeGreaterThan(0)
		for (const format of ['csv', 'jsonl', 'ocsf', 'oscal'] as const) {
			const text = await textOf({ format })
			for (const reason of reasons) expect(text).not.toContain(`"${reason}"`)
			for (const secret of ['clearance', 'citizenship', 'Verfassungsschutz'])
				expect(text).not.toContain(secret)
		}
	})

	test('OCSF: created at the first sighting, updated, closed at the end, as the class Detection Finding asks', async () => {
		const events = (await textOf({ format: 'ocsf' }))
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line) as OcsfEvent)
		const isEvent = ajv.compile(OCSF_EVENT)
		for (const event of events) expect(isEvent(event) ? [] : [event, isEvent.errors]).toEqual([])
		const of = (id: string) => events.filter(({ metadata }) => metadata.correlation_uid === id)
		const removed = of(ids.removed)
		expect(removed.map(({ type_uid, status_id }) => [type_uid, status_id])).toEqual([
			[200401, 1],
			[200402, 1],
			[200402, 1],
			[200402, 2],
			[200402, 2],
			[200403, 4],
		])
		expect(removed.map(({ is_alert }) => is_alert)).toEqual([false, true, false, false, false, false])
		expect(removed[3]).toMatchObject({
			comment: FORMULA,
			unmapped: { decision: { step: 'remove', officer_uid: officer().personId } },
		})
		expect(removed.every(({ finding_info: { uid } }) => uid === ids.removed)).toBe(true)
		expect(of(ids.reopened).map(({ status_id }) => status_id)).toEqual([1, 1, 3, 1, 1])
		expect(of(ids.once).map(({ type_uid, status_id }) => [type_uid, status_id])).toEqual([
			[200401, 1],
			[200403, 3],
		])
	})

	test('OSCAL: an observation for each, a risk for each that was believed, and a finding that is true of them', async () => {
		const isDocument = ajv.compile(OSCAL_ASSESSMENT_RESULTS)
		const read = async (filter: HistoryFilter) => {
			const document = JSON.parse(await textOf({ format: 'oscal', filter })) as OscalDocument
			expect(isDocument(document) ? [] : isDocument.errors).toEqual([])
			const [result] = document['assessment-results'].results
			if (result === undefined) throw new Error('There is no result.')
			return result
		}
		const all = await read(EVERYTHING)
		expect(all.observations).toHaveLength(6)
		expect(all.risks?.map(({ status }) => status)).toEqual([
			'open',
			'investigating',
			'investigating',
			'closed',
		])
		const [again, reopened, removed] = (all.risks ?? []).slice(1)
		expect(reopened?.['risk-log'].entries.map(({ title }) => title)).toEqual([
			'Seen for the first time',
			'Seen again, and believed',
			expect.stringMatching(/accept until/),
			'The time is over for which it was accepted',
		])
		expect(removed?.['risk-log'].entries.at(-1)).toMatchObject({ 'status-change': 'closed' })
		const standing = all.findings?.find(({ target }) => target['target-id'] === 'ac-6.7_smt.b')
		expect(standing).toMatchObject({
			description: expect.stringContaining('Of 3 differences') as string,
			target: { status: { state: 'not-satisfied' } },
			'related-risks': [{ 'risk-uuid': again?.uuid }, { 'risk-uuid': reopened?.uuid }],
		})
		expect(all.findings?.map(({ target }) => target['target-id'])).toEqual(['ac-6.7_smt.b', 'cm-6_smt.d'])
		// What was removed in time speaks against nothing; what was seen once is no finding at all.
		const before = await read(filtered({ until: new Date(afterRemoval) }))
		expect(before.risks).toHaveLength(1)
		expect(before.findings?.map(({ target }) => target.status.state)).toEqual(['satisfied'])
		const nothing = await read(filtered({ until: new Date('2020-01-01') }))
		expect([nothing.observations, nothing.risks, nothing.findings]).toEqual([undefined, undefined, undefined])
	})
})

test('what an erased person was said about is in no file any more', async () => {
	const { personId } = app.actor('operator')
	const { displayName } = await findPerson(app.deps.database.db, personId)
	expect(await textOf()).toContain('Migration until tomorrow')
	await app.deps.database.pool.query('update credentials set revoked_at = now() where person_id = $1', [
		personId,
	])
	await erasePerson(app.deps, officer(), personId, {
		parts: ['facts', 'texts'],
		ground: 'retention_over',
		reason: 'Retention rule 7, five years after leaving',
		confirmation: displayName,
	})
	const text = await textOf()
	expect(text).not.toContain('Migration until tomorrow')
	expect(text).toContain('=HYPERLINK')
})

type OcsfEvent = {
	type_uid: number
	status_id: number
	is_alert?: boolean
	finding_info: { uid: string }
	metadata: { correlation_uid?: string }
}
type OscalDocument = {
	'assessment-results': {
		results: {
			observations?: { title: string }[]
			risks?: {
				uuid: string
				status: string
				'risk-log': { entries: { title: string; 'status-change'?: string }[] }
			}[]
			findings?: {
				description: string
				target: { 'target-id': string; status: { state: string } }
				'related-risks'?: { 'risk-uuid': string }[]
			}[]
		}[]
	}
}
