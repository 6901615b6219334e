import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { CoverageTable, DemandList, lastMoment, NumbersTable } from '#app/components/forecast-coverage.tsx'
import { ForecastCalendar, WindowLinks } from '#app/components/forecast-calendar.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { CoverageView } from '#app/services/forecast/views.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'forecast:read')
	return handled(() => args.context.services.forecast.coverage(actor))
}

/** The page's one sentence: how many stages and duties have too few people, now or later. */
function useHeadline({ seats, until }: CoverageView): string {
	const { t, format } = useWords()
	const date = format.date(lastMoment(until))
	const count = (outlook: string) => seats.filter((seat) => seat.outlook === outlook).length
	if (count('below') > 0) return t('forecast.titleBelow', { count: count('below') })
	return count('falls') > 0
		? t('forecast.titleFalls', { count: count('falls'), date })
		: t('forecast.titleFine', { date })
}

export const meta = titled('titles.forecast')

export default function CoveragePage() {
	const { t, format } = useWords()
	const view = useLoaderData<typeof loader>()
	const { at, until, seats, demands, charterChanges, calendar, renewals } = view
	const deciding = seats.filter(({ kind }) => kind !== 'role')
	return (
		<>
			<div className="head">
				<h1>{useHeadline(view)}</h1>
				<a className="button" href="/forecast.csv?list=coverage" download>
					{t('forecast.csvCoverage')}
				</a>
			</div>
			<p className="muted">
				{t('forecast.lead')} <Time at={at} />. {t('forecast.leadEnd')}
			</p>
			{charterChanges.map((change) => (
				<p key={change} className="notice">
					{t('forecast.charterChange', { date: format.instant(change) })}
				</p>
			))}
			<section className="stack stack-tight">
				<h2>{t('forecast.decides')}</h2>
				<p className="hint">{t('forecast.decidesHint')}</p>
				<CoverageTable caption={t('forecast.decides')} seats={deciding} from={at} until={until} />
			</section>
			<section className="card" aria-labelledby="demands">
				<h2 id="demands">{t('forecast.demands')}</h2>
				<p className="hint">{t('forecast.demandsHint')}</p>
				<DemandList demands={demands} />
			</section>
			{calendar ? (
				<section className="card" aria-labelledby="calendar">
					<h2 id="calendar">{t('forecast.calendar')}</h2>
					<WindowLinks windows={calendar.windows} />
					{renewals ? (
						<p className={renewals.overdue > 0 ? 'notice notice-bad' : 'muted'}>
							<Link to="/forecast/renewals">
								{renewals.overdue > 0
									? t('forecast.renewalsDue', { count: renewals.overdue })
									: t('forecast.renewalsNone')}
							</Link>
						</p>
					) : null}
					<p className="hint">{t('forecast.calendarHint')}</p>
					<ForecastCalendar calendar={calendar} />
				</section>
			) : null}
			<section className="stack stack-tight">
				<h2>{t('forecast.roles')}</h2>
				<p className="hint">{t('forecast.rolesHint')}</p>
				<CoverageTable
					caption={t('forecast.roles')}
					seats={seats.filter(({ kind }) => kind === 'role')}
					from={at}
					until={until}
				/>
			</section>
			<details className="card">
				<summary>{t('forecast.numbers')}</summary>
				<NumbersTable seats={seats} />
			</details>
		</>
	)
}
