import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { CoverageView, DayCount, WindowCount } from '#app/services/forecast/views.ts'

type Calendar = NonNullable<CoverageView['calendar']>

/** A grid for each month with how much ends on each day; days on which something does open their list. */
export function ForecastCalendar({ calendar: { days, today, lastDay } }: { calendar: Calendar }) {
	const { t, format, language } = useWords()
	if (days.length === 0)
		return <p>{t('forecast.calendarEmpty', { date: format.date(`${lastDay}T12:00:00Z`) })}</p>
	const known = new Map(days.map((day) => [day.day, day]))
	return (
		<div className="months">
			{monthsFrom(today, lastDay).map((month) => (
				<table key={month} className="month">
					<caption>{monthText(month, language)}</caption>
					<thead>
						<tr>
							{WEEKDAYS[language].map(([short, long]) => (
								<th key={long} scope="col">
									<abbr title={long}>{short}</abbr>
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{weeksOf(month).map((week) => (
							<tr key={week.find((day) => day !== null)}>
								{week.map((day, i) => (
									<Day key={day ?? `${month}-${i}`} day={day} today={today} count={known.get(day ?? '')} />
								))}
							</tr>
						))}
					</tbody>
				</table>
			))}
		</div>
	)
}

function Day({ day, today, count }: { day: string | null; today: string; count: DayCount | undefined }) {
	const { t, format } = useWords()
	if (day === null) return <td />
	const number = Number(day.slice(8))
	if (count === undefined)
		return (
			<td className={day === today ? 'day-today' : day < today ? 'day-past' : ''}>
				<span className="day">{number}</span>
			</td>
		)
	const look = count.quorum > 0 ? 'day-quorum' : count.roles > 0 ? 'day-role' : 'day-other'
	const what =
		count.quorum > 0 ? t('forecast.calendarQuorum') : count.roles > 0 ? t('forecast.calendarRole') : ''
	const text = t('forecast.calendarDay', { date: format.date(`${day}T12:00:00Z`), count: count.all, what })
	return (
		<td className={day === today ? 'day-today' : ''}>
			<Link className={`day ${look}`} to={`/forecast/lapses?day=${day}`} title={text}>
				<span>{number}</span>{' '}
				<span className="day-count">
					{count.quorum > 0 ? '!' : ''}
					{count.all}
				</span>{' '}
				<span className="visually-hidden">{text}</span>
			</Link>
		</td>
	)
}

/** How much ends in each window; each is a link to its list. */
export function WindowLinks({
	windows,
	chosen,
}: {
	windows: readonly WindowCount[]
	chosen?: number | undefined
}) {
	const { t } = useWords()
	return (
		<nav aria-label={t('forecast.windows')}>
			<ul className="windows">
				{windows.map(({ days, all, roles, quorum }) => (
					<li key={days}>
						<Link
							className="window"
							to={`/forecast/lapses?days=${days}`}
							aria-current={chosen === days ? 'page' : undefined}
						>
							<span className="muted small">{t('forecast.windowDays', { days })}</span>
							<strong>{t('forecast.windowCount', { count: all })}</strong>
							<span className={`small ${roles > 0 ? 'window-roles' : 'muted'}`}>
								{t('forecast.windowRoles', { count: roles })}
							</span>
							<span className={`small ${quorum > 0 ? 'count-loses' : 'muted'}`}>
								{t('forecast.windowQuorum', { count: quorum })}
							</span>
						</Link>
					</li>
				))}
			</ul>
		</nav>
	)
}

/** Of our own: what a browser calls a day is not what the server does, and the page would be drawn anew for that. */
const WEEKDAYS = {
	en: [
		['Mo', 'Monday'],
		['Tu', 'Tuesday'],
		['We', 'Wednesday'],
		['Th', 'Thursday'],
		['Fr', 'Friday'],
		['Sa', 'Saturday'],
		['Su', 'Sunday'],
	],
	de: [
		['Mo', 'Montag'],
		['Di', 'Dienstag'],
		['Mi', 'Mittwoch'],
		['Do', 'Donnerstag'],
		['Fr', 'Freitag'],
		['Sa', 'Samstag'],
		['So', 'Sonntag'],
	],
} as const
const MONTHS = {
	en: 'January February March April May June July August September October November December'.split(' '),
	de: 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' '),
} as const

const monthText = (month: string, language: 'en' | 'de') =>
	`${MONTHS[language][Number(month.slice(5)) - 1] ?? ''} ${month.slice(0, 4)}`

function monthsFrom(first: string, last: string): string[] {
	const months: string[] = []
	let [year, month] = first.split('-').map(Number) as [number, number]
	for (;;) {
		const name = `${year}-${String(month).padStart(2, '0')}`
		if (name > last.slice(0, 7)) return months
		months.push(name)
		if (++month > 12) [year, month] = [year + 1, 1]
	}
}

/** Weeks of a month from Monday to Sunday; days of other months are null. */
function weeksOf(month: string): (string | null)[][] {
	const [year, number] = month.split('-').map(Number) as [number, number]
	const lead = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + 6) % 7
	const length = new Date(Date.UTC(year, number, 0)).getUTCDate()
	const cells: (string | null)[] = [
		...Array<null>(lead).fill(null),
		...Array.from({ length }, (_, i) => `${month}-${String(i + 1).padStart(2, '0')}`),
	]
	while (cells.length % 7 !== 0) cells.push(null)
	return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7))
}
