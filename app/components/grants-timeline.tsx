import { useWords } from '#app/messages/text.tsx'
import type { GrantNow } from '#app/services/views.ts'

const ROW = 42
const AXIS = 22
const HOUR_MS = 3_600_000
const TICKS = 4
/** Wider than this, and what is short cannot be seen any more. */
const MOST_BEFORE_MS = 12 * HOUR_MS

/** Who holds what over time, one bar each; the table beside it is its text. */
export function GrantsTimeline({ grants }: { grants: readonly GrantNow[] }) {
	const words = useWords()
	const { t, format, now } = words
	if (grants.length === 0) return null
	const at = Date.parse(now)
	const { from, until } = rangeOf(grants, at)
	/** Percent of the width, so that words keep their size on every screen. */
	const x = (time: number) =>
		Math.round(((Math.min(Math.max(time, from), until) - from) / (until - from)) * 1000) / 10
	const height = AXIS + grants.length * ROW + 6
	const text = t('grants.timelineText', {
		count: grants.length,
		from: format.instant(new Date(from).toISOString()),
		until: format.instant(new Date(until).toISOString()),
	})
	return (
		<section className="card">
			<h2>{t('grants.timeline')}</h2>
			<div className="bars">
				<svg width="100%" height={height} role="img" aria-label={text}>
					<title>{text}</title>
					{ticksOf(from, until).map((tick) => (
						<g key={tick}>
							<line className="bars-tick" x1={`${x(tick)}%`} x2={`${x(tick)}%`} y1={AXIS - 4} y2={height} />
							<text className="bars-time" x={`${x(tick)}%`} y={AXIS - 9} textAnchor="middle">
								{format.time(new Date(tick).toISOString()).slice(0, 5)}
							</text>
						</g>
					))}
					{grants.map((grant, row) => (
						<Bar key={grant.id} grant={grant} y={AXIS + row * ROW} x={x} now={at} until={until} />
					))}
					<line className="bars-now" x1={`${x(at)}%`} x2={`${x(at)}%`} y1={AXIS - 4} y2={height} />
				</svg>
			</div>
		</section>
	)
}

function Bar({
	grant,
	y,
	x,
	now,
	until,
}: {
	grant: GrantNow
	y: number
	x: (time: number) => number
	now: number
	until: number
}) {
	const { t, format } = useWords()
	const { requester, role, state } = grant
	const begin = grant.from === null ? now : Date.parse(grant.from)
	const end = grant.until === null ? until : Date.parse(grant.until)
	// What should have ended and is not confirmed goes on until now, and on.
	const isOpen = state === 'not_confirmed' || state === 'ending'
	const right = isOpen ? Math.max(end, now) : end
	const label = t('grants.bar', {
		who: requester.name,
		role: role.title,
		state: t(`state.${state}`),
		from: grant.from === null ? t('grants.now') : format.instant(grant.from),
		until: grant.until === null ? t('grants.openEnd') : format.instant(grant.until),
	})
	return (
		<g>
			<title>{label}</title>
			<text className="bars-name" x={0} y={y + 15}>
				{`${requester.name}, ${role.title}`}
			</text>
			<rect
				className={`bars-bar bars-${state}`}
				x={`${x(begin)}%`}
				y={y + BAR_TOP}
				width={widthOf(x(begin), x(right))}
				height={BAR}
				rx={3}
			/>
			{grant.extendingTo === null ? null : (
				<rect
					className="bars-asked"
					x={`${x(end)}%`}
					y={y + BAR_TOP}
					width={widthOf(x(end), x(Date.parse(grant.extendingTo)))}
					height={BAR}
					rx={3}
				/>
			)}
		</g>
	)
}

const BAR_TOP = 21
const BAR = 14
/** However short, it can be seen. */
const widthOf = (from: number, until: number) => `${Math.max(0.6, Math.round((until - from) * 10) / 10)}%`

function rangeOf(grants: readonly GrantNow[], now: number) {
	const begins = grants.map(({ from }) => (from === null ? now : Date.parse(from)))
	const ends = grants.flatMap(({ until, extendingTo }) =>
		[until, extendingTo].flatMap((at) => (at === null ? [] : [Date.parse(at)])),
	)
	const from = Math.max(Math.min(now, ...begins), now - MOST_BEFORE_MS)
	return { from: from - HOUR_MS / 12, until: Math.max(now + HOUR_MS / 2, ...ends) + HOUR_MS / 12 }
}

/** A few round times between. */
function ticksOf(from: number, until: number): number[] {
	const steps = [HOUR_MS / 4, HOUR_MS / 2, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS]
	const step = steps.find((each) => (until - from) / each <= 2 * TICKS) ?? 48 * HOUR_MS
	const ticks: number[] = []
	for (let at = Math.ceil(from / step) * step; at < until; at += step) ticks.push(at)
	return ticks
}
