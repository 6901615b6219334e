import { Link } from '@remix-run/react'
import type { QuestionRow } from '#app/services/audit/question/question-rows.server.ts'
import type { TextKey } from '#app/messages/create-text.ts'
import { findingText, requirementText } from '#app/messages/reasons-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import { formats } from '#app/utils/format.ts'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'

const STEPS = new Set(['FILE', 'DECIDE', 'SEND', 'CONFIRMED', 'END', 'POSTPONED', 'REMOVED'])

/** The accesses behind a number: whom, when, how they stand under the charter with every gap, and the entries that prove it. */
export function QuestionRows({
	caption,
	rows,
	zone,
}: {
	caption: string
	rows: readonly QuestionRow[]
	zone: string
}) {
	const { t, language } = useWords()
	const { instant } = formats(language, zone)
	return (
		<Table
			caption={caption}
			rows={rows}
			keyOf={({ grantId }) => grantId}
			empty={t('question.noRows')}
			columns={[
				{
					label: t('question.request'),
					cell: ({ requestId, requestNumber, breakGlass }) => (
						<>
							<Link to={`/requests/${requestId}`}>R-{requestNumber}</Link>
							{breakGlass === null ? null : <p className="small">{t(`question.by_${breakGlass}`)}</p>}
						</>
					),
				},
				{ label: t('question.person'), cell: ({ person }) => person },
				{ label: t('question.role'), cell: ({ role }) => role },
				{
					label: t('question.interval'),
					cell: ({ from, until, isConfirmed }) => (
						<>
							<time dateTime={from}>{instant(from)}</time> –{' '}
							{until === null ? t('question.still') : <time dateTime={until}>{instant(until)}</time>}
							{isConfirmed ? null : <p className="muted small">{t('question.notConfirmed')}</p>}
						</>
					),
				},
				{ label: t('question.verdict'), cell: (row) => <Verdict row={row} zone={zone} /> },
				{ label: t('question.place'), cell: (row) => <Places row={row} /> },
				{ label: t('question.entries'), cell: (row) => <Steps row={row} /> },
			]}
		/>
	)
}

function Verdict({ row, zone }: { row: QuestionRow; zone: string }) {
	const words = useWords()
	const { t, language } = words
	const { instant } = formats(language, zone)
	const look = { covered: 'badge-active', gaps: 'badge-refused', unchecked: 'badge-ended' } as const
	const icon = { covered: 'check', gaps: 'cross', unchecked: 'slash' } as const
	return (
		<>
			<span className={`badge ${look[row.verdict]}`}>
				<Icon name={icon[row.verdict]} />
				{t(`question.verdict_${row.verdict}`)}
			</span>
			{row.verdict === 'covered' ? (
				<p className="muted small">{t('question.underVersion', { versions: row.versions.join(', ') })}</p>
			) : null}
			{row.gaps.map(({ from, until, denials }) => (
				<div key={from} className="small">
					<p>{t('question.gapIs', { from: instant(from), until: instant(until) })}</p>
					<ul className="bullets">
						{denials.length === 0 ? <li>{t('question.noCharter')}</li> : null}
						{denials
							.filter(({ satisfied }) => !satisfied)
							.map((clause, i) => (
								<li key={`${clause.code} ${i}`}>
									{requirementText(words, clause)}: {findingText(words, clause.found)}
								</li>
							))}
					</ul>
				</div>
			))}
		</>
	)
}

function Places({ row }: { row: QuestionRow }) {
	const { t } = useWords()
	if (row.places.length === 0) return <span className="muted">{t('question.noPlace')}</span>
	return (
		<ul>
			{row.places.map(({ facility, title, isApproved }, i) => (
				<li key={`${facility} ${i}`}>
					{t(isApproved ? 'question.placeApproved' : 'question.placeUnapproved', { place: title })}
				</li>
			))}
		</ul>
	)
}

function Steps({ row }: { row: QuestionRow }) {
	const { t } = useWords()
	return (
		<ul className="small">
			{row.steps.map(({ step, at, entryIndex }) => (
				<li key={`${step} ${at}`}>
					{t(`question.step_${STEPS.has(step) ? step : 'other'}` as TextKey)}
					{' · '}
					{entryIndex === null ? (
						t('requests.entryPending')
					) : (
						<Link to={`/record/${entryIndex}`}>{t('requests.entry', { index: entryIndex })}</Link>
					)}
				</li>
			))}
		</ul>
	)
}
