import { Link } from '@remix-run/react'
import { useId } from 'react'
import { useWords } from '#app/messages/text.tsx'
import type { CauseView, GapView, RosterView, RowView } from '#app/services/roster/views.ts'
import { RosterGrid } from './roster-grid.tsx'
import { causeText, isAboutNobody, ownersText, rosterFormats, rowTitle } from './roster-words.ts'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'

/** A boundary or a stage: when the next gap begins and who can mend it, every gap, and then the picture. */
export function RosterRow({ row, view }: { row: RowView; view: RosterView }) {
	const { t, language } = useWords()
	const id = useId()
	const format = rosterFormats(language, view.zone)
	const title = rowTitle(t, row)
	const [next] = row.gaps
	const isNow = next !== undefined && next.from <= view.at
	return (
		<section className="card stack roster-row" aria-labelledby={id}>
			<div className="row">
				<h2 id={id}>{title}</h2>
				{next === undefined ? (
					<span className="badge badge-active">
						<Icon name="check" />
						{t('roster.covered')}
					</span>
				) : (
					<span className={`badge badge-wraps ${isNow ? 'badge-not_confirmed' : 'badge-refused'}`}>
						<Icon name="alarm" />
						{isNow ? t('roster.gapNow') : t('roster.gapLater', { at: format.instant(next.from) })}
					</span>
				)}
				<span className="muted">
					{t(row.stage === null ? 'roster.boundary' : 'roster.lockbox')} ·{' '}
					{t('roster.needed', { count: row.needed })}
				</span>
			</div>
			{next === undefined ? null : (
				<>
					<p>
						<strong>
							{t(isNow ? 'roster.nextNow' : 'roster.next', {
								at: format.instant(isNow ? next.until : next.from),
								duration: lengthOf(next, format.duration),
							})}
						</strong>{' '}
						{next.owners.length > 0 ? t('roster.mendedBy', { owners: ownersText(t, next.owners) }) : null}
					</p>
					<GapTable title={title} row={row} zone={view.zone} />
				</>
			)}
			<RosterGrid row={row} zone={view.zone} now={view.at} />
		</section>
	)
}

const lengthOf = ({ from, until }: Pick<GapView, 'from' | 'until'>, duration: (ms: number) => string) =>
	duration(Date.parse(until) - Date.parse(from))

function GapTable({ title, row, zone }: { title: string; row: RowView; zone: string }) {
	const { t, language } = useWords()
	const format = rosterFormats(language, zone)
	return (
		<Table
			caption={t('roster.gaps', { title })}
			rows={row.gaps}
			keyOf={({ from }) => from}
			empty="–"
			columns={[
				{
					label: t('roster.from'),
					cell: ({ from, isNew }) => (
						<>
							<time dateTime={from}>{format.instant(from)}</time>{' '}
							{isNew ? (
								<span className="badge badge-waiting">
									<Icon name="person" />
									{t('roster.isNew')}
								</span>
							) : null}
						</>
					),
				},
				{ label: t('roster.lasts'), cell: (gap) => lengthOf(gap, format.duration) },
				{ label: t('roster.short'), cell: ({ missing }) => missing },
				{ label: t('roster.why'), cell: (gap) => <Why gap={gap} zone={zone} /> },
				{ label: t('roster.fixes'), cell: ({ owners }) => ownersText(t, owners) || '–' },
			]}
		/>
	)
}

/** Why, stretch by stretch where it changes inside of a gap. */
function Why({ gap, zone }: { gap: GapView; zone: string }) {
	const { t, language } = useWords()
	const format = rosterFormats(language, zone)
	const [only] = gap.pieces
	if (gap.pieces.length === 1 && only) return <Causes causes={only.causes} zone={zone} />
	return (
		<ul className="stack stack-tight">
			{gap.pieces.map((piece) => (
				<li key={piece.from}>
					<strong>{t('roster.pieceFrom', { at: format.instant(piece.from) })}</strong>
					<Causes causes={piece.causes} zone={zone} />
				</li>
			))}
		</ul>
	)
}

function Causes({ causes, zone }: { causes: readonly CauseView[]; zone: string }) {
	const { t, language } = useWords()
	const format = rosterFormats(language, zone)
	// Readers who may not see people are told each reason once.
	const shown = causes.filter(
		(cause, i) =>
			cause.who !== null ||
			cause.account !== null ||
			causes.findIndex((other) => other.kind === cause.kind && other.who === null) === i,
	)
	return (
		<ul>
			{shown.map((cause) => (
				<li key={`${cause.kind} ${cause.who?.id ?? cause.account ?? ''}`}>
					{isAboutNobody(cause) ? null : (
						<>
							{cause.who ? (
								<Link to={`/people/${cause.who.id}`}>{cause.who.name}</Link>
							) : cause.account ? (
								t('roster.account', { id: cause.account })
							) : (
								t('roster.somebody')
							)}{' '}
						</>
					)}
					{causeText(t, cause, format)}
				</li>
			))}
		</ul>
	)
}
