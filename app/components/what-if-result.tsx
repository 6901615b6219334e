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
	const words = useWords()
	const { t } = words
	const { seats, demands, requests, at, until } = told
	const short = demands.filter(({ after }) => after.outlook === 'below' || after.outlook === 'falls')
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
		<>
			<Table
				caption={t('forecast.navCoverage')}
				rows={seats}
				keyOf={({ after }) => after.kind + after.key}
				empty={t('forecast.noChange')}
				columns={[
					{
						label: t('forecast.seat'),
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
