import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData, useSearchParams } from '@remix-run/react'
import { DueTable, ViolationTable } from '#app/components/due-table.tsx'
import { useWords } from '#app/messages/text.tsx'
import { WINDOWS } from '#app/services/home/due-views.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, queryOf } from '#app/utils/http.server.ts'
import { DUE_LISTS } from '#db/queries/due-lists.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const query = queryOf(args.request)
	const page = /^[1-9]\d{0,5}$/.test(query('page') ?? '') ? Number(query('page')) : 1
	const days = WINDOWS.find((window) => String(window) === query('within')) ?? 180
	return handled(async () => {
		const { home } = args.context.services
		if (args.params.list === 'violations')
			return { list: 'violations' as const, days, found: await home.violations(actor, { page }), due: null }
		const list = DUE_LISTS.find((each) => each === args.params.list)
		if (list === undefined) throw new DomainError('NOT_FOUND', 'There is no such list.')
		return { list, days, found: null, due: await home.due(actor, { list, page, days }) }
	})
}

export const meta = titled<typeof loader>('titles.due', ({ list }, t) => ({ what: t(`due.title_${list}`) }))

export default function DuePage() {
	const { t, format } = useWords()
	const { list, days, found, due } = useLoaderData<typeof loader>()
	const { total, page, pages } = found ?? due
	return (
		<>
			<p>
				<Link to="/">{t('due.back')}</Link>
			</p>
			<div className="head">
				<h1>
					{format.number(total)} · {t(`due.title_${list}`)}
				</h1>
			</div>
			<p className="muted">{t(`due.lead_${list}`)}</p>
			{list === 'expiring' ? <Windows days={days} /> : null}
			{found && !found.isComplete ? <p className="notice">{t('due.counting')}</p> : null}
			{found ? <ViolationTable items={found.items} /> : <DueTable list={due.list} items={due.items} />}
			<Pages page={page} pages={pages} />
		</>
	)
}

function Windows({ days }: { days: number }) {
	const { t } = useWords()
	return (
		<nav aria-label={t('due.windows')}>
			<ul className="row">
				{WINDOWS.map((window) => (
					<li key={window}>
						<Link
							className="chip chip-link"
							to={`?within=${window}`}
							aria-current={window === days ? 'page' : undefined}
						>
							{t('due.within', { days: window })}
						</Link>
					</li>
				))}
			</ul>
		</nav>
	)
}

function Pages({ page, pages }: { page: number; pages: number }) {
	const { t } = useWords()
	const [search] = useSearchParams()
	if (pages < 2) return null
	const to = (number: number) => {
		const query = new URLSearchParams(search)
		query.set('page', String(number))
		return `?${query.toString()}`
	}
	return (
		<nav className="row" aria-label={t('due.page', { page, pages })}>
			{page > 1 ? <Link to={to(1)}>{t('shell.newer')}</Link> : null}
			<span>{t('due.page', { page, pages })}</span>
			{page < pages ? <Link to={to(page + 1)}>{t('shell.older')}</Link> : null}
		</nav>
	)
}
