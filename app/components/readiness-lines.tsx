import { Link, useSearchParams } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { placeInWords, standingInWords } from '#app/messages/readiness-in-words.ts'
import type { LineView, ReadinessView } from '#app/services/readiness/views.ts'
import { LINE_PROBLEMS } from '#workflows/tenant/readiness/problem-kinds.ts'
import { clauseKey } from './impact-card.tsx'
import { Button } from './ui/form.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

const VERDICTS = ['permitted', 'refused', 'unknownPerson', 'notAPerson', 'notGoverned'] as const

/** Who holds what, as filtered by the address, page by page. */
export function ReadinessLines({
	view,
	number,
}: {
	view: Pick<ReadinessView, 'lines' | 'next' | 'filter' | 'titles'>
	number: number
}) {
	const { t, format } = useWords()
	const [search] = useSearchParams()
	const { filter, titles, lines, next } = view
	const more = new URLSearchParams(search)
	if (next !== null) more.set('after', String(next))
	return (
		<section className="stack">
			<h2 id="lines">{t('readiness.lines')}</h2>
			<p className="muted">{t('readiness.linesHint')}</p>
			<form className="filter no-print" action="/readiness#lines" aria-label={t('readiness.filter')}>
				<input type="hidden" name="report" value={number} />
				<div className="field">
					<label htmlFor="verdict">{t('readiness.filterVerdict')}</label>
					<select className="input" id="verdict" name="verdict" defaultValue={filter.verdict ?? ''}>
						<option value="">{t('readiness.filterAll')}</option>
						{VERDICTS.map((verdict) => (
							<option key={verdict} value={verdict}>
								{t(`readiness.verdict_${verdict}`)}
							</option>
						))}
					</select>
				</div>
				<div className="field">
					<label htmlFor="problem">{t('readiness.filterProblem')}</label>
					<select className="input" id="problem" name="problem" defaultValue={filter.problem ?? ''}>
						<option value="">{t('readiness.filterAll')}</option>
						{LINE_PROBLEMS.map((kind) => (
							<option key={kind} value={kind}>
								{t(`readiness.label_${kind}`)}
							</option>
						))}
					</select>
				</div>
				<Button look="plain">{t('readiness.filter')}</Button>
			</form>
			<Table
				caption={t('readiness.lines')}
				rows={lines}
				keyOf={(line) =>
					`${line.principalId} ${JSON.stringify(line.place)} ${line.standing} ${line.through ?? ''} ${line.until ?? ''}`
				}
				empty={t('readiness.noLines')}
				columns={[
					{ label: t('readiness.account'), cell: (line) => <Account line={line} /> },
					{ label: t('readiness.place'), cell: (line) => placeInWords(t, line, titles) },
					{ label: t('readiness.standing'), cell: (line) => standingInWords(t, line, format.instant) },
					{
						label: t('readiness.until'),
						cell: ({ until }) => (until === null ? t('readiness.noEnd') : <Time at={until} />),
					},
					{
						label: t('readiness.verdict'),
						cell: ({ verdict, codes }) => (
							<>
								{t(`readiness.verdict_${verdict}`)}
								{codes.length > 0 ? (
									<span className="muted small">
										{' '}
										{codes
											.map((code) => t(code === 'NATIONALITY' ? 'roster.code_NATIONALITY' : clauseKey(code)))
											.join(', ')}
									</span>
								) : null}
							</>
						),
					},
					{
						label: t('readiness.problems'),
						cell: ({ problems }) => (
							<ul className="plain">
								{problems.map((kind) => (
									<li key={kind}>{t(`readiness.label_${kind}`)}</li>
								))}
							</ul>
						),
					},
				]}
			/>
			{next === null ? null : <p className="print-only">{t('readiness.moreOnPaper')}</p>}
			{next === null ? null : (
				<p className="no-print">
					<Link to={`?${more.toString()}#lines`}>{t('readiness.more')}</Link>
				</p>
			)}
		</section>
	)
}

function Account({ line }: { line: LineView }) {
	const { t } = useWords()
	return (
		<>
			{line.personId === null ? line.name : <Link to={`/people/${line.personId}`}>{line.name}</Link>}
			<br />
			<span className="muted small">{line.upn ?? line.principalId}</span>
			{line.throughName === null ? null : (
				<>
					<br />
					<span className="muted small">{t('readiness.through', { group: line.throughName })}</span>
				</>
			)}
		</>
	)
}
