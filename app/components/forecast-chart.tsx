import { useWords } from '#app/messages/text.tsx'
import type { SeatView } from '#app/services/forecast/views.ts'
import { seatTitle } from './forecast-words.ts'

const WIDTH = 280
const HEIGHT = 64
const PAD = 4

/** How many people there are over the horizon, as a stepped line, with what is needed as a dashed one. */
export function ForecastChart({
	seat,
	from,
	until,
	top,
}: {
	seat: SeatView
	from: string
	until: string
	/** The highest number that is drawn; charts that stand beside one another share it. */
	top: number
}) {
	const words = useWords()
	const { t, format } = words
	const { steps, needs, now, needed, lowest, outlook } = seat
	const [begin, end] = [Date.parse(from), Date.parse(until)]
	const x = (at: string) =>
		round(PAD + ((Math.min(Date.parse(at), end) - begin) / (end - begin)) * (WIDTH - 2 * PAD))
	const y = (count: number) => round(HEIGHT - PAD - (count / Math.max(1, top)) * (HEIGHT - 2 * PAD))
	const line = stepped(
		steps.map(({ at, count }) => [x(at), y(count)]),
		x(until),
	)
	const need = needs.flatMap(({ at, needed: n }): [number, number][] => (n === null ? [] : [[x(at), y(n)]]))
	const title = t('forecast.chart', {
		title: seatTitle(words, seat),
		now,
		lowest: lowest.count,
		date: format.date(lowest.at),
		need: needed === null ? '' : t('forecast.chartNeed', { needed }),
	})
	return (
		<svg
			className={`chart chart-${outlook}`}
			viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
			width={WIDTH}
			height={HEIGHT}
			role="img"
			aria-label={title}
		>
			<title>{title}</title>
			{monthsBetween(begin, end).map((at) => (
				<line key={at} className="chart-month" x1={x(at)} x2={x(at)} y1={0} y2={HEIGHT} />
			))}
			<path className="chart-area" d={`${line} V${HEIGHT - PAD} H${PAD} Z`} />
			<path className="chart-line" d={line} />
			{need.length > 0 ? <path className="chart-need" d={stepped(need, x(until))} /> : null}
		</svg>
	)
}

const round = (value: number) => Math.round(value * 10) / 10

/** A line that keeps its height until the next point. */
const stepped = (points: readonly (readonly [number, number])[], end: number) =>
	points
		.map(([px, py], i) => (i === 0 ? `M${px} ${py}` : `H${px} V${py}`))
		.concat(`H${end}`)
		.join(' ')

/** The firsts of the months between, for the eye. */
function monthsBetween(begin: number, end: number): string[] {
	const months: string[] = []
	const first = new Date(begin)
	for (let n = 1; n < 12; n++) {
		const at = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + n, 1)
		if (at >= end) break
		months.push(new Date(at).toISOString())
	}
	return months
}
