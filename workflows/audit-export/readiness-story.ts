import type { LeafOf } from '../ledger/entry.schema.ts'
import { ASSESSMENT_DAYS, CUTOVER_DAYS } from '../tenant/readiness/problem-kinds.ts'
import type { AppointedTo } from './appointed.ts'
import type { CharterBook } from './charter-book.ts'
import { opened, problem, type Openings, type StoryProblem } from './problem.ts'

type Report = { maker: string | null; time: string }
type Task = {
	/** The last report did not find it any more. */
	isMended: boolean
	/** What it is, where that was laid open when it was planned. */
	what: string | null
}

const DAY_MS = 86_400_000
/** The plan's last day, counted from the report. */
const LAST_DAY = ASSESSMENT_DAYS + CUTOVER_DAYS

/**
 * Whether readiness reports and their plan hold together: a report is made once, by somebody who may, under the charter in
 * force, of what was read before it; every task comes from a report, within the time of the plan; what a report no longer
 * finds is not changed by anybody; and a task is given to people of this record alone.
 */
export function createReadinessStory(
	charters: Pick<CharterBook, 'isInForce' | 'versionOf'>,
	appointedTo: AppointedTo,
) {
	const people = new Set<string>()
	const reports = new Map<string, Report>()
	const tasks = new Map<string, Task>()
	/** Reports of before plans were recorded may have planned tasks that no entry tells of. */
	let hasOldPlan = false

	const byWhoMay = (actor: string | null, time: string): StoryProblem[] => {
		if (actor === null)
			return [problem('READINESS_NOBODY', 'nobody is said to have made a report or changed a task')]
		return appointedTo(actor, ['security_officer', 'charter_owner'], time) === false
			? [problem('READINESS_DUTY', 'somebody acted here who held no duty that allows it')]
			: []
	}
	function known(taskId: string): Task | null {
		const task = tasks.get(taskId)
		if (task !== undefined || !hasOldPlan) return task ?? null
		const old = { isMended: false, what: null }
		tasks.set(taskId, old)
		return old
	}
	const unknown = problem('READINESS_TASK_UNKNOWN', 'a step on a task that no report brought into the plan')

	return {
		tellPerson({ subject }: LeafOf<'person.recorded'>): StoryProblem[] {
			if (subject !== null) people.add(subject)
			return []
		},
		tellReported({ open, actor, time }: LeafOf<'readiness.reported'>): StoryProblem[] {
			const problems = byWhoMay(actor, time)
			if (reports.has(open.reportId))
				problems.push(problem('READINESS_AGAIN', 'a readiness report is made a second time'))
			reports.set(open.reportId, { maker: actor, time })
			if (open.readAt > time)
				problems.push(problem('READINESS_TIME', 'a report tells of a tenant that was read after it'))
			const named = [open.files, open.filesSha256].filter((files) => files !== undefined).length
			if (named !== (open.source === 'files' ? 1 : 0) && open.charterEntry !== undefined)
				problems.push(problem('READINESS_SOURCE', 'a report does not name what it was made of'))
			if (open.charterEntry === undefined) {
				hasOldPlan = true
				return problems
			}
			if (open.readSha256 === undefined)
				problems.push(problem('READINESS_SOURCE', 'a report does not name what it was made of'))
			const isBound =
				charters.isInForce(open.charterEntry) && charters.versionOf(open.charterEntry) === open.charterVersion
			if (!isBound)
				problems.push(
					problem('READINESS_CHARTER', 'a report was made under another charter than the one in force'),
				)
			return problems
		},
		tellPlanned(
			{ open, actor, time, kind }: LeafOf<'readiness.planned'>,
			openings: Openings,
		): StoryProblem[] {
			const problems: StoryProblem[] = []
			const report = reports.get(open.reportId)
			if (report === undefined || report.maker !== actor || report.time !== time)
				problems.push(problem('READINESS_PLAN', 'a plan follows from no report that was made with it'))
			const plan = opened(kind, 'plan', openings)
			const names = new Map(plan?.tasks.map(({ taskId, what }) => [taskId, what]))
			if (plan !== null) {
				const told = [...open.found.map(({ taskId }) => taskId), ...open.again, ...open.mended]
				if (names.size !== told.length || told.some((taskId) => !names.has(taskId)))
					problems.push(problem('READINESS_DIFFERS', 'the opened plan is not what the entry says'))
			}
			for (const { taskId, dueOn } of open.found) {
				if (tasks.has(taskId))
					problems.push(problem('READINESS_TASK_AGAIN', 'a task comes into the plan a second time'))
				tasks.set(taskId, { isMended: false, what: names.get(taskId) ?? null })
				problems.push(...dueWithinPlan(dueOn, time))
			}
			for (const { taskId, dueOn } of open.dueAgain ?? []) {
				if (!open.again.includes(taskId)) problems.push(unknown)
				problems.push(...dueWithinPlan(dueOn, time))
			}
			for (const taskId of open.again) {
				const task = known(taskId)
				if (task === null) problems.push(unknown)
				else problems.push(...rename(task, names.get(taskId)))
				if (task !== null) task.isMended = false
			}
			for (const taskId of open.mended) {
				const task = known(taskId)
				if (task === null) problems.push(unknown)
				else if (task.isMended)
					problems.push(problem('READINESS_TASK_MENDED', 'a step on a task that was mended before'))
				else problems.push(...rename(task, names.get(taskId)))
				if (task !== null) task.isMended = true
			}
			return problems
		},
		tellChanged(leaf: LeafOf<'readiness.task_changed'>, openings: Openings): StoryProblem[] {
			const { open, actor, time, kind } = leaf
			const problems = byWhoMay(actor, time)
			const task = known(open.taskId)
			if (task === null) return [...problems, unknown]
			// Before plans were recorded such a task could be changed.
			if (task.isMended)
				problems.push(problem('READINESS_TASK_MENDED', 'a step on a task that was mended before'))
			const change = opened(kind, 'change', openings)
			if (change === null) return problems
			if (change.ownerId !== null && !people.has(change.ownerId))
				problems.push(
					problem('READINESS_OWNER', 'a task is given to somebody whom this record does not know'),
				)
			return [...problems, ...rename(task, change.what)]
		},
	}
}

function dueWithinPlan(dueOn: string, time: string): StoryProblem[] {
	const days = (Date.parse(dueOn) - Date.parse(time.slice(0, 10))) / DAY_MS
	return days < 0 || days > LAST_DAY
		? [problem('READINESS_DUE', 'a task is due outside of the time of the plan')]
		: []
}

/** A task stays what it is; notes what that is where it was not known before. */
function rename(task: Task, what: string | undefined): StoryProblem[] {
	if (what === undefined) return []
	const isOther = task.what !== null && task.what !== what
	task.what ??= what
	return isOther ? [problem('READINESS_DIFFERS', 'the opened plan is not what the entry says')] : []
}
