import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { SeatView, WhatIfView } from '#app/services/forecast/views.ts'
import { ForecastChart } from './forecast-chart.tsx'
import { OutlookBadge } from './forecast-coverage.tsx'
import { seatTitle } from './forecast-words.ts'
import { StateBadge } from './ui/state-badge.tsx'
import { Table } from './ui/table.tsx'

/** What would change without some people: each count before and after, what could not be decided, and what would end. */
export function WhatIfResult({ told }: { told: WhatIfView }) {
	const { t } = useWords()
	const { seats, demands, requests } = told
	const short = demands.filter(({ after }) => after.outlook === 'below' || after.outlook === 'falls')
	return (
		<>
			{seats.length === 0 ? <p className="card">{t('forecast.noChange')}</p> : null}
			<ChangeTable
				caption={t('forecast.decides')}
				label={t('forecast.seat')}
				seats={seats.filter(({ after }) => after.kind !== 'role')}
				told={told}
			/>
			<ChangeTable
				caption={t('forecast.roles')}
				label={t('forecast.role')}
				seats={seats.filter(({ after }) => after.kind === 'role')}
				told={told}
			/>
			<section className="card" aria-labelledby="demands">
				<h2 id="demands">{t('forecast.demands')}</h2>
				{short.length === 0 ? (
					<p>{t('forecast.demandsNone')}</p>
				) : (
					<ul className="stack stack-tight">
						{short.map(({ after }) => (
							<li key={after.role} className="row">
								<strong>{after.title}</strong>
								<OutlookBadge outlook={after.outlook} firstBelow={after.firstBelow} />
							</li>
						))}
					</ul>
				)}
			</section>
			<section className="stack stack-tight">
				<h2>{t('forecast.requests')}</h2>
				<Table
					caption={t('forecast.requests')}
					rows={requests}
					keyOf={({ id }) => id}
					empty={t('forecast.requestsNone')}
					columns={[
						{
							label: t('forecast.requestName'),
							cell: ({ id, number }) => (
								<Link to={`/requests/${id}`}>{t('forecast.request', { number })}</Link>
							),
						},
						{ label: t('forecast.who'), cell: ({ person }) => person.name },
						{ label: t('forecast.role'), cell: ({ roleTitle }) => roleTitle },
						{ label: t('forecast.state'), cell: ({ state }) => <StateBadge state={state} /> },
					]}
				/>
			</section>
		</>
	)
}

/** What changes of each count; nothing at all where none does. */
function ChangeTable({
	caption,
	label,
	seats,
	told: { at, until },
}: {
	caption: string
	label: string
	seats: WhatIfView['seats']
	told: WhatIfView
}) {
	const words = useWords()
	const { t } = words
	if (seats.length === 0) return null
	const cell = (seat: SeatView, top: number) => (
		<div className="stack stack-tight">
			<ForecastChart seat={seat} from={at} until={until} top={top} />
			<span className="row">
				<strong>{seat.lowest.count}</strong>
				{seat.needed === null ? null : <OutlookBadge outlook={seat.outlook} firstBelow={seat.firstBelow} />}
			</span>
		</div>
	)
	const topOf = (...both: SeatView[]) =>
		Math.max(...both.flatMap(({ steps, needed }) => [needed ?? 0, ...steps.map(({ count }) => count)])) + 0.5
	return (
		<section className="stack stack-tight">
			<h2>{caption}</h2>
			<Table
				caption={caption}
				rows={seats}
				keyOf={({ after }) => after.kind + after.key}
				empty="–"
				columns={[
					{
						label,
						cell: ({ after }) => (
							<>
								<strong>{seatTitle(words, after)}</strong>
								{after.needed === null ? null : (
									<p className="small muted">
										{t('forecast.needed')}: {after.needed}
									</p>
								)}
							</>
						),
					},
					{ label: t('forecast.before'), cell: ({ before, after }) => cell(before, topOf(before, after)) },
					{ label: t('forecast.after'), cell: ({ before, after }) => cell(after, topOf(before, after)) },
				]}
			/>
		</section>
	)
}
