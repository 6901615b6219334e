import { ABOUT_POLICY } from './judge-places.ts'
import { taskKey } from './plan.ts'
import { KINDS } from './problem-kinds.ts'
import { PROBLEM_KINDS, type ProblemKind, type ReadinessReport, type SectionKey } from './report.schema.ts'

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

/**
 * Kinds of problems of which a report could not judge whether there are any: what it does not find of them is not known, and must
 * not pass for mended.
 */
export function kindsNotJudged({
	sections,
	problems,
}: Pick<ReadinessReport, 'sections' | 'problems'>): Set<ProblemKind> {
	const dark = new Set(sections.flatMap(({ key, roles, judged }) => (roles > 0 && judged === 0 ? [key] : [])))
	// Of one account for emergencies something is not known: then it may be what was wrong with it.
	const isGlassDark = problems.some(({ kind }) => kind === 'breakGlassUnknown')
	// The tenant's own policy of one role is not known: then it may be too long still.
	const isPolicyDark = problems.some(
		({ kind, about }) => kind === 'partUnknown' && about?.startsWith(ABOUT_POLICY) === true,
	)
	return new Set(
		PROBLEM_KINDS.filter(
			(kind) =>
				(isPolicyDark && kind === 'policyTooLong') ||
				(kind !== 'partUnknown' && dark.has(KINDS[kind].section)) ||
				(isGlassDark && kind.startsWith('breakGlass') && kind !== 'breakGlassUnknown'),
		),
	)
}

/** What became of each problem from one report to a later one. What is the same in both is left out. */
export function compareReports(before: ReadinessReport, after: ReadinessReport): Comparison {
	const [was, is] = [byKey(before), byKey(after)]
	const notJudged = kindsNotJudged(after)
	const problems = [...new Set([...was.keys(), ...is.keys()])].flatMap((key): ProblemChange[] => {
		const [old, now] = [was.get(key), is.get(key)]
		const one = now ?? old
		if (one === undefined || (now === undefined && notJudged.has(one.kind))) return []
		const mended = [...(old?.accounts ?? [])].filter((id) => now?.accounts.has(id) !== true).sort()
		const added = [...(now?.accounts ?? [])].filter((id) => old?.accounts.has(id) !== true).sort()
		const counts = { before: old?.count ?? 0, after: now?.count ?? 0 }
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
