import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { findingRecord } from '#test/factories/finding-record.ts'
import { OCSF_EVENT } from '#test/schemas/ocsf.ts'
import { OSCAL_ASSESSMENT_RESULTS } from '#test/schemas/oscal-assessment-results.ts'
import {
	findingOutcome,
	isUnanswered,
	sightingsOf,
	type FindingRecord,
} from '#workflows/audit-export/formats/finding-record.ts'
import { CSV_COLUMNS, findingCsv } from '#workflows/audit-export/formats/history-csv.ts'
import { findingEvents } from '#workflows/audit-export/formats/ocsf-finding.ts'
import { oscalFinding, oscalRisk } from '#workflows/audit-export/formats/oscal-finding.ts'
import { emptyTally, tallyFinding } from '#workflows/audit-export/formats/oscal-tally.ts'
import { oscalHead, oscalTail } from '#workflows/audit-export/formats/oscal.ts'
import { FINDING_STATES, isClosedFinding } from '#workflows/grants/finding-context.ts'
import { timeZone } from '#workflows/shared/zoned-time.ts'

const ajv = new Ajv({ strict: false })
;(addFormats as unknown as { default: (ajv: Ajv) => void }).default(ajv)

const at = (minute: number) => `2026-11-23T14:${String(minute).padStart(2, '0')}:00.000Z`
const context = { exportedBy: 'Claire', exportedAt: at(59), boundary: 'Sovereign cloud' }
const zone = timeZone('UTC')

/** Names as somebody gives them who wants to run something in a spreadsheet, or to break a document. */
const HOSTILE = '=cmd|"/c calc"!A1\r\n@SUM(1)'
const hostile = findingRecord({
	holder: {
		person: { id: '01938a5c-0000-7000-8000-000000000001', name: HOSTILE, employer: HOSTILE },
		objectId: HOSTILE,
		kind: 'group',
		name: HOSTILE,
	},
	through: { id: 'id', name: HOSTILE },
	place: { kind: 'group', id: 'id', name: HOSTILE, scope: HOSTILE },
	owner: { id: 'id', name: HOSTILE },
	roles: [{ key: HOSTILE, title: HOSTILE }],
	events: [
		{ id: 'a', index: 1, kind: 'finding.opened', state: 'seen', at: at(3) },
		{ id: 'b', index: null, kind: 'finding.closed', state: 'removed', at: at(10) },
	],
	decisions: [
		{
			officer: { id: 'id', name: HOSTILE },
			step: 'remove',
			reason: HOSTILE,
			acceptedUntil: null,
			at: at(9),
			entry: { id: 'b', index: null },
		},
	],
})

describe('who is said to have it', () => {
	const begins = '2026-12-01T08:00:00.000Z'

	test.each<[string, Partial<FindingRecord>, string]>([
		['active', {}, 'Held by Jo'],
		['eligible', { standing: 'eligible' }, 'Could be activated by Jo'],
		[
			'to begin',
			{ standing: 'scheduled', holds: { from: begins, until: null, people: 0 } },
			`To be held by Jo from ${begins} on`,
		],
		[
			'to begin at a time that is not stated',
			{ standing: 'scheduled' },
			'To be held by Jo from a time that Entra ID does not state on',
		],
		['missing', { family: 'grant', kinds: ['missingGrant'] }, 'Not held by Jo'],
		['a rule', { family: 'policy', kinds: ['policyWeakened'] }, 'A rule of the tenant'],
	])('%s', (_, more, said) => {
		const holder = { person: null, objectId: 'id', kind: 'user', name: 'Jo' } as const
		const record = findingRecord({
			holder,
			events: [{ id: 'a', index: 1, kind: 'finding.opened', state: 'seen', at: at(3) }],
			...more,
		})
		expect(oscalFinding(record, context)).toMatchObject({
			description: expect.stringContaining(`${said}; first seen`) as unknown,
		})
		expect(JSON.stringify(findingEvents(record))).toContain(`${said}, `)
	})
})

describe('what is told of the sightings of a finding', () => {
	test.each<[string, [string, FindingRecord['state'], number][], ReturnType<typeof sightingsOf>]>([
		['seen once', [], { second: null, reopened: [] }],
		['believed', [['finding.confirmed', 'alerted', 4]], { second: at(4), reopened: [] }],
		[
			'accepted, and over',
			[
				['finding.confirmed', 'alerted', 4],
				['finding.acceptance_over', 'seen', 10],
				['finding.confirmed', 'awaiting', 11],
			],
			{ second: at(4), reopened: [{ at: at(10), why: 'acceptance_over', second: at(11) }] },
		],
		[
			'accepted, became worse, and is not seen again yet',
			[
				['finding.confirmed', 'alerted', 4],
				['finding.changed', 'seen', 10],
			],
			{ second: at(4), reopened: [{ at: at(10), why: 'worse', second: null }] },
		],
		[
			'anew twice',
			[
				['finding.confirmed', 'alerted', 4],
				['finding.changed', 'seen', 10],
				['finding.confirmed', 'alerted', 11],
				['finding.acceptance_over', 'seen', 20],
				['finding.confirmed', 'alerted', 21],
			],
			{
				second: at(4),
				reopened: [
					{ at: at(10), why: 'worse', second: at(11) },
					{ at: at(20), why: 'acceptance_over', second: at(21) },
				],
			},
		],
	])('%s', (_, turns, told) => {
		expect(sightingsOf(turns.map(([kind, state, minute]) => ({ kind, state, at: at(minute) })))).toEqual(told)
	})

	test('what nobody answers for is what stands and is neither accepted nor only seen once', () => {
		const unanswered = FINDING_STATES.filter((state) => isUnanswered(findingRecord({ state })))
		expect(unanswered).toEqual([
			'alerted',
			'awaiting',
			'referred',
			'ordered',
			'held',
			'removing',
			'postponed',
			'notConfirmed',
		])
		// Never "removed" for what Entra has not confirmed.
		expect(FINDING_STATES.filter((state) => findingOutcome(state) === 'removed')).toEqual(['removed'])
		for (const state of FINDING_STATES.filter((each) => !isClosedFinding(each)))
			expect(['removed', 'gone', 'explained', 'never_confirmed']).not.toContain(findingOutcome(state))
	})
})

describe('names and reasons that would run or break something', () => {
	test('begin no cell of a spreadsheet as a formula', () => {
		if (zone === null) throw new Error('There is no such zone.')
		const [cells = []] = parse(findingCsv(hostile, { ...context, zone }))
		expect(cells).toHaveLength(CSV_COLUMNS.length)
		expect(cells.filter((cell) => /^[=+\-@\t\r\n]/.test(cell))).toEqual([])
		expect(cells.filter((cell) => cell.includes('calc')).length).toBeGreaterThan(6)
	})

	test('leave OCSF and OSCAL as they must be', () => {
		const isEvent = ajv.compile(OCSF_EVENT)
		const events = findingEvents(hostile)
		expect(events).toHaveLength(2)
		for (const event of events) expect(isEvent(event) ? [] : isEvent.errors).toEqual([])
		const tally = emptyTally()
		tallyFinding(tally, { ...hostile, state: 'notConfirmed' })
		const head = oscalHead({
			...context,
			organisation: 'Agency',
			charter: { id: 'sample', title: 'Charter', version: 1, textSha256: 'ab'.repeat(32) },
			filter: {},
			start: at(1),
			end: at(59),
		})
		const observations = JSON.stringify([oscalFinding(hostile, context)])
		const risks = JSON.stringify(oscalRisk({ ...hostile, state: 'notConfirmed', closed: null }))
		const document: unknown = JSON.parse(
			`${head},"observations":${observations},"risks":${risks}${oscalTail(tally)}`,
		)
		const isDocument = ajv.compile(OSCAL_ASSESSMENT_RESULTS)
		expect(isDocument(document) ? [] : isDocument.errors).toEqual([])
		expect(document).toMatchObject({
			'assessment-results': {
				results: [
					{ findings: [{ target: { status: { state: 'not-satisfied' } } }], risks: [{ status: 'open' }] },
				],
			},
		})
	})
})
