import { expect, it } from 'vitest'
import { compareReports } from '#workflows/tenant/readiness/compare.ts'
import { kindsNotJudged } from '#workflows/tenant/readiness/needs.ts'
import { MILESTONES, planOf } from '#workflows/tenant/readiness/plan.ts'
import { KINDS } from '#workflows/tenant/readiness/problem-kinds.ts'
import {
	PROBLEM_KINDS,
	type Problem,
	type ReadinessReport,
} from '#workflows/tenant/readiness/report.schema.ts'

const problem = (kind: Problem['kind'], about: string | null, lines: number[] = []): Problem => ({
	kind,
	section: KINDS[kind].section,
	about,
	count: Math.max(1, lines.length),
	isUnknown: KINDS[kind].isUnknown === true,
	detail: {},
	lines,
})
const reportOf = (problems: Problem[], accounts: string[] = []) =>
	({
		problems,
		score: 0.5,
		sections: [],
		lines: accounts.map((principalId) => ({ principalId })),
	}) as unknown as ReadinessReport

it('plans each problem once, first what is due first, between the steps that every tenant takes', () => {
	const tasks = planOf({
		problems: [
			problem('permanent', 'admin', [0, 1]),
			problem('guestHolds', 'admin', [0]),
			problem('noQuorum', 'admin'),
			problem('noQuorum', 'admin'),
		],
	})
	expect(tasks.map(({ key, count, dueDay }) => [key, count, dueDay])).toEqual([
		['guestHolds admin', 1, 3],
		['readWhole', 1, 5],
		['charterInForce', 1, 21],
		['noQuorum admin', 2, 28],
		['secondReport', 1, 28],
		['permanent admin', 2, 60],
		['onlyByCharter', 1, 118],
		['lastReport', 1, 118],
	])
	expect(tasks.filter(({ what }) => MILESTONES.some((one) => one === what))).toHaveLength(MILESTONES.length)
})

it('every kind of problem has its day within the four weeks or the ninety days after', () => {
	for (const kind of PROBLEM_KINDS) {
		const { phase, dueDay } = KINDS[kind]
		expect([kind, dueDay <= 28 ? 'assessment' : 'cutover', dueDay <= 118]).toEqual([kind, phase, true])
	}
})

it('a comparison tells what was mended and what is new, and nothing of what stayed', () => {
	const before = reportOf([problem('guestHolds', 'admin', [0, 1]), problem('noPolicy', 'admin')], ['a', 'b'])
	const after = reportOf(
		[problem('guestHolds', 'admin', [0, 1]), problem('permanent', 'admin', [0])],
		['b', 'c'],
	)
	expect(compareReports(before, after).problems).toEqual([
		{ kind: 'guestHolds', about: 'admin', before: 2, after: 2, mended: ['a'], added: ['c'] },
		{ kind: 'noPolicy', about: 'admin', before: 1, after: 0, mended: [], added: [] },
		{ kind: 'permanent', about: 'admin', before: 0, after: 1, mended: [], added: ['b'] },
	])
	expect(compareReports(after, after).problems).toEqual([])
})

it('what a later report could not look at is not mended', () => {
	const dark = { key: 'signIn' as const, roles: 3, judged: 0, wrong: 0, unknown: 1, score: 0, certainty: 0 }
	const before = reportOf([problem('noPolicy', 'admin'), problem('guestHolds', 'admin')])
	const after = { ...reportOf([]), sections: [dark] }
	expect(compareReports(before, after).problems.map(({ kind }) => kind)).toEqual(['guestHolds'])
	expect(kindsNotJudged(after)).toContain('noPolicy')
	expect(kindsNotJudged(after)).not.toContain('guestHolds')
})
