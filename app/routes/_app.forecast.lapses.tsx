import type { LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useLoaderData, useSearchParams } from '@remix-run/react'
import { WindowLinks } from '#app/components/forecast-calendar.tsx'
import { lapseText, lostText } from '#app/components/forecast-words.ts'
import { Button } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { LapseView } from '#app/services/forecast/views.ts'
import { lapseFilterOf } from '#app/utils/forecast-query.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const filter = lapseFilterOf(args.request)
	const after = queryOf(args.request)('after') ?? null
	return handled(async () => ({
		filter,
		isFirst: after === null,
		...(await args.context.services.forecast.lapses(actor, { filter, after })),
	}))
}

const LOOK = {
	quorum: { badge: 'badge-refused', icon: 'alarm' },
	role: { badge: 'badge-waiting', icon: 'hourglass' },
	nothing: { badge: 'badge-ended', icon: 'clock' },
} as const

function Follows({ lapse }: { lapse: LapseView }) {
	const words = useWords()
	const { badge, icon } = LOOK[lapse.weight]
	const roles = lostText(words, lapse)
	return (
		<>
			<span className={`badge badge-wraps ${badge}`}>
				<Icon name={icon} />
				{words.t(`forecast.weight_${lapse.weight}`)}
			</span>
			{roles === '' ? null : <p className="small muted">{words.t('forecast.losesRoles', { roles })}</p>}
		</>
	)
}

export const meta = titled('titles.forecastLapses')

export default function LapsesPage() {
	const words = useWords()
	const { t, format } = words
	const { filter, isFirst, rows, total, windows, next } = useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	const without = (...names: string[]) => {
		const kept = new URLSearchParams([...search].filter(([name]) => !names.includes(name)))
		return kept
	}
	const more = without('after')
	if (next !== null) more.set('after', next)
	return (
		<>
			<div className="head">
				<h1>
					{filter.day === null
						? t('forecast.lapsesTitle', { count: total, days: filter.days })
						: t('forecast.lapsesDay', { count: total, date: format.date(`${filter.day}T12:00:00Z`) })}
				</h1>
				<a className="button" href={`/forecast.csv?list=lapses&${without('after').toString()}`} download>
					{t('forecast.csv')}
				</a>
			</div>
			<p className="muted">{t('forecast.lapsesLead')}</p>
			<WindowLinks windows={windows} chosen={filter.day === null ? filter.days : undefined} />
			<Form className="row" role="search" aria-label={t('forecast.follows')}>
				{filter.day === null ? (
					<input type="hidden" name="days" value={filter.days} />
				) : (
					<input type="hidden" name="day" value={filter.day} />
				)}
				<label htmlFor="follows">{t('forecast.follows')}</label>
				<select
					className="input input-small"
					id="follows"
					name="follows"
					defaultValue={search.get('follows') ?? ''}
					key={search.get('follows')}
				>
					<option value="">{t('forecast.followsAll')}</option>
					<option value="some">{t('forecast.followsSome')}</option>
					<option value="quorum">{t('forecast.weight_quorum')}</option>
				</select>
				<Button look="small">{t('requests.filter')}</Button>
				{filter.day === null ? null : <Link to="/forecast/lapses">{t('forecast.allDays')}</Link>}
			</Form>
			<Table
				caption={t('forecast.navLapses')}
				rows={rows}
				keyOf={({ id }) => id}
				empty={t('forecast.lapsesNone')}
				columns={[
					{
						label: t('forecast.who'),
						cell: ({ person }) => <Link to={`/people/${person.id}`}>{person.name}</Link>,
					},
					{ label: t('forecast.ends'), cell: ({ at }) => <Time at={at} /> },
					{ label: t('forecast.what'), cell: (lapse) => lapseText(words, lapse) },
					{ label: t('forecast.follows'), cell: (lapse) => <Follows lapse={lapse} /> },
				]}
			/>
			<p className="row">
				{next === null ? null : (
					<Link className="button" to={`?${more.toString()}`}>
						{t('forecast.more')}
					</Link>
				)}
				{isFirst ? null : <Link to={`?${without('after').toString()}`}>{t('forecast.first')}</Link>}
			</p>
		</>
	)
}
