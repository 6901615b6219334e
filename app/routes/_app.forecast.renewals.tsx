import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { clearanceText } from '#app/components/forecast-words.ts'
import { Icon } from '#app/components/ui/icon.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { RenewalView } from '#app/services/forecast/views.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const cursor = z.object({ startBy: z.iso.datetime(), id: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const query = queryOf(args.request)
	const after = cursor.safeParse({ startBy: query('startBy'), id: query('id') })
	return handled(async () => ({
		isFirst: !after.success,
		...(await args.context.services.forecast.renewals(actor, after.success ? after.data : null)),
	}))
}

function StartBy({ renewal: { startBy, isOverdue, openCase } }: { renewal: RenewalView }) {
	const { t } = useWords()
	return (
		<>
			<Time at={startBy} dateOnly />{' '}
			{isOverdue && openCase === null ? (
				<span className="badge badge-refused">
					<Icon name="alarm" />
					{t('forecast.late')}
				</span>
			) : null}
		</>
	)
}

export const meta = titled('titles.forecastRenewals')

export default function RenewalsPage() {
	const { t } = useWords()
	const { rows, counts, next, isFirst } = useLoaderData<typeof loader>()
	const more = new URLSearchParams(next ?? {})
	return (
		<>
			<div className="head">
				<h1>{t('forecast.renewalsTitle', { count: counts.all })}</h1>
				<a className="button" href="/forecast.csv?list=renewals" download>
					{t('forecast.csv')}
				</a>
			</div>
			<p className="muted">{t('forecast.renewalsLead')}</p>
			<Table
				caption={t('forecast.navRenewals')}
				rows={rows}
				keyOf={({ id }) => id}
				empty={t('forecast.renewalsEmpty')}
				columns={[
					{
						label: t('forecast.who'),
						cell: ({ person }) => <Link to={`/people/${person.id}`}>{person.name}</Link>,
					},
					{
						label: t('forecast.clearance'),
						cell: ({ scheme, level }) => clearanceText(`${scheme} ${level}`),
					},
					{ label: t('forecast.startBy'), cell: (renewal) => <StartBy renewal={renewal} /> },
					{
						label: t('forecast.ends'),
						cell: ({ validUntil, hasEnded }) => (
							<>
								<Time at={validUntil} dateOnly />{' '}
								{hasEnded ? <span className="count-loses">{t('forecast.ended')}</span> : null}
							</>
						),
					},
					{ label: t('forecast.checks'), cell: ({ leadDays }) => t('forecast.days', { count: leadDays }) },
					{
						label: t('forecast.case'),
						cell: ({ openCase, person }) =>
							openCase ? (
								<Link to={`/vetting/${openCase.id}`}>{t('vetting.number', { number: openCase.number })}</Link>
							) : (
								<Link
									to={`/vetting/new?person=${person.id}`}
									aria-label={t('forecast.openCaseFor', { name: person.name })}
								>
									{t('forecast.openCase')}
								</Link>
							),
					},
				]}
			/>
			<p className="row">
				{next === null ? null : (
					<Link className="button" to={`?${more.toString()}`}>
						{t('forecast.more')}
					</Link>
				)}
				{isFirst ? null : <Link to="/forecast/renewals">{t('forecast.first')}</Link>}
			</p>
		</>
	)
}
