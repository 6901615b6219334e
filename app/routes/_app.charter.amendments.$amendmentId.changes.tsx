import type { LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useLoaderData, useLocation, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { clauseKey } from '#app/components/impact-card.tsx'
import { Button } from '#app/components/ui/form.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { changeFilterOf } from '#app/utils/change-filter.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ amendmentId: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:read')
	return handled(async () => {
		const { amendmentId } = parseParams(paramsSchema, args.params)
		const filter = changeFilterOf(args.request)
		return {
			changes: await args.context.services.amendments.changes(actor, amendmentId, filter),
			maySeePeople: actor.permissions.has('people:read'),
		}
	})
}

export const meta = titled('titles.amendmentChanges')

export default function ChangesPage() {
	const { t, format } = useWords()
	const { changes, maySeePeople } = useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	const { search: query } = useLocation()
	const { amendment, rows, total, roles, reasons } = changes
	const here = `/charter/amendments/${amendment.id}`
	return (
		<>
			<div className="head">
				<h1>{t('amendments.changesTitle', { count: total, version: amendment.version })}</h1>
				<Link className="button" to={here}>
					{t('amendments.back')}
				</Link>
			</div>
			<p className="muted">
				{t('amendments.changesLead')} <Time at={changes.at} />.
			</p>
			<Form className="card" role="search">
				<div className="fields">
					<Choice id="role" label={t('requests.role')} any={t('requests.anyRole')}>
						{roles.map(({ key, title }) => (
							<option key={key} value={key}>
								{title}
							</option>
						))}
					</Choice>
					<Choice id="change" label={t('amendments.change')} any={t('requests.all')}>
						<option value="gains">{t('amendments.gains')}</option>
						<option value="loses">{t('amendments.loses')}</option>
					</Choice>
					<Choice id="reason" label={t('amendments.why')} any={t('requests.all')}>
						{reasons.map((code) => (
							<option key={code} value={code}>
								{t(clauseKey(code))}
							</option>
						))}
					</Choice>
					<div className="field">
						<label htmlFor="search">{t('people.name')}</label>
						<input
							className="input"
							id="search"
							name="search"
							maxLength={120}
							defaultValue={search.get('search') ?? ''}
						/>
					</div>
				</div>
				<p className="row">
					<Button>{t('requests.filter')}</Button>
					<a className="button" href={`${here}/changes.csv${query}`} download>
						{t('audit.csv')}
					</a>
				</p>
			</Form>
			{total > rows.length ? (
				<p>{t('amendments.firstOnly', { count: rows.length, total: format.number(total) })}</p>
			) : null}
			<Table
				caption={t('amendments.listPeople')}
				rows={rows}
				keyOf={({ person, role }) => person.id + role.key}
				empty={t('amendments.changesNone')}
				columns={[
					{
						label: t('people.name'),
						cell: ({ person }) =>
							maySeePeople ? <Link to={`/people/${person.id}`}>{person.name}</Link> : person.name,
					},
					{ label: t('requests.role'), cell: ({ role }) => role.title },
					{
						label: t('amendments.change'),
						cell: ({ change }) => (
							<span className={change === 'gains' ? 'count-gains' : 'count-loses'}>
								{t(change === 'gains' ? 'amendments.oneGains' : 'amendments.oneLoses')}
							</span>
						),
					},
					{
						label: t('amendments.why'),
						cell: (row) =>
							row.reasons.length === 0 ? '–' : row.reasons.map((code) => t(clauseKey(code))).join(', '),
					},
				]}
			/>
		</>
	)
}

function Choice({
	id,
	label,
	any,
	children,
}: {
	id: string
	label: string
	any: string
	children: React.ReactNode
}) {
	const [search] = useSearchParams()
	return (
		<div className="field">
			<label htmlFor={id}>{label}</label>
			<select className="input" id={id} name={id} defaultValue={search.get(id) ?? ''} key={search.get(id)}>
				<option value="">{any}</option>
				{children}
			</select>
		</div>
	)
}
