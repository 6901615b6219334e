import { useWords } from '#app/messages/text.tsx'
import type { CellView, DayView, RowView } from '#app/services/roster/views.ts'
import { rosterFormats, rowTitle } from './roster-words.ts'

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

/** Days by hours with how many people count at each; a table, so that it can be read without being seen. */
export function RosterGrid({ row, zone, now }: { row: RowView; zone: string; now: string }) {
	const { t, language } = useWords()
	const format = rosterFormats(language, zone)
	const caption = t('roster.grid', { title: rowTitle(t, row) })
	return (
		<div>
			<p className="hint">{t('roster.gridHint')}</p>
			<div className="table-wrap" role="region" aria-label={caption} tabIndex={0}>
				<table className="hours">
					<caption className="visually-hidden">{caption}</caption>
					<thead>
						<tr>
							<th scope="col">{t('roster.day')}</th>
							{HOURS.map((hour) => (
								<th key={hour} scope="col">
									<span aria-hidden="true">{String(hour).padStart(2, '0')}</span>
									<span className="visually-hidden">{t('roster.hour', { hour })}</span>
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{row.days.map((day) => (
							<tr key={day.day}>
								<th scope="row">{format.day(day.day)}</th>
								{HOURS.map((hour) => (
									<HourCell key={hour} hour={hour} day={day} now={now} />
								))}
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</div>
	)
}

function HourCell({ hour, day, now }: { hour: number; day: DayView; now: string }) {
	const { t } = useWords()
	const cells = day.cells.filter((cell) => cell.hour === hour)
	const [first] = cells
	if (first === undefined) {
		// The day that has begun lacks the hours that are over; any other lacks the one that the clock skips.
		const isOver = (day.cells[0]?.hour ?? 0) > hour && day.cells[0]?.from === now
		return (
			<td className="hour hour-none">
				<span aria-hidden="true">{isOver ? '' : '–'}</span>
				<span className="visually-hidden">{t(isOver ? 'roster.past' : 'roster.skipped')}</span>
			</td>
		)
	}
	const missing = Math.max(...cells.map((cell) => cell.missing))
	return (
		<td className={`hour ${missing > 0 ? 'hour-gap' : ''}`}>
			{cells.map((cell, i) => (
				<span key={cell.offset}>
					{i > 0 ? <span aria-hidden="true"> / </span> : null}
					<Count cell={cell} />
				</span>
			))}
			{cells.length > 1 ? <span className="visually-hidden"> ({t('roster.twice')})</span> : null}
		</td>
	)
}

function Count({ cell: { count, missing, isNeeded } }: { cell: CellView }) {
	const { t } = useWords()
	if (!isNeeded)
		return (
			<>
				<span aria-hidden="true">·</span>
				<span className="visually-hidden">{t('roster.gridNothing')}</span>
			</>
		)
	if (missing === 0) return <>{count}</>
	return (
		<>
			{count}
			<span aria-hidden="true">!</span>
			<span className="visually-hidden">, {t('roster.gapCell', { count: missing })}</span>
		</>
	)
}
