import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { loadCase, subjectOfCase } from '#db/queries/vetting.ts'
import { DEADLINE_EVENTS, type DeadlineEvent } from '#workflows/people/vetting-case.events.ts'
import type { TimerEvent } from '#workflows/shared/decide.ts'
import type { Deps } from '../deps.ts'
import { applyCaseEvent, type CaseEntry } from './step-case.server.ts'

const isDeadline = (type: string): type is DeadlineEvent =>
	(DEADLINE_EVENTS as readonly string[]).includes(type)

const TOLD = { REMIND: 'reminder', OVERDUE: 'overdue', REMIND_EXPIRY: 'expiry_reminder' } as const

/** A deadline of a case: a reminder, something overdue, papers that did not come, or the stated end of a clearance. */
export async function stepVettingTimer(tx: Tx, deps: Deps, caseId: string, event: TimerEvent): Promise<void> {
	const type: string = event.type
	if (!isDeadline(type)) throw new Error(`A case knows no deadline called ${type}.`)
	const subjectId = await subjectOfCase(tx, caseId)
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [subjectId], 'update')
	const before = await loadCase(tx, caseId, true)
	const from = before.row.state
	await applyCaseEvent(
		tx,
		deps,
		before,
		{ type, at: event.at },
		(to): CaseEntry =>
			type === 'EXPIRE' || type === 'PAPERS_OVERDUE'
				? {
						kind: 'vetting.advanced',
						open: { caseId, from, to, act: type },
						sealed: { note: { reason: '' } },
					}
				: { kind: 'vetting.deadline', open: { caseId, state: from, what: TOLD[type] }, sealed: {} },
		null,
	)
}
