import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { DemandView, SeatView } from '#app/services/forecast/views.ts'
import { ForecastChart } from './forecast-chart.tsx'
import { OUTLOOK_LOOK, outlookText, seatTitle } from './forecast-words.ts'
import { Icon } from './ui/icon.tsx'
import { Table, type Column } from './ui/table.tsx'

/** One row a seat: the numbers, the line over the horizon, and what to expect. */
export function CoverageTable({
	caption,
	seats,
	from,
	until,
}: {
	caption: string
	seats: readonly SeatView[]
	from: string
	until: string
}) {
	const words = useWords()
	const { t, format } = words
	const isNeeded = seats.some(({ needed }) => needed !== null)
	const needed: Column<SeatView>[] = isNeeded
		? [
				{ label: t('forecast.needed'), cell: ({ needed: n }) => n ?? '–' },
				{ label: t('forecast.outlook'), cell: (seat) => <SeatOutlook seat={seat} /> },
			]
		: []
	return (
		<Table
			caption={caption}
			rows={seats}
			keyOf={({ kind, key }) => kind + key}
			empty="–"
			columns={[
				{
					label: isNeeded ? t('forecast.seat') : t('forecast.role'),
					cell: (seat) => <strong>{seatTitle(words, seat)}</strong>,
				},
				{
					label: t('forecast.course', { date: format.date(lastMoment(until)) }),
					cell: (seat) => <ForecastChart seat={seat} from={from} until={until} top={topOf(seat)} />,
				},
				{ label: t('forecast.now'), cell: ({ now }) => now },
				{
					label: t('forecast.lowest'),
					cell: ({ lowest, now }) =>
						lowest.count === now
							? now
							: t('forecast.lowestOn', { count: lowest.count, date: format.date(lowest.at) }),
				},
				...needed,
			]}
		/>
	)
}

/** The horizon's end is the first moment that is not looked at any more. */
export const lastMoment = (until: string) => new Date(Date.parse(until) - 1).toISOString()

const topOf = ({ steps, needs }: SeatView) =>
	Math.max(...steps.map(({ count }) => count), ...needs.map(({ needed }) => needed ?? 0)) + 0.5

function SeatOutlook({ seat }: { seat: SeatView }) {
	const words = useWords()
	const lost = seat.firstBelow?.lost ?? []
	return (
		<>
			<OutlookBadge outlook={seat.outlook} firstBelow={seat.firstBelow} />
			{lost.length > 0 ? (
				<p className="small muted">
					<Because lost={lost} />
				</p>
			) : null}
			{seat.outlook === 'below' && seat.firstBelow ? (
				<p className="small">
					{words.t('forecast.short', { count: seat.firstBelow.needed - seat.firstBelow.count })}
				</p>
			) : null}
		</>
	)
}

/** Who stops being counted, each a link to their page, in the reader's word order. */
function Because({ lost }: { lost: readonly { id: string; name: string }[] }) {
	const { t } = useWords()
	const key = lost.length === 1 ? 'forecast.because' : 'forecast.becauseMany'
	const [before = '', after = ''] = t(key, { names: '\u0000' }).split('\u0000')
	return (
		<>
			{before}
			{lost.map(({ id, name }, i) => (
				<span key={id}>
					{i === 0 ? '' : ', '}
					<Link to={`/people/${id}`}>{name}</Link>
				</span>
			))}
			{after}
		</>
	)
}

export function OutlookBadge({
	outlook,
	firstBelow,
}: {
	outlook: SeatView['outlook']
	firstBelow: { at: string } | null
}) {
	const words = useWords()
	const { badge, icon } = OUTLOOK_LOOK[outlook]
	return (
		<span className={`badge badge-wraps ${badge}`}>
			<Icon name={icon} />
			{outlookText(words, { outlook, firstBelow })}
		</span>
	)
}

/** Roles whose requests would find too few different people. */
export function DemandList({ demands }: { demands: readonly DemandView[] }) {
	const { t } = useWords()
	const short = demands.filter(({ outlook }) => outlook === 'below' || outlook === 'falls')
	if (short.length === 0) return <p>{t('forecast.demandsNone')}</p>
	return (
		<ul className="stack stack-tight">
			{short.map((demand) => (
				<li key={demand.role} className="row">
					<strong>{demand.title}</strong>
					<OutlookBadge outlook={demand.outlook} firstBelow={demand.firstBelow} />
					{demand.firstBelow ? (
						<span className="muted">{t('forecast.short', { count: -demand.firstBelow.spare })}</span>
					) : null}
				</li>
			))}
		</ul>
	)
}

/** What the charts draw, as numbers. */
export function NumbersTable({ seats }: { seats: readonly SeatView[] }) {
	const words = useWords()
	const { t, format } = words
	const rows = seats.flatMap((seat) =>
		seat.steps.map(({ at, count }) => ({
			key: seat.kind + seat.key + at,
			title: seatTitle(words, seat),
			at,
			count,
			needed: seat.needs.findLast((need) => need.at <= at)?.needed ?? null,
		})),
	)
	return (
		<Table
			caption={t('forecast.numbers')}
			rows={rows}
			keyOf={({ key }) => key}
			empty="–"
			columns={[
				{ label: t('forecast.seat'), cell: ({ title }) => title },
				{ label: t('forecast.from'), cell: ({ at }) => format.instant(at) },
				{ label: t('forecast.people'), cell: ({ count }) => count },
				{ label: t('forecast.needed'), cell: ({ needed }) => needed ?? '–' },
			]}
		/>
	)
}
