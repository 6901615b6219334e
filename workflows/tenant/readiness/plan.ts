import { ASSESSMENT_DAYS, CUTOVER_DAYS, KINDS, type Owner, type Phase } from './problem-kinds.ts'
import { PROBLEM_KINDS, type ProblemKind, type ReadinessReport } from './report.schema.ts'

/** Steps that every tenant takes, beside what is to be mended in it. */
export const MILESTONES = [
	'readWhole',
	'charterInForce',
	'secondReport',
	'onlyByCharter',
	'lastReport',
] as const
export type Milestone = (typeof MILESTONES)[number]

const WHEN: Readonly<Record<Milestone, { dueDay: number; phase: Phase; owner: Owner }>> = {
	readWhole: { dueDay: 5, phase: 'assessment', owner: 'tenant_admin' },
	charterInForce: { dueDay: 21, phase: 'assessment', owner: 'charter_owner' },
	secondReport: { dueDay: ASSESSMENT_DAYS, phase: 'assessment', owner: 'security_officer' },
	onlyByCharter: { dueDay: ASSESSMENT_DAYS + CUTOVER_DAYS, phase: 'cutover', owner: 'tenant_admin' },
	lastReport: { dueDay: ASSESSMENT_DAYS + CUTOVER_DAYS, phase: 'cutover', owner: 'security_officer' },
}

/** One thing to do. `key` says the same thing in every report: what was there and is not is mended. */
export type PlannedTask = {
	key: string
	what: ProblemKind | Milestone
	/** Role of the charter or part that it is about; null: the tenant. */
	about: string | null
	count: number
	phase: Phase
	owner: Owner
	/** Days after the plan begins. */
	dueDay: number
}

export const taskKey = (what: string, about: string | null) => (about === null ? what : `${what} ${about}`)

/**
 * The plan that follows from a report: each problem once, with who mends it and by when, and the steps that every tenant takes.
 * First due first; of one day, what is more dangerous first.
 */
export function planOf({ problems }: Pick<ReadinessReport, 'problems'>): PlannedTask[] {
	const tasks = new Map<string, PlannedTask>()
	for (const { kind, about, count } of problems) {
		const key = taskKey(kind, about)
		const known = tasks.get(key)
		if (known) known.count += count
		else {
			const { phase, owner, dueDay } = KINDS[kind]
			tasks.set(key, { key, what: kind, about, count, phase, owner, dueDay })
		}
	}
	for (const what of MILESTONES) tasks.set(what, { key: what, what, about: null, count: 1, ...WHEN[what] })
	return [...tasks.values()].sort((a, b) => a.dueDay - b.dueDay || order(a.what) - order(b.what))
}

const order = (what: PlannedTask['what']) => {
	const at = PROBLEM_KINDS.findIndex((kind) => kind === what)
	return at === -1 ? PROBLEM_KINDS.length : at
}
