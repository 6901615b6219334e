import { useWords } from '#app/messages/text.tsx'
import { formulaOf, problemInWords, type Titles } from '#app/messages/readiness-in-words.ts'
import type { ReadinessView } from '#app/services/readiness/views.ts'
import { KINDS } from '#workflows/tenant/readiness/problem-kinds.ts'
import type { Problem } from '#workflows/tenant/readiness/report.schema.ts'
import { percent } from './readiness-words.ts'
import { Table } from './ui/table.tsx'

type Report = NonNullable<ReadinessView['report']>

/** The three worst things with what to do, then all of them behind a fold; on paper there are no folds. */
export function ReadinessProblems({ problems, titles }: { problems: readonly Problem[]; titles: Titles }) {
	const { t } = useWords()
	if (problems.length === 0) return <p className="notice notice-good">{t('readiness.none')}</p>
	return (
		<section className="stack">
			<h2 id="worst">{t('readiness.worst')}</h2>
			<div className="no-print">
				<ProblemList problems={problems.slice(0, 3)} titles={titles} />
			</div>
			<div className="print-only">
				<ProblemList problems={problems} titles={titles} />
			</div>
			<p className="muted small">{t('readiness.worstHint')}</p>
			{problems.length > 3 ? (
				<details className="card no-print">
					<summary>{`${t('readiness.allProblems')} (${problems.length})`}</summary>
					<ProblemList problems={problems} titles={titles} />
				</details>
			) : null}
		</section>
	)
}

function ProblemList({ problems, titles }: { problems: readonly Problem[]; titles: Titles }) {
	const { t } = useWords()
	return (
		<ol className="stack ranked">
			{problems.map((problem) => {
				const { what, fix } = problemInWords(t, problem, titles)
				const key = `${problem.kind} ${problem.about ?? ''} ${String(problem.detail.from ?? '')} ${String(problem.detail.why ?? '')}`
				return (
					<li key={key}>
						<strong>{what}</strong>
						<br />
						{fix} <span className="muted">({t(`readiness.owner_${KINDS[problem.kind].owner}`)})</span>
					</li>
				)
			})}
		</ol>
	)
}

/** Each section's score with the numbers that make it. */
export function ReadinessScores({ report }: { report: Report }) {
	const { t, format } = useWords()
	const { counts, unread } = report
	return (
		<section className="stack">
			<h2 id="scores">{t('readiness.scores')}</h2>
			<Table
				caption={t('readiness.scores')}
				rows={report.sections}
				keyOf={({ key }) => key}
				empty=""
				columns={[
					{ label: t('readiness.section'), cell: ({ key }) => t(`readiness.section_${key}`) },
					{ label: t('readiness.score'), cell: ({ score }) => <strong>{percent(score)}</strong> },
					{ label: t('readiness.formula'), cell: (section) => <code>{formulaOf(section)}</code> },
					{ label: t('readiness.wrong'), cell: ({ wrong }) => format.number(wrong) },
					{ label: t('readiness.unknown'), cell: ({ unknown }) => format.number(unknown) },
					{ label: t('readiness.certainty'), cell: ({ certainty }) => percent(certainty) },
				]}
			/>
			<p className="muted small">{t('readiness.scoreHint')}</p>
			<p>
				{t('readiness.counts', { ...counts, users: counts.users ?? 0, guests: counts.guests ?? 0 })}{' '}
				{counts.users === null
					? t('readiness.countUsersUnknown')
					: t('readiness.countUsers', { users: counts.users, guests: counts.guests ?? 0 })}
			</p>
			{unread.length > 0 ? (
				<details className="card">
					<summary>{`${t('readiness.unread')} (${unread.length})`}</summary>
					<ul>
						{unread.map(({ part, why, code }) => (
							<li key={part}>
								{t('readiness.unreadLine', {
									part: t(`readiness.part_${part}`),
									why: t(`readiness.trouble_${why}`),
									code: code ?? '',
								})}
							</li>
						))}
					</ul>
				</details>
			) : null}
		</section>
	)
}

/** What became of the report before. */
export function ReadinessComparison({
	comparison,
	titles,
}: {
	comparison: NonNullable<ReadinessView['comparison']>
	titles: Titles
}) {
	const { t } = useWords()
	const { problems, score } = comparison
	return (
		<section className="stack">
			<h2 id="compared">{t('readiness.compare', { number: comparison.with })}</h2>
			<p>{t('readiness.compareScore', { before: percent(score.before), after: percent(score.after) })}</p>
			{problems.length === 0 ? (
				<p>{t('readiness.compareNone')}</p>
			) : (
				<ul>
					{problems.map(({ kind, about, before, after }) => (
						<li key={`${kind} ${about ?? ''}`}>
							{t('readiness.compareLine', {
								what: problemInWords(t, { kind, about, count: Math.max(before, after), detail: {} }, titles)
									.what,
								before,
								after,
							})}
						</li>
					))}
				</ul>
			)}
		</section>
	)
}
