import type { LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useLoaderData, useSearchParams } from '@remix-run/react'
import { RequestTable } from '#app/components/request-table.tsx'
import { Button } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	const query = queryOf(args.request)
	const state = query('state')
	const before = Number(query('before'))
	return handled(async () => ({
		...(await args.context.services.access.list(actor, {
			state: state === 'open' || state === 'closed' ? state : undefined,
			role: query('role'),
			before: Number.isSafeInteger(before) && before > 0 ? before : undefined,
		})),
		/** The reader, where they may ask. */
		asker: actor.permissions.has('request:file') ? actor.personId : undefined,
	}))
}

export const meta = titled('titles.requests')

export default function RequestsPage() {
	const { t } = useWords()
	const { requests, next, roles, asker } = useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	const older = new URLSearchParams(search)
	if (next !== null) older.set('before', String(next))
	return (
		<>
			<div className="head">
				<h1>{t('requests.title')}</h1>
				{asker ? (
					<Link className="button button-primary" to="/requests/new">
						{t('home.ask')}
					</Link>
				) : null}
			</div>
			<Form className="row" role="search">
				<label htmlFor="state">{t('requests.state')}</label>
				<select
					className="input input-small"
					id="state"
					name="state"
					defaultValue={search.get('state') ?? ''}
				>
					<option value="">{t('requests.all')}</option>
					<option value="open">{t('requests.openOnly')}</option>
					<option value="closed">{t('requests.closedOnly')}</option>
				</select>
				<label htmlFor="role">{t('requests.role')}</label>
				<select className="input input-small" id="role" name="role" defaultValue={search.get('role') ?? ''}>
					<option value="">{t('requests.anyRole')}</option>
					{roles.map(({ key, title }) => (
						<option key={key} value={key}>
							{title}
						</option>
					))}
				</select>
				<Button look="small">{t('requests.filter')}</Button>
			</Form>
			<RequestTable
				caption={t('requests.title')}
				requests={requests}
				empty={t('requests.empty')}
				askAgain={asker}
			/>
			{next === null ? null : (
				<p>
					<Link to={`?${older.toString()}`}>{t('shell.older')}</Link>
				</p>
			)}
		</>
	)
}
