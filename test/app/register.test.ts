import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printPerson } from '#app/components/person-file.server.tsx'
import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import type { Actor } from '#app/services/actor.ts'
import { explainEligibility } from '#app/services/charter/explain.server.ts'
import { auditLog } from '#app/services/ledger/audit-log.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { showEntry } from '#app/services/ledger/show-record.server.ts'
import { erasePerson } from '#app/services/people/erase-person.server.ts'
import { changeMany, previewMany, type ManyForm } from '#app/services/people/change-many.server.ts'
import { openEvidence } from '#app/services/people/evidence-file.server.ts'
import { exportPerson, type PersonData } from '#app/services/people/export-person.server.ts'
import { debriefTravel, decideTravel, triageEvent } from '#app/services/people/fact-course.server.ts'
import {
	correctFact,
	endFact,
	recordFact,
	verifyRecordedFact,
	withdrawFact,
	type FactForm,
} from '#app/services/people/record-fact.server.ts'
import { changePerson, registerPerson, showIdentity } from '#app/services/people/register-person.server.ts'
import { showFact } from '#app/services/people/show-fact.server.ts'
import { showPeople } from '#app/services/people/show-people.server.ts'
import { showPerson } from '#app/services/people/show-person.server.ts'
import { showRetention } from '#app/services/people/show-retention.server.ts'
import { entriesAbout } from '#db/queries/entries.ts'
import { factRowsOf } from '#db/queries/fact-rows.ts'
import { openingsAbout } from '#db/queries/erasure.ts'
import { findPerson } from '#db/queries/people.ts'
import { findRequest } from '#db/queries/requests.ts'
import { FACT_KINDS, FACT_RULES, type FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
let officer: Actor
let number = 0

beforeAll(async () => {
	app = await createTestApp()
	officer = app.actor('security-officer')
	app.clock.advance(60_000)
})
afterAll(() => app.stop())

const db = () => app.deps.database.db
const DAY_MS = 86_400_000
const fromNow = (days: number) =>
	new Date(`${new Date(app.clock.now().getTime() + days * DAY_MS).toISOString().slice(0, 10)}T00:00:00.000Z`)
/** Somebody of whom nothing is recorded. */
const newcomer = () => {
	number += 1
	return registerPerson(app.deps, officer, {
		displayName: `Zoë Ångström ${number}`,
		userPrincipalName: `zoe.${number}@agency.example`,
		entraObjectId: app.deps.newId(),
		employer: 'Ministry of Tests',
		personnelNumber: `P-77${number}`,
	})
}
const VALUES: Record<FactKind, unknown> = {
	citizenship: { country: 'SE', document: 'passport', issuer: 'Polisen' },
	residence: { country: 'SE', status: 'resident' },
	clearance: { scheme: 'DE', level: 'U2', issuer: 'BfV', state: 'granted' },
	readIn: { caveat: 'ATOMAL' },
	briefing: { key: 'nato-brief' },
	training: { key: 'annual-awareness' },
	agreement: { key: 'nda', party: 'Ministry of Tests' },
	employment: { employer: 'Subcontractor Ltd', under: 'Prime GmbH', flowDown: true },
	appointment: { role: 'operator' },
	facility: { facility: '' },
	travel: { countries: ['CH', 'IT'], itinerary: 'Zürich, then Milan by train' },
	visit: {
		host: 'Rijkswaterstaat, The Hague',
		country: 'NL',
		contact: 'Jan de Vries',
		purpose: 'Meeting on the shared platform',
		scheme: 'DE',
		level: 'U2',
	},
	event: { event: 'foreign-contact', details: 'Met a colleague abroad', reporter: 'self', severity: 'low' },
}
const form = (kind: FactKind, more: Partial<FactForm> = {}): FactForm => ({
	kind,
	values: VALUES[kind],
	validFrom: fromNow(-10),
	validUntil: kind === 'travel' || kind === 'visit' ? fromNow(20) : null,
	evidence: 'file 12/2026',
	file: null,
	isVerified: false,
	...more,
})
const record = (personId: string, kind: FactKind, more: Partial<FactForm> = {}) =>
	recordFact(app.deps, officer, personId, form(kind, more))
const rowsOf = (personId: string, kind: FactKind) => factRowsOf(db(), personId, [kind])
const entriesOf = async (personId: string, kind: Parameters<typeof entriesAbout>[2][number]) =>
	(await entriesAbout(db(), personId, [kind])).map(({ leaf }) => parseLeaf(new TextDecoder().decode(leaf)))

beforeAll(async () => {
	const { charter } = await app.deps.charters.inForce(db())
	VALUES.facility = { facility: Object.keys(charter.facilities)[0] }
	VALUES.appointment = { role: Object.keys(charter.roles)[0] }
})

describe('a fact', () => {
	test.for(FACT_KINDS)(
		'of the kind %s is recorded with its entry, corrected, and taken back',
		async (kind) => {
			const personId = await newcomer()
			// Nothing is certified for anybody that they do not hold.
			if (kind === 'visit') await record(personId, 'clearance')
			const factId = await record(personId, kind, { isVerified: true })
			expect(await rowsOf(personId, kind)).toMatchObject([
				{
					id: factId,
					values: VALUES[kind],
					source: 'officer',
					recordedBy: officer.personId,
					verifiedBy: officer.personId,
					corrects: null,
				},
			])
			expect(await entriesOf(personId, FACT_RULES[kind].entry)).toMatchObject([
				{ open: { factId, source: 'officer', recordedBy: officer.personId } },
			])
			const rightId = await correctFact(
				app.deps,
				officer,
				{ personId, kind, factId },
				form(kind, { evidence: 'file 13/2026' }),
				'The file number was wrong',
			)
			const [right, wrong] = (await rowsOf(personId, kind)).sort((a) => (a.id === rightId ? -1 : 1))
			expect(right).toMatchObject({ id: rightId, corrects: factId, retractedAt: null, verifiedBy: null })
			expect(wrong).toMatchObject({
				id: factId,
				evidence: 'file 12/2026',
				retractedBy: officer.personId,
				retractionReason: 'The file number was wrong',
			})
			expect(await entriesOf(personId, 'person.fact_retracted')).toMatchObject([
				{ open: { factId, supersededBy: rightId } },
			])
			await withdrawFact(app.deps, officer, { personId, kind, factId: rightId }, 'It never was so at all')
			expect((await rowsOf(personId, kind)).every(({ retractedAt }) => retractedAt !== null)).toBe(true)
			await expect(
				withdrawFact(app.deps, officer, { personId, kind, factId }, 'It never was so at all'),
			).rejects.toMatchObject({ code: 'STALE_VERSION' })
		},
	)

	test('cannot be overwritten, even by a statement of the application', async () => {
		const { pool } = app.deps.database
		await expect(pool.query("update citizenships set country = 'XX'")).rejects.toThrow(/permission denied/)
		await expect(pool.query('update clearances set valid_until = null')).rejects.toThrow(/permission denied/)
	})

	test('is verified once, by an officer and never by the person', async () => {
		const personId = await newcomer()
		const factId = await record(personId, 'citizenship')
		const name = { personId, kind: 'citizenship' as const, factId }
		const self = { ...officer, personId }
		await expect(verifyRecordedFact(app.deps, self, name)).rejects.toMatchObject({ code: 'FORBIDDEN' })
		await verifyRecordedFact(app.deps, officer, name)
		await expect(verifyRecordedFact(app.deps, officer, name)).rejects.toMatchObject({
			code: 'STALE_VERSION',
		})
		expect(await entriesOf(personId, 'person.fact_verified')).toHaveLength(1)
	})
})

describe('a clearance that hangs on a post or a sponsor', () => {
	const uk = (more: object = {}) => ({ scheme: 'UK', level: 'SC', issuer: 'UKSV', state: 'granted', ...more })
	const fr = (more: object = {}) => ({ scheme: 'FR', level: 'S', issuer: 'HFDS', state: 'granted', ...more })
	const sponsor = async () => {
		const { displayName, userPrincipalName } = await findPerson(db(), app.actor('duty-officer').personId)
		return { displayName, userPrincipalName }
	}

	test.for<[string, () => object, { field: string; problem: string }]>([
		['no post', () => fr(), { field: 'post', problem: 'POST_NEEDED' }],
		['no sponsor', () => uk({ sponsor: '' }), { field: 'sponsor', problem: 'SPONSOR_NEEDED' }],
		['nobody', () => uk({ sponsor: 'No Body' }), { field: 'sponsor', problem: 'NO_SUCH_PERSON' }],
		[
			'whoever records it',
			() => uk({ sponsor: officer.displayName }),
			{ field: 'sponsor', problem: 'SPONSOR_RECORDS' },
		],
	])('is refused with %s, by the field', async ([, values, details]) => {
		const personId = await newcomer()
		await expect(record(personId, 'clearance', { values: values() })).rejects.toMatchObject({
			code: 'INVALID_INPUT',
			details,
		})
		expect(await rowsOf(personId, 'clearance')).toEqual([])
	})

	test('is refused with the person as their own sponsor', async () => {
		const personId = await newcomer()
		const { userPrincipalName } = await findPerson(db(), personId)
		await expect(
			record(personId, 'clearance', { values: uk({ sponsor: userPrincipalName }) }),
		).rejects.toMatchObject({ details: { field: 'sponsor', problem: 'OWN_SPONSOR' } })
	})

	test('says who vouches on the page and in the record, and keeps it when it is ended or corrected', async () => {
		const personId = await newcomer()
		const { displayName, userPrincipalName } = await sponsor()
		const factId = await record(personId, 'clearance', {
			values: uk({ sponsor: userPrincipalName, post: ' Network desk ' }),
		})
		const said = { post: 'Network desk', sponsorId: app.actor('duty-officer').personId }
		expect((await rowsOf(personId, 'clearance'))[0]).toMatchObject({ values: said })
		const { facts } = await showPerson(app.deps, officer, personId)
		expect(facts?.[0]?.values).toMatchObject({ ...said, sponsor: displayName })
		const sealed = await app.deps.database.pool.query<{ record: object }>(
			`select o.record from ledger_openings o join ledger_pending e on e.id = o.entry_id
				where e.subject = $1 and e.kind = 'person.clearance_recorded'`,
			[personId],
		)
		expect(sealed.rows[0]?.record).toMatchObject(said)
		const ended = await endFact(
			app.deps,
			officer,
			{ personId, kind: 'clearance', factId },
			{ validUntil: fromNow(30), reason: 'The project comes to an end' },
		)
		expect((await rowsOf(personId, 'clearance')).find(({ id }) => id === ended)).toMatchObject({
			values: said,
		})
		const corrected = await correctFact(
			app.deps,
			officer,
			{ personId, kind: 'clearance', factId: ended },
			form('clearance', { values: uk({ sponsor: displayName, post: '' }) }),
			'It belongs to no post at all',
		)
		expect((await rowsOf(personId, 'clearance')).find(({ id }) => id === corrected)).toMatchObject({
			values: { ...said, post: null },
		})
		await expect(
			correctFact(
				app.deps,
				officer,
				{ personId, kind: 'clearance', factId: corrected },
				form('clearance', { values: uk({ sponsor: '' }) }),
				'Nobody vouches for it',
			),
		).rejects.toMatchObject({ details: { field: 'sponsor', problem: 'SPONSOR_NEEDED' } })
	})

	test('is one for each post, and the same post is no second one', async () => {
		const personId = await newcomer()
		await record(personId, 'clearance', { values: fr({ post: 'Chef de salle' }) })
		await record(personId, 'clearance', { values: fr({ post: 'Officier de permanence' }) })
		await expect(
			record(personId, 'clearance', { values: fr({ post: 'Chef de salle' }) }),
		).rejects.toMatchObject({ details: { problem: 'DUPLICATE_FACT' } })
	})
})

describe('a visit elsewhere', () => {
	test('is announced only with a clearance that is held throughout, and for a year at most', async () => {
		const personId = await newcomer()
		await record(personId, 'clearance', { validUntil: fromNow(15) })
		const visit = (more: Partial<FactForm>) => record(personId, 'visit', more)
		for (const more of [
			{ validUntil: fromNow(16) },
			{ validFrom: fromNow(-11), validUntil: fromNow(5) },
			{ values: { ...(VALUES.visit as object), level: 'U3' }, validUntil: fromNow(5) },
			{ values: { ...(VALUES.visit as object), scheme: 'NATO', level: 'NS' }, validUntil: fromNow(5) },
		])
			await expect(visit(more)).rejects.toMatchObject({
				details: { field: 'level', problem: 'NOT_HELD_THROUGHOUT' },
			})
		await expect(visit({ validUntil: fromNow(360) })).rejects.toMatchObject({
			details: { field: 'validUntil', problem: 'VISIT_TOO_LONG' },
		})
		await visit({ values: { ...(VALUES.visit as object), level: 'U1' }, validUntil: fromNow(15) })
	})

	test('says that the host must be told once the clearance does not last as long', async () => {
		const personId = await newcomer()
		const clearance = await record(personId, 'clearance')
		await record(personId, 'visit')
		const alarm = async () =>
			(await showPerson(app.deps, officer, personId)).facts?.find(({ kind }) => kind === 'visit')?.alarm
		expect(await alarm()).toBeNull()
		const ended = await endFact(
			app.deps,
			officer,
			{ personId, kind: 'clearance', factId: clearance },
			{ validUntil: fromNow(10), reason: 'The authority ends it early' },
		)
		expect(await alarm()).toBe('not_covered')
		const [visit] = await rowsOf(personId, 'visit')
		const name = { personId, kind: 'visit' as const, factId: visit?.id ?? '' }
		expect((await showFact(app.deps, officer, name)).fact.alarm).toBe('not_covered')
		// Another clearance takes over without a gap.
		await record(personId, 'clearance', {
			values: { ...(VALUES.clearance as object), issuer: 'Another authority' },
			validFrom: fromNow(-1),
		})
		expect(await alarm()).toBeNull()
		expect(ended).not.toBe(clearance)
	})
})

describe('what cannot be', () => {
	const year = (text: string) => new Date(`${text}-01-01T00:00:00.000Z`)
	const cases: [string, FactKind, () => Partial<FactForm>, { field: string; problem: string }][] = [
		[
			'a clearance that ends before it begins',
			'clearance',
			() => ({ validUntil: fromNow(-11) }),
			{ field: 'validUntil', problem: 'ENDS_BEFORE_IT_BEGINS' },
		],
		[
			'a level that its scheme does not have',
			'clearance',
			() => ({ values: { ...(VALUES.clearance as object), level: 'Ü9' } }),
			{ field: 'level', problem: 'UNKNOWN_LEVEL' },
		],
		...['ZZ', 'deu', 'Q', 'EU'].map((country): (typeof cases)[number] => [
			`the country ${country}, which never existed`,
			'citizenship',
			() => ({ values: { ...(VALUES.citizenship as object), country } }),
			{ field: 'country', problem: 'UNKNOWN_COUNTRY' },
		]),
		...['DDR', 'DD', 'YU', 'SU', 'CS'].map((country): (typeof cases)[number] => [
			`the former country ${country}`,
			'residence',
			() => ({ values: { country, status: 'resident' } }),
			{ field: 'country', problem: 'FORMER_COUNTRY' },
		]),
		[
			'an appointment to a role that the charter does not know',
			'appointment',
			() => ({ values: { role: 'emperor' } }),
			{ field: 'role', problem: 'ROLE_NOT_IN_CHARTER' },
		],
		[
			'a facility that the charter does not know',
			'facility',
			() => ({ values: { facility: 'moon' } }),
			{ field: 'facility', problem: 'FACILITY_NOT_IN_CHARTER' },
		],
		[
			'a name of every object',
			'appointment',
			() => ({ values: { role: 'constructor' } }),
			{ field: 'role', problem: 'ROLE_NOT_IN_CHARTER' },
		],
		[
			'the year 0202',
			'citizenship',
			() => ({ validFrom: year('0202') }),
			{ field: 'validFrom', problem: 'DATE_FAR_OFF' },
		],
		[
			'an end in the year 9999',
			'clearance',
			() => ({ validUntil: year('9999') }),
			{ field: 'validUntil', problem: 'DATE_FAR_OFF' },
		],
		[
			'a citizenship of the day after tomorrow',
			'citizenship',
			() => ({ validFrom: fromNow(2) }),
			{ field: 'validFrom', problem: 'BEGINS_IN_FUTURE' },
		],
		[
			'a journey without an end',
			'travel',
			() => ({ validUntil: null }),
			{ field: 'validUntil', problem: 'MISSING' },
		],
		[
			'nothing to rest on',
			'briefing',
			() => ({ evidence: '' }),
			{ field: 'evidence', problem: 'EVIDENCE_ABSENT' },
		],
		[
			'a file that is neither PDF nor picture',
			'briefing',
			() => ({ file: new TextEncoder().encode('<html>%PDF-') }),
			{ field: 'file', problem: 'FILE_TYPE' },
		],
		[
			'a file that is too large',
			'briefing',
			() => ({ file: new Uint8Array(10 * 1024 * 1024 + 1) }),
			{ field: 'file', problem: 'FILE_TOO_LARGE' },
		],
	]
	test.for(cases)('%s is refused by name, and nothing is stored', async ([, kind, more, details]) => {
		const personId = await newcomer()
		await expect(record(personId, kind, more())).rejects.toMatchObject({ code: 'INVALID_INPUT', details })
		expect(await rowsOf(personId, kind)).toEqual([])
	})

	test('a duplicate of a current fact is refused, and the same again after its end is not', async () => {
		const personId = await newcomer()
		await record(personId, 'appointment', { validUntil: fromNow(5) })
		await expect(record(personId, 'appointment')).rejects.toMatchObject({
			details: { problem: 'DUPLICATE_FACT' },
		})
		await record(personId, 'appointment', { validFrom: fromNow(5) })
		await record(personId, 'briefing')
		await expect(record(personId, 'briefing')).rejects.toMatchObject({
			details: { problem: 'DUPLICATE_FACT' },
		})
		await record(personId, 'briefing', { validFrom: fromNow(-1) })
	})

	test('two people with one identifier are refused', async () => {
		const personId = await newcomer()
		const same = {
			displayName: 'Other',
			entraObjectId: app.deps.newId(),
			employer: 'X',
			personnelNumber: null,
		}
		await expect(
			registerPerson(app.deps, officer, { ...same, userPrincipalName: `ZOE.${number}@agency.example` }),
		).rejects.toMatchObject({ code: 'DUPLICATE' })
		await expect(
			changePerson(
				app.deps,
				officer,
				personId,
				{ ...same, userPrincipalName: 'a@b.example' },
				'A new object',
			),
		).rejects.toMatchObject({ details: { problem: 'ENTRA_ID_FIXED' } })
	})

	test('the manager is recorded, never in a circle, and nobody moves themselves into or out of a line', async () => {
		const [above, below] = [await newcomer(), await newcomer()]
		const change = async (personId: string, manager: string) => {
			const { id, manager: _known, ...known } = await showIdentity(app.deps, officer, personId)
			await changePerson(app.deps, officer, id, { ...known, manager }, 'As the staff list says')
		}
		await change(below, above)
		expect((await findPerson(db(), below)).managerId).toBe(above)
		expect(await entriesOf(below, 'person.manager_recorded')).toMatchObject([{ open: { managerId: above } }])
		const refused = (personId: string, manager: string) => expect(change(personId, manager)).rejects
		await refused(above, below).toMatchObject({ details: { problem: 'MANAGER_CIRCLE' } })
		await refused(above, above).toMatchObject({ details: { problem: 'OWN_MANAGER' } })
		await refused(above, 'Nobody at all').toMatchObject({ details: { problem: 'NO_SUCH_PERSON' } })
		await refused(above, officer.personId).toMatchObject({ code: 'DIRECT_LINE' })
		expect((await findPerson(db(), above)).managerId).toBeNull()
		await change(below, '')
		expect((await showIdentity(app.deps, officer, below)).manager).toBe('')
	})

	test('nobody records, corrects or ends facts about themselves, and only officers do at all', async () => {
		await expect(record(officer.personId, 'briefing')).rejects.toMatchObject({ code: 'FORBIDDEN' })
		for (const persona of ['operator', 'duty-officer', 'auditor', 'charter-owner'])
			await expect(
				recordFact(app.deps, app.actor(persona), officer.personId, form('briefing')),
			).rejects.toMatchObject({ code: 'FORBIDDEN' })
	})
})

describe('a journey and a report', () => {
	test('is approved before departure only, and debriefed after it', async () => {
		const personId = await newcomer()
		const begun = await record(personId, 'travel', { validFrom: fromNow(-1) })
		const planned = await record(personId, 'travel', { validFrom: fromNow(3) })
		const reason = 'Briefed about the country'
		await expect(
			decideTravel(app.deps, officer, { personId, factId: begun, reason, verdict: 'approved' }),
		).rejects.toMatchObject({ details: { problem: 'TRAVEL_BEGUN' } })
		await decideTravel(app.deps, officer, { personId, factId: planned, reason, verdict: 'approved' })
		await expect(
			decideTravel(app.deps, officer, { personId, factId: planned, reason, verdict: 'refused' }),
		).rejects.toMatchObject({ code: 'STALE_VERSION' })
		await expect(
			debriefTravel(app.deps, officer, { personId, factId: planned, reason }),
		).rejects.toMatchObject({ details: { problem: 'NOT_DEPARTED' } })
		await debriefTravel(app.deps, officer, { personId, factId: begun, reason })
		const { facts } = await showPerson(app.deps, officer, personId)
		expect(facts?.find(({ id }) => id === planned)?.course).toMatchObject({ verdict: 'approved' })
		expect(await entriesOf(personId, 'person.travel_debriefed')).toMatchObject([{ open: { factId: begun } }])
	})

	test('is open until it was triaged', async () => {
		const personId = await newcomer()
		const factId = await record(personId, 'event')
		expect((await showPerson(app.deps, officer, personId)).facts).toMatchObject([{ alarm: 'untriaged' }])
		await triageEvent(app.deps, officer, { personId, factId, reason: 'No further steps are needed' })
		expect((await showPerson(app.deps, officer, personId)).facts).toMatchObject([
			{ alarm: null, course: { outcome: 'No further steps are needed' } },
		])
	})
})

describe('evidence files', () => {
	const pdf = new TextEncoder().encode(`%PDF-1.7 ${'SECRET PASSPORT '.repeat(40_000)}`)

	test('are encrypted at rest, bound to file and person, and reading one is recorded', async () => {
		const personId = await newcomer()
		const factId = await record(personId, 'citizenship', { evidence: '', file: pdf })
		const [row] = await rowsOf(personId, 'citizenship')
		const fileId = row?.evidenceFileId ?? ''
		const { pool } = app.deps.database
		const pieces = await pool.query<{ bytes: Buffer }>(
			'select bytes from evidence_pieces where file_id = $1 order by position',
			[fileId],
		)
		expect(pieces.rows.length).toBeGreaterThan(1)
		expect(Buffer.concat(pieces.rows.map(({ bytes }) => bytes)).includes('PASSPORT')).toBe(false)
		const file = await openEvidence(app.deps, officer, { personId, fileId })
		expect(Buffer.from(file.bytes).equals(pdf)).toBe(true)
		expect(file.contentType).toBe('application/pdf')
		expect(await entriesOf(personId, 'record.read')).toMatchObject([{ open: { view: 'evidence' } }])
		// The correction keeps the file; another person's page does not open it; approvers never do.
		await correctFact(
			app.deps,
			officer,
			{ personId, kind: 'citizenship', factId },
			form('citizenship', { evidence: '' }),
			'The day was mistyped',
		)
		expect((await rowsOf(personId, 'citizenship')).map((fact) => fact.evidenceFileId)).toEqual([
			fileId,
			fileId,
		])
		await expect(
			openEvidence(app.deps, officer, { personId: officer.personId, fileId }),
		).rejects.toMatchObject({ code: 'NOT_FOUND' })
		await expect(
			openEvidence(app.deps, app.actor('duty-officer'), { personId, fileId }),
		).rejects.toMatchObject({ code: 'FORBIDDEN' })
		// A file that was moved to another person, or changed by a bit, does not open.
		const sealed = app.deps.evidence.seal(pdf, { fileId, personId })
		expect(() => app.deps.evidence.open(sealed, { fileId, personId: officer.personId })).toThrow()
		const changed = Uint8Array.from(sealed.bytes, (byte, at) => (at === 7 ? byte ^ 1 : byte))
		expect(() => app.deps.evidence.open({ ...sealed, bytes: changed }, { fileId, personId })).toThrow()
	})
})

describe('who sees what', () => {
	test('officers see values, and that they did is recorded', async () => {
		const personId = await newcomer()
		await record(personId, 'citizenship')
		const seen = await showPerson(app.deps, officer, personId)
		expect(JSON.stringify(seen)).toContain('"SE"')
		expect(await entriesOf(personId, 'record.read')).toMatchObject([
			{ actor: officer.personId, open: { view: 'person', rows: 1 } },
		])
	})

	test.for(['duty-officer', 'data-owner', 'auditor'])(
		'%s sees whether the charter is satisfied, and no value',
		async (persona) => {
			const { personId } = app.actor('operator')
			const actor = app.actor(persona)
			const seen = await showPerson(app.deps, actor, personId)
			expect(seen.facts).toBeNull()
			expect(seen.roles.length).toBeGreaterThan(0)
			for (const { verdict, coarse } of seen.roles) {
				expect(verdict).toBeNull()
				expect(coarse.every((reason) => Object.keys(reason).sort().join() === 'group,satisfied')).toBe(true)
				expect(coarse.map(({ group }) => group).join()).not.toMatch(/CITIZEN|DUAL|UNION|RESIDENCE/)
			}
			await expect(
				showPeople(app.deps, actor, { search: { country: 'DE' }, after: null }),
			).rejects.toMatchObject({ code: 'FORBIDDEN' })
			await expect(
				showPeople(app.deps, actor, { search: { level: { scheme: 'DE', level: 'U2' } }, after: null }),
			).rejects.toMatchObject({ code: 'FORBIDDEN' })
			await expect(exportPerson(app.deps, actor, personId)).rejects.toMatchObject({ code: 'FORBIDDEN' })
		},
	)

	test('operators see nobody but themselves', async () => {
		const operator = app.actor('operator')
		await expect(showPerson(app.deps, operator, officer.personId)).rejects.toMatchObject({
			code: 'FORBIDDEN',
		})
		const own = await showPerson(app.deps, operator, operator.personId)
		expect(own.facts?.some(({ kind }) => kind === 'citizenship')).toBe(true)
	})

	test('an explanation tells readers without sight of facts nothing of which nationality it is', async () => {
		const personId = await newcomer()
		await record(personId, 'citizenship', {
			values: { country: 'RU', document: 'passport', issuer: 'MVD' },
		})
		const { charter } = await app.deps.charters.inForce(db())
		for (const role of Object.keys(charter.roles)) {
			const told = await explainEligibility(app.deps, app.actor('auditor'), { personId, role })
			expect(told.facts).toBeNull()
			const about = told.verdict.clauses.filter(({ code }) => /CITIZEN|DUAL|RESIDE|CAVEAT|US_/.test(code))
			expect(new Set(about.map(({ satisfied, found }) => `${satisfied} ${found.is}`)).size).toBeLessThan(2)
			expect(told.verdict.clauses.every(({ until }) => until === null)).toBe(true)
		}
	})
})

describe('ending a fact', () => {
	test('ends the access that rested on it, and the record says both', async () => {
		const operator = app.actor('operator')
		const requestId = await fileRequest(app.deps, operator, {
			role: 'user-administrator',
			reason: 'Lock the accounts of a phishing wave',
			ticket: 'CHG-77123',
			durationSeconds: 1800,
		})
		for (const persona of ['duty-officer', 'data-owner']) {
			const actor = app.actor(persona)
			const { challengeId } = await prepareDecision(app.deps, actor, {
				requestId,
				verdict: 'approve',
				reason: '',
			})
			await decideRequest(app.deps, actor, { requestId, challengeId, response: app.answerOf(actor) })
		}
		const { grantId } = await findRequest(db(), requestId)
		expect(grantId).not.toBeNull()
		const [clearance] = await rowsOf(operator.personId, 'clearance')
		if (!clearance) throw new Error('The operator has a clearance.')
		await endFact(
			app.deps,
			officer,
			{ personId: operator.personId, kind: 'clearance', factId: clearance.id },
			{ validUntil: new Date(app.clock.now().getTime() - 1000), reason: 'Withdrawn by the authority' },
		)
		const { rows } = await app.deps.database.pool.query('select state from grants where id = $1', [grantId])
		expect(rows).toMatchObject([{ state: 'voided' }])
	})
})

describe('changing many people at once', () => {
	const many = (personIds: string[], more: Partial<ManyForm> = {}): ManyForm => ({
		change: 'appoint',
		personIds,
		key: (VALUES.appointment as { role: string }).role,
		day: fromNow(0),
		validUntil: null,
		evidence: 'Order 7 of the ministry',
		...more,
	})

	test('shows what each change comes to, leaves nothing behind, and is all or nothing', async () => {
		const ids = [await newcomer(), await newcomer(), await newcomer()]
		await record(ids[1] as string, 'appointment')
		const preview = await previewMany(app.deps, officer, many(ids))
		expect(preview.map(({ problem }) => problem).sort()).toEqual(['DUPLICATE_FACT', null, null])
		expect(await rowsOf(ids[0] as string, 'appointment')).toEqual([])
		await expect(changeMany(app.deps, officer, many(ids))).rejects.toMatchObject({
			details: { field: 'personIds', problem: 'DUPLICATE_FACT' },
		})
		expect(await rowsOf(ids[0] as string, 'appointment')).toEqual([])
		const rest = [ids[0], ids[2]] as string[]
		await changeMany(app.deps, officer, many(rest))
		expect(await rowsOf(ids[2] as string, 'appointment')).toHaveLength(1)
		await changeMany(app.deps, officer, many(rest, { change: 'endAppointment', day: fromNow(1) }))
		const current = (await rowsOf(ids[0] as string, 'appointment')).filter(
			(fact) => fact.retractedAt === null,
		)
		expect(current).toMatchObject([{ validUntil: fromNow(1) }])
		const self = await previewMany(app.deps, officer, many([officer.personId]))
		expect(self).toMatchObject([{ problem: 'OWN_FACTS' }])
	})
})

describe('finding people', () => {
	test('by beginnings of words of name, address, employer and number, without accents, and by facts', async () => {
		const personId = await newcomer()
		const find = async (search: Parameters<typeof showPeople>[2]['search']) =>
			(await showPeople(app.deps, officer, { search, after: null })).people.map(({ id }) => id)
		for (const text of [
			`zoe angs ${number}`,
			`ÅNGSTRÖM ${number}`,
			`zoe.${number}@agency`,
			`P-77${number}`,
			`test minis ${number}`,
		])
			expect(await find({ text }), text).toContain(personId)
		expect(await find({ text: 'gstrom' })).toEqual([])
		expect(await find({ text: "%_'&|!" })).toEqual([])
		expect(await find({ country: 'SE', text: `${number}` })).toEqual([])
		await record(personId, 'citizenship')
		await record(personId, 'clearance')
		await record(personId, 'appointment')
		expect(await find({ country: 'SE', text: `zoe ${number}` })).toEqual([personId])
		const { role } = VALUES.appointment as { role: string }
		expect(await find({ level: { scheme: 'DE', level: 'U2' }, role, text: `zoe ${number}` })).toEqual([
			personId,
		])
	})
})

describe('what is kept', () => {
	test('erasing facts takes every kind and every file, leaves the log as it is, and says "erased"', async () => {
		const personId = await newcomer()
		const file = new TextEncoder().encode('%PDF-1.7 the words of a secret')
		for (const kind of FACT_KINDS) await record(personId, kind, { file })
		const [first] = await rowsOf(personId, 'event')
		await withdrawFact(
			app.deps,
			officer,
			{ personId, kind: 'event', factId: first?.id ?? '' },
			'Words about a person, to be erased',
		)
		await sequencePending(app.deps)
		const { displayName } = await findPerson(db(), personId)
		await erasePerson(app.deps, officer, personId, {
			parts: ['identity', 'facts'],
			ground: 'retention_over',
			reason: 'Kept for as long as the rules say',
			confirmation: displayName,
		})
		expect(await factRowsOf(db(), personId)).toEqual([])
		const { pool } = app.deps.database
		expect((await pool.query('select 1 from evidence_files where person_id = $1', [personId])).rowCount).toBe(
			0,
		)
		expect(
			(await pool.query('select 1 from evidence_pieces where file_id not in (select id from evidence_files)'))
				.rowCount,
		).toBe(0)
		const left = (await openingsAbout(db(), personId)).map(({ kind, group }) => `${kind} ${group}`)
		expect(left.filter((name) => name.startsWith('person.'))).toEqual([])
		await sequencePending(app.deps)
		const report = await auditLog(db(), { vkey: app.deps.signer.vkey, since: null })
		expect(report.problems).toEqual([])
		const [reported] = await entriesAbout(db(), personId, ['person.event_reported'])
		const entry = await showEntry(app.deps, app.actor('auditor'), reported?.index ?? -1)
		expect(entry.openings).toMatchObject([{ group: 'fact', record: null, erased: {} }])
	})

	test('a person gets everything that is recorded about them in one file, and the record says so', async () => {
		const personId = await newcomer()
		for (const kind of FACT_KINDS) await record(personId, kind)
		const { bytes } = await exportPerson(app.deps, { ...officer, personId, permissions: new Set() }, personId)
		const file = JSON.parse(new TextDecoder().decode(bytes)) as {
			facts: { kind: string }[]
			entries: unknown[]
		}
		expect(new Set(file.facts.map(({ kind }) => kind))).toEqual(new Set(FACT_KINDS))
		expect(file.entries.length).toBeGreaterThan(FACT_KINDS.length)
		expect(await entriesOf(personId, 'person.exported')).toMatchObject([
			{ open: { facts: FACT_KINDS.length } },
		])
	})

	test.for(['en', 'de'] as const)(
		'the same is a page to read in %s: all that the JSON file says, no script, nothing from elsewhere',
		async (language) => {
			const personId = await newcomer()
			for (const kind of FACT_KINDS) await record(personId, kind, { isVerified: true })
			const [journey] = await rowsOf(personId, 'travel')
			await decideTravel(app.deps, officer, {
				personId,
				factId: journey?.id ?? '',
				verdict: 'refused',
				reason: 'Nobody was asked beforehand',
			})
			await record(personId, 'readIn', { values: { caveat: '</dd><script>alert(1)</script> & "more"' } })
			const [event] = await rowsOf(personId, 'event')
			await withdrawFact(
				app.deps,
				officer,
				{ personId, kind: 'event', factId: event?.id ?? '' },
				'It was about somebody else',
			)
			let said: PersonData | null = null
			const { bytes, fileName } = await exportPerson(app.deps, officer, personId, {
				extension: 'html',
				write: (data) => printPerson((said = data), language),
			})
			expect(fileName).toMatch(/\.html$/)
			const page = new TextDecoder().decode(bytes)
			expect(page).toContain(`<html lang="${language}">`)
			expect(page).not.toMatch(
				/<script|<link|<img|<iframe|javascript:| on\w+=|url\(|@import|personFile\.|facts\./i,
			)
			const escaped = (text: string) =>
				text
					.replaceAll('&', '&amp;')
					.replaceAll('<', '&lt;')
					.replaceAll('>', '&gt;')
					.replaceAll('"', '&quot;')
					.replaceAll("'", '&#x27;')
			const leaves = (value: unknown): string[] =>
				typeof value === 'object' && value !== null
					? Object.values(value).flatMap(leaves)
					: value === null || value === ''
						? []
						: [typeof value === 'string' ? value : JSON.stringify(value)]
			const all = leaves(JSON.parse(JSON.stringify(said)))
			expect(all.length).toBeGreaterThan(200)
			expect(all.filter((text) => !page.includes(escaped(text)))).toEqual([])
			expect(await entriesOf(personId, 'person.exported')).toMatchObject([
				{ open: { fileSha256: createHash('sha256').update(bytes).digest('hex') } },
			])
		},
	)

	test('a former person is listed when the time is over, kind by kind, and not before', async () => {
		const personId = await newcomer()
		await record(personId, 'employment', { validUntil: fromNow(1) })
		await record(personId, 'citizenship')
		await record(personId, 'travel')
		const listed = async () =>
			(await showRetention(app.deps, officer)).rows.find((row) => row.personId === personId)
		app.clock.advance(DAY_MS * 30 * 30)
		expect(await listed()).toBeUndefined()
		app.clock.advance(DAY_MS * 30 * 10)
		expect(await listed()).toMatchObject({ due: [{ kind: 'travel', facts: 1 }], isAllDue: false })
		app.clock.advance(DAY_MS * 30 * 50)
		expect(await listed()).toMatchObject({ isAllDue: true })
		await expect(showRetention(app.deps, app.actor('auditor'))).rejects.toMatchObject({ code: 'FORBIDDEN' })
	})
})
