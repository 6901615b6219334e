import type { LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useLoaderData, useSearchParams } from '@remix-run/react'
import { BreakGlassChip } from '#app/components/break-glass-badge.tsx'
import { GrantsTimeline } from '#app/components/grants-timeline.tsx'
import { Button } from '#app/components/ui/form.tsx'
import { StateBadge } from '#app/components/ui/state-badge.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Countdown, Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled, queryOf } from '#app/utils/http.server.ts'
import { useLive } from '#app/utils/use-live.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	const query = queryOf(args.request)
	const [role, after] = [query('role'), query('after')]
	return handled(async () => ({
		now: await args.context.services.access.grantsNow(actor, {
			...(role === undefined ? {} : { role }),
			...(after === undefined ? {} : { after }),
		}),
		role: role ?? '',
		isFirst: after === undefined,
	}))
}

export const meta = titled('titles.grants')

export default function GrantsPage() {
	const { t } = useWords()
	const { now, role, isFirst } = useLoaderData<typeof loader>()
	useLive(5000)
	return (
		<>
			<h1>{t('grants.title')}</h1>
			<p className="muted">{t('grants.lead')}</p>
			<Form method="get" className="row" role="search">
				<label htmlFor="role">{t('requests.role')}</label>
				<select className="input input-small" id="role" name="role" defaultValue={role} key={role}>
					<option value="">{t('grants.anyRole')}</option>
					{now.roles.map(({ key, title }) => (
						<option key={key} value={key}>
							{title}
						</option>
					))}
				</select>
				<Button look="plain">{t('grants.filter')}</Button>
			</Form>
			<GrantsTimeline grants={now.grants} />
			<Table
				caption={t('grants.title')}
				rows={now.grants}
				keyOf={({ id }) => id}
				empty={t(role === '' ? 'grants.empty' : 'grants.emptyOfRole')}
				columns={[
					{
						label: t('requests.number'),
						cell: ({ id, number, isBreakGlass }) => (
							<>
								<Link to={`/requests/${id}`}>R-{number}</Link> {isBreakGlass ? <BreakGlassChip /> : null}
							</>
						),
					},
					{ label: t('requests.who'), cell: ({ requester }) => requester.name },
					{ label: t('requests.role'), cell: (row) => row.role.title },
					{ label: t('requests.state'), cell: ({ state }) => <StateBadge state={state} /> },
					{ label: t('grants.begins'), cell: ({ from }) => (from === null ? '–' : <Time at={from} />) },
					{
						label: t('grants.ends'),
						cell: ({ until }) =>
							until === null ? (
								t('grants.openEnd')
							) : (
								<>
									<Time at={until} />{' '}
									<span className="muted small">
										<Countdown to={until} />
									</span>
								</>
							),
					},
				]}
			/>
			<Pages next={now.next} isFirst={isFirst} />
		</>
	)
}

function Pages({ next, isFirst }: { next: string | null; isFirst: boolean }) {
	const { t } = useWords()
	const [search] = useSearchParams()
	const to = (after: string | null) => {
		const query = new URLSearchParams(search)
		if (after === null) query.delete('after')
		else query.set('after', after)
		return `?${query}`
	}
	if (next === null && isFirst) return null
	return (
		<nav className="row" aria-label={t('grants.title')}>
			{isFirst ? null : <Link to={to(null)}>{t('grants.first')}</Link>}
			{next === null ? null : <Link to={to(next)}>{t('grants.next')}</Link>}
		</nav>
	)
}
