import { describe, expect, test } from 'vitest'
import { createReadinessStory } from '#workflows/audit-export/readiness-story.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const [REPORT, CHARTER, OFFICER, TASK, OTHER_TASK, OLD_CHARTER, STRANGER] = [1, 2, 3, 4, 5, 6, 7].map(id) as [
	string,
	string,
	string,
	string,
	string,
	string,
	string,
]
const TIME = '2026-12-01T12:00:00.000Z'
const HASH = 'ab'.repeat(32)

type Open<K extends EntryKind> = LeafOf<K>['open']
const codes = (problems: readonly { code: string }[]) => problems.map(({ code }) => code)

/** A story under one charter, in which the officer is appointed and nobody else. */
function start() {
	const story = createReadinessStory(
		{
			isInForce: (entry) => entry === CHARTER,
			versionOf: (entry) => (entry === CHARTER ? 2 : entry === OLD_CHARTER ? 1 : null),
		},
		(personId) => personId === OFFICER,
	)
	const leaf = <K extends EntryKind>(kind: K, open: Open<K>, actor: string | null, time: string) =>
		({ v: 1, id: id(99), kind, time, subject: null, actor, open, seals: {} }) as LeafOf<K>
	story.tellPerson({ ...leaf('person.recorded', {}, null, TIME), subject: OFFICER })
	return {
		reports: (changes: Partial<Open<'readiness.reported'>> = {}, actor: string | null = OFFICER) =>
			codes(
				story.tellReported(
					leaf(
						'readiness.reported',
						{
							reportId: REPORT,
							source: 'tenant',
							readAt: TIME,
							charterVersion: 2,
							charterEntry: CHARTER,
							readSha256: HASH,
							reportSha256: HASH,
							score: 40,
							problems: 1,
							...changes,
						},
						actor,
						TIME,
					),
				),
			),
		plans: (
			changes: Partial<Open<'readiness.planned'>> = {},
			{ what = 'permanent operator', actor = OFFICER, time = TIME } = {},
		) => {
			const open = {
				reportId: REPORT,
				found: [{ taskId: TASK, dueOn: '2026-12-10' }],
				again: [],
				mended: [],
				...changes,
			}
			const tasks = [...open.found.map(({ taskId }) => taskId), ...open.again, ...open.mended]
			return codes(
				story.tellPlanned(leaf('readiness.planned', open, actor, time), {
					plan: { salt: '', record: { tasks: tasks.map((taskId) => ({ taskId, what })) } },
				}),
			)
		},
		changes: ({
			taskId = TASK,
			actor = OFFICER,
			ownerId = OFFICER,
			what = 'permanent operator',
		}: { taskId?: string; actor?: string | null; ownerId?: string | null; what?: string } = {}) =>
			codes(
				story.tellChanged(
					leaf('readiness.task_changed', { taskId, dueOn: '2026-12-20', done: false }, actor, TIME),
					{ change: { salt: '', record: { what, ownerId, note: '' } } },
				),
			),
	}
}

describe('readiness reports in a log', () => {
	test('hold together: a report, its plan, a task that is given away, mended and found again', () => {
		const log = start()
		expect(log.reports()).toEqual([])
		expect(log.plans()).toEqual([])
		expect(log.changes()).toEqual([])
		expect(log.reports({ reportId: id(11) })).toEqual([])
		expect(log.plans({ reportId: id(11), found: [], mended: [TASK] })).toEqual([])
		expect(log.reports({ reportId: id(12) })).toEqual([])
		expect(log.plans({ reportId: id(12), found: [], again: [TASK] })).toEqual([])
		expect(log.changes({ ownerId: null })).toEqual([])
	})
	test('a report is made once, of what was read before it, and names what that was', () => {
		const log = start()
		log.reports()
		expect(log.reports()).toEqual(['READINESS_AGAIN'])
		expect(start().reports({ readAt: '2026-12-01T12:00:00.001Z' })).toEqual(['READINESS_TIME'])
		expect(start().reports({ readSha256: undefined })).toEqual(['READINESS_SOURCE'])
		expect(start().reports({ source: 'files' })).toEqual(['READINESS_SOURCE'])
		expect(start().reports({ filesSha256: [HASH] })).toEqual(['READINESS_SOURCE'])
		const files = { count: 1001, sha256: HASH }
		expect(start().reports({ files })).toEqual(['READINESS_SOURCE'])
		expect(start().reports({ source: 'files', files })).toEqual([])
		expect(start().reports({ source: 'files', files, filesSha256: [HASH] })).toEqual(['READINESS_SOURCE'])
	})
	test('files of before are named one by one, in a list', () => {
		expect(start().reports({ source: 'files', filesSha256: [HASH] })).toEqual([])
	})
	test('a report is bound to the charter version in force', () => {
		expect(start().reports({ charterVersion: 1 })).toEqual(['READINESS_CHARTER'])
		expect(start().reports({ charterEntry: OLD_CHARTER, charterVersion: 1 })).toEqual(['READINESS_CHARTER'])
	})
	test('reports are made and tasks changed by people who may', () => {
		expect(start().reports({}, null)).toEqual(['READINESS_NOBODY'])
		expect(start().reports({}, STRANGER)).toEqual(['READINESS_DUTY'])
		const log = start()
		log.reports()
		log.plans()
		expect(log.changes({ actor: STRANGER })).toEqual(['READINESS_DUTY'])
		expect(log.changes({ actor: null })).toEqual(['READINESS_NOBODY'])
	})
	test('a plan follows from the report that was made with it, by the same person at the same time', () => {
		expect(start().plans()).toEqual(['READINESS_PLAN'])
		const log = start()
		log.reports()
		expect(log.plans({}, { actor: STRANGER })).toEqual(['READINESS_PLAN'])
		expect(log.plans({ found: [] }, { time: '2026-12-01T12:00:00.001Z' })).toEqual(['READINESS_PLAN'])
	})
	test('a task comes into the plan once, within its time, and stays what it is', () => {
		const log = start()
		log.reports()
		log.plans()
		expect(log.plans()).toEqual(['READINESS_TASK_AGAIN'])
		expect(log.plans({ found: [{ taskId: OTHER_TASK, dueOn: '2026-11-30' }] })).toEqual(['READINESS_DUE'])
		expect(log.plans({ found: [{ taskId: id(8), dueOn: '2027-03-30' }] })).toEqual(['READINESS_DUE'])
		expect(log.plans({ found: [], again: [TASK] }, { what: 'noQuorum operator' })).toEqual([
			'READINESS_DIFFERS',
		])
		expect(log.changes({ what: 'noQuorum operator' })).toEqual(['READINESS_DIFFERS'])
	})
	test('a task that was mended and comes back has a new date, within the time of the plan', () => {
		const log = start()
		log.reports()
		log.plans()
		log.plans({ found: [], mended: [TASK] })
		const again = (dueAgain: { taskId: string; dueOn: string }[]) =>
			log.plans({ found: [], again: [TASK], dueAgain })
		expect(again([{ taskId: TASK, dueOn: '2026-12-20' }])).toEqual([])
		expect(again([{ taskId: TASK, dueOn: '2026-11-30' }])).toEqual(['READINESS_DUE'])
		expect(again([{ taskId: OTHER_TASK, dueOn: '2026-12-20' }])).toEqual(['READINESS_TASK_UNKNOWN'])
	})
	test('nothing is changed that is not in the plan, or was mended', () => {
		const log = start()
		log.reports()
		expect(log.changes()).toEqual(['READINESS_TASK_UNKNOWN'])
		expect(log.plans({ found: [], again: [TASK] })).toEqual(['READINESS_TASK_UNKNOWN'])
		expect(log.plans({ found: [], mended: [OTHER_TASK] })).toEqual(['READINESS_TASK_UNKNOWN'])
		log.plans()
		log.plans({ found: [], mended: [TASK] })
		expect(log.changes()).toEqual(['READINESS_TASK_MENDED'])
		expect(log.plans({ found: [], mended: [TASK] })).toEqual(['READINESS_TASK_MENDED'])
	})
	test('a task is given to people of this record alone', () => {
		const log = start()
		log.reports()
		log.plans()
		expect(log.changes({ ownerId: STRANGER })).toEqual(['READINESS_OWNER'])
	})
	test('what was reported before plans were recorded is taken as it is', () => {
		const log = start()
		expect(log.reports({ charterEntry: undefined, readSha256: undefined, charterVersion: 1 })).toEqual([])
		expect(log.changes()).toEqual([])
		expect(log.reports({ reportId: id(11) })).toEqual([])
		expect(log.plans({ reportId: id(11), found: [], again: [OTHER_TASK], mended: [TASK] })).toEqual([])
	})
})
