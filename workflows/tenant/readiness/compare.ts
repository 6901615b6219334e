import { kindsNotJudged } from './needs.ts'
import { taskKey } from './plan.ts'
import type { ProblemKind, ReadinessReport, SectionKey } from './report.schema.ts'

/** One problem in two reports: how many there were and are. */
export type ProblemChange = {
	kind: ProblemKind
	about: string | null
	before: number
	after: number
	/** Accounts that had it and do not any more, and those that have it anew. */
	mended: string[]
	added: string[]
}
export type Comparison = {
	sections: { key: SectionKey; before: number; after: number }[]
	score: { before: number; after: number }
	problems: ProblemChange[]
}

/** What became of each problem from one report to a later one. What is the same in both is left out. */
export function compareReports(before: ReadinessReport, after: ReadinessReport): Comparison {
	const [was, is] = [byKey(before), byKey(after)]
	const notJudged = kindsNotJudged(after)
	const problems = [...new Set([...was.keys(), ...is.keys()])].flatMap((key): ProblemChange[] => {
		const [old, now] = [was.get(key), is.get(key)]
		const one = now ?? old
		if (one === undefined) return []
		const isJudged = !notJudged.has(one.kind)
		const gone = [...(old?.accounts ?? [])].filter((id) => now?.accounts.has(id) !== true).sort()
		// Of a kind that could not be judged whole, who is not found is not known; what is found is true.
		const mended = isJudged ? gone : []
		const added = [...(now?.accounts ?? [])].filter((id) => old?.accounts.has(id) !== true).sort()
		const counts = { before: old?.count ?? 0, after: now?.count ?? 0 }
		if (!isJudged && counts.after <= counts.before && added.length === 0) return []
		if (counts.before === counts.after && mended.length === 0 && added.length === 0) return []
		return [{ kind: one.kind, about: one.about, ...counts, mended, added }]
	})
	return {
		score: { before: before.score, after: after.score },
		sections: after.sections.map(({ key, score }) => ({
			key,
			before: before.sections.find((section) => section.key === key)?.score ?? 0,
			after: score,
		})),
		problems,
	}
}

type Seen = { kind: ProblemKind; about: string | null; count: number; accounts: Set<string> }

function byKey({ problems, lines }: ReadinessReport): Map<string, Seen> {
	const seen = new Map<string, Seen>()
	for (const { kind, about, count, lines: positions } of problems) {
		const key = taskKey(kind, about)
		const accounts = positions.flatMap((at) => lines[at]?.principalId ?? [])
		const known = seen.get(key)
		if (!known) seen.set(key, { kind, about, count, accounts: new Set(accounts) })
		else {
			known.count += count
			for (const id of accounts) known.accounts.add(id)
		}
	}
	return seen
}
