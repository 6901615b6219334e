import { useEffect, useRef } from 'react'
import { useWords } from '#app/messages/text.tsx'
import type { Text, TextKey } from '#app/messages/create-text.ts'
import type { ChartView } from '#app/services/views.ts'
import { firstLine, LINE_HEIGHT, linesOf } from '#workflows/statecharts/draw-svg.ts'
import { NODE } from '#workflows/statecharts/node-size.ts'

/** Where a request stands in each of its statecharts: a picture of the machine itself, and the same as a list. */
export function Statecharts({ charts }: { charts: readonly ChartView[] }) {
	const { t } = useWords()
	return (
		<section className="card">
			<h2>{t('grants.charts')}</h2>
			{charts.map((chart) => (
				<details key={chart.machine} className="statechart" open={chart === charts.at(-1)}>
					<summary>
						{titleOf(chart, t)}: {stateName(chart, chart.state, t)}
					</summary>
					<Picture view={chart} />
					<List view={chart} />
				</details>
			))}
			<p className="muted small">{t('grants.chartLegend')}</p>
		</section>
	)
}

const TITLES = {
	request: 'grants.chartRequest',
	grant: 'grants.chartGrant',
	breakGlass: 'grants.chartBreakGlass',
	lockbox: 'grants.chartLockbox',
	finding: 'grants.chartFinding',
} as const
const titleOf = ({ machine }: ChartView, t: Text) => t(TITLES[machine])
const stateName = ({ machine }: ChartView, state: string, t: Text) =>
	t(`grants.state_${machine}_${state}` as TextKey)
const eventName = (event: string, t: Text) => t(`grants.event_${event}` as TextKey)

function Picture({ view }: { view: ChartView }) {
	const { t } = useWords()
	const { machine, state: current, drawing } = view
	const title = t('grants.chartText', { title: titleOf(view, t), state: stateName(view, current, t) })
	const marker = `arrow-${machine}`
	const region = useRef<HTMLDivElement>(null)
	const at = drawing.states.find(({ name }) => name === current)?.x ?? 0
	// On a narrow page the picture is wider than its place: what is shown of it first is where it stands.
	useEffect(() => {
		const { current: shown } = region
		if (shown) shown.scrollLeft = at - shown.clientWidth / 2
	}, [at])
	return (
		// A region that can scroll must be reachable by keyboard.
		<div
			className="statechart-picture"
			ref={region}
			role="region"
			aria-label={t('grants.chartOf', { title: titleOf(view, t) })}
			tabIndex={0}
		>
			<svg
				viewBox={`0 0 ${drawing.width} ${drawing.height}`}
				width={drawing.width}
				height={drawing.height}
				role="img"
				aria-label={title}
			>
				<title>{title}</title>
				<defs>
					<Head id={marker} look="statechart-head" />
					<Head id={`${marker}-next`} look="statechart-head-next" />
				</defs>
				{drawing.arrows.map(({ from, to, isTimed, path }) => (
					<path
						key={`${from} ${to}`}
						className={`statechart-arrow ${isTimed ? 'statechart-timed' : ''} ${from === current ? 'statechart-next' : ''}`}
						d={path}
						markerEnd={`url(#${marker}${from === current ? '-next' : ''})`}
					/>
				))}
				{drawing.states.map(({ name, isFinal, x, y }) => {
					const lines = linesOf(stateName(view, name, t))
					return (
						<g key={name} className={name === current ? 'statechart-here' : ''}>
							<rect
								className={`statechart-state ${isFinal ? 'statechart-final' : ''}`}
								x={x - NODE.width / 2}
								y={y - NODE.height / 2}
								width={NODE.width}
								height={NODE.height}
								rx={8}
							/>
							<text x={x}>
								{lines.map((line, i) => (
									<tspan key={line} x={x} y={y + firstLine(lines.length) + i * LINE_HEIGHT}>
										{line}
									</tspan>
								))}
							</text>
						</g>
					)
				})}
			</svg>
		</div>
	)
}

function Head({ id, look }: { id: string; look: string }) {
	return (
		<marker
			id={id}
			viewBox="0 0 8 8"
			refX="7"
			refY="4"
			markerWidth="9"
			markerHeight="9"
			markerUnits="userSpaceOnUse"
			orient="auto"
		>
			<path className={look} d="M0 0 8 4 0 8z" />
		</marker>
	)
}

/** The picture in words: each state with what leads on from it. */
function List({ view }: { view: ChartView }) {
	const { t } = useWords()
	const { state: current, drawing } = view
	return (
		<details>
			<summary>{t('grants.chartList')}</summary>
			<ul className="statechart-list">
				{drawing.chart.states.map(({ name, isFinal }) => (
					<li key={name} aria-current={name === current ? 'step' : undefined}>
						<strong>{stateName(view, name, t)}</strong>
						{name === current ? ` (${t('grants.chartHere')})` : ''}:{' '}
						{isFinal
							? t('grants.chartEnd')
							: drawing.chart.arrows
									.filter(({ from }) => from === name)
									.map(({ events, to }) =>
										t('grants.chartThen', {
											event: events.map((event) => eventName(event, t)).join(', '),
											state: stateName(view, to, t),
										}),
									)
									.join('; ')}
					</li>
				))}
			</ul>
		</details>
	)
}
