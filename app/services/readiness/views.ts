import type { coarseGroup } from '#workflows/people/coarse-reasons.ts'
import type { FileProblem } from '#workflows/tenant/file-problem.ts'
import type { Comparison } from '#workflows/tenant/readiness/compare.ts'
import type { Phase } from '#workflows/tenant/readiness/problem-kinds.ts'
import type { PlannedTask } from '#workflows/tenant/readiness/plan.ts'
import type { ProblemKind, ReadinessReport, ReportLine } from '#workflows/tenant/readiness/report.schema.ts'
import type { PersonName } from '../views.ts'
import type { Belonging } from './belonging.ts'

export type ReportHead = {
	number: number
	madeAt: string
	source: 'tenant' | 'files'
	/** 0 to 1. */
	score: number
	maker: string
}

/** Why the charter refuses, no finer than the reader may know. */
export type ToldCode = ReturnType<typeof coarseGroup>

export type LineView = Omit<ReportLine, 'codes'> & {
	codes: ToldCode[]
	name: string
	upn: string | null
	/** What the group is called through which it is held. */
	throughName: string | null
}

export type TaskView = Pick<PlannedTask, 'what' | 'about' | 'count'> & {
	id: string
	phase: Phase
	duty: string
	owner: PersonName | null
	/** YYYY-MM-DD */
	dueOn: string
	note: string
	done: { at: string; by: string } | null
	mendedAt: string | null
	isOverdue: boolean
	version: number
}

export type LineFilter = { problem: ProblemKind | null; verdict: ReportLine['verdict'] | null }

/** The reading of the tenant, or of files of one, that was asked for last. */
export type ReadingView = {
	source: 'tenant' | 'files'
	state: 'waiting' | 'reading' | 'done' | 'failed'
	/** When it was asked for, and when it began. */
	askedAt: string
	startedAt: string | null
	asker: string
	/** Of how many holders it is known how they sign in, and of how many it is to be; null while the lists are read. */
	progress: { done: number; total: number } | null
	/** Why nothing came of it: a code of ours. */
	trouble: string | null
	/** What is wrong with which file, where that is why. */
	problems: readonly FileProblem[]
}

export type ReadinessView = {
	/** The last of each sort, without those that a newer report makes old. */
	readings: ReadingView[]
	/** Null before the first. */
	report: (Omit<ReadinessReport, 'lines' | 'filesSha256'> & { head: ReportHead }) | null
	/** Whether what the report judged is of our own tenant; null where there is no report. */
	belonging: Belonging | null
	/** A report of our own tenant that stood already and was read later, so that this one did nothing to the plan; null where none was. */
	readLater: number | null
	/** Where nobody asked for another one: the report that was made last and is not this one, since it was read earlier. Null: it is this one. */
	madeLast: number | null
	titles: Record<string, string>
	lines: LineView[]
	/** Position after which the next page begins; null where this is the last. */
	next: number | null
	filter: LineFilter
	reports: ReportHead[]
	comparison: (Comparison & { with: number }) | null
	tasks: TaskView[]
	/** Whom a task can be given to. */
	owners: PersonName[]
	mayManage: boolean
}
