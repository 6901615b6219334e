import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { AccountSync } from '#app/components/account-sync.tsx'
import { AccountTable } from '#app/components/account-table.tsx'
import { Button } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const FILTERS = [
	'notices',
	'proposed',
	'unlinked',
	'no_method',
	'unknown_method',
	'without_account',
	'linked',
	'all',
] as const
const filterSchema = z.enum(FILTERS).catch('all')

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	return handled(async () => {
		const query = queryOf(args.request)
		const filter = filterSchema.parse(query('filter'))
		const id = z.uuid().safeParse(query('afterId'))
		const after = id.success ? { name: query('afterName') ?? '', id: id.data } : null
		const { tenant } = args.context.services
		return { filter, ...(await tenant.accounts(actor, { filter, search: query('search') ?? '', after })) }
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	await attempted(() => args.context.services.tenant.sync(actor))
	return redirect('/people/entra?done=asked')
}

const DONE = { asked: 'tenant.asked', registered: 'tenant.registered', linked: 'tenant.linkedNow' } as const

export const meta = titled('titles.accounts')

export default function EntraPage() {
	const { t } = useWords()
	const { filter, accounts, next, counts, sync } = useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	const more = new URLSearchParams(search)
	more.delete('done')
	if (next) {
		more.set('afterName', next.name)
		more.set('afterId', next.id)
	}
	const done = DONE[search.get('done') as keyof typeof DONE] ?? null
	return (
		<>
			<p>
				<Link to="/people">{t('people.title')}</Link>
			</p>
			<h1>
				{sync.finishedAt === null
					? t('tenant.headNever')
					: counts.notices > 0
						? t('tenant.headNotices', { count: counts.notices })
						: t('tenant.headQuiet')}
			</h1>
			<p className="muted">{t('tenant.lead')}</p>
			{done === null ? null : (
				<p className="notice notice-good" role="status">
					{t(done)}
				</p>
			)}
			<AccountSync sync={sync} />
			<nav aria-label={t('tenant.filters')}>
				<ul className="tabs">
					{FILTERS.map((name) => (
						<li key={name}>
							<Link to={`?filter=${name}`} aria-current={name === filter ? 'page' : undefined}>
								{t(`tenant.filter_${name}`, { count: counts[name] })}
							</Link>
						</li>
					))}
				</ul>
			</nav>
			<p className="muted">{t(`tenant.hint_${filter}`)}</p>
			<Form role="search" className="row" aria-label={t('tenant.search')}>
				<input type="hidden" name="filter" value={filter} />
				<label htmlFor="search">{t('tenant.search')}</label>
				<input
					className="input"
					id="search"
					name="search"
					type="search"
					maxLength={200}
					defaultValue={search.get('search') ?? ''}
				/>
				<Button look="plain">{t('people.searchButton')}</Button>
			</Form>
			<Form action="/people/entra/chosen" method="get" className="stack">
				<AccountTable accounts={accounts} />
				<p className="row">
					{accounts.some(({ objectId, removal, person }) => objectId && !removal && person === null) ? (
						<Button look="plain" name="act" value="register">
							{t('tenant.registerOpen')}
						</Button>
					) : null}
					{accounts.some(({ person }) => person?.link === 'proposed') ? (
						<Button look="plain" name="act" value="link">
							{t('tenant.linkOpen')}
						</Button>
					) : null}
				</p>
			</Form>
			{next ? (
				<p>
					<Link to={`?${more.toString()}`}>{t('shell.older')}</Link>
				</p>
			) : null}
		</>
	)
}
