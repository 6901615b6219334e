import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { Icon } from '#app/components/ui/icon.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:erase')
	return handled(() => args.context.services.people.retention(actor))
}

export const meta = titled('titles.retention')

export default function RetentionPage() {
	const { t, format } = useWords()
	const { rows, months, isMore } = useLoaderData<typeof loader>()
	return (
		<>
			<p>
				<Link to="/people">{t('people.title')}</Link>
			</p>
			<h1>{t('people.retentionTitle', { count: rows.length })}</h1>
			<p className="muted">{t('people.retentionLead')}</p>
			<Table
				caption={t('people.retention')}
				rows={rows}
				keyOf={({ personId }) => personId}
				empty={t('people.retentionNone')}
				columns={[
					{
						label: t('people.name'),
						cell: ({ personId, name }) => <Link to={`/people/${personId}`}>{name}</Link>,
					},
					{ label: t('people.leftAt'), cell: ({ leftAt }) => <Time at={leftAt} dateOnly /> },
					{
						label: t('people.dueKinds'),
						cell: ({ due, isAllDue }) =>
							isAllDue ? (
								<span className="badge badge-needs_you">
									<Icon name="person" />
									{t('people.allDue')}
								</span>
							) : (
								due.map((kind) => t(`facts.kinds_${kind}`)).join(', ')
							),
					},
					{
						label: t('erasure.open'),
						cell: ({ personId, isAllDue, allDueAt }) =>
							isAllDue ? (
								<Link to={`/people/${personId}/erase`}>{t('people.erasePreview')}</Link>
							) : (
								t('people.notYet', { date: format.date(allDueAt) })
							),
					},
				]}
			/>
			{isMore ? <p className="notice">{t('people.retentionMore')}</p> : null}
			<section className="card">
				<h2>{t('people.retentionRules')}</h2>
				<dl className="facts">
					{months.map(({ kind, months: count }) => (
						<div key={kind} className="facts-row">
							<dt>{t(`facts.kinds_${kind}`)}</dt>
							<dd>{format.months(count)}</dd>
						</div>
					))}
				</dl>
			</section>
		</>
	)
}
