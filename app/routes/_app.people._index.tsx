import type { LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useLoaderData, useSearchParams } from '@remix-run/react'
import { Button } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { PersonSummary } from '#app/services/views.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, queryOf } from '#app/utils/http.server.ts'

const UUID = /^[0-9a-f-]{36}$/

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:read')
	const query = queryOf(args.request)
	const [displayName, id] = [query('afterName'), query('afterId')]
	const after = displayName !== undefined && id !== undefined && UUID.test(id) ? { displayName, id } : null
	return handled(async () => ({
		...(await args.context.services.people.list(actor, { search: query('search') ?? '', after })),
		mayProvision: actor.permissions.has('people:provision'),
	}))
}

export default function PeoplePage() {
	const { t } = useWords()
	const { people, next, mayProvision } = useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	const more = new URLSearchParams(search)
	if (next) {
		more.set('afterName', next.displayName)
		more.set('afterId', next.id)
	}
	return (
		<>
			<h1>{t('people.title')}</h1>
			<Form className="row" role="search">
				<label htmlFor="search" className="visually-hidden">
					{t('people.search')}
				</label>
				<input
					className="input"
					id="search"
					name="search"
					type="search"
					placeholder={t('people.search')}
					defaultValue={search.get('search') ?? ''}
				/>
				<Button look="plain">{t('people.searchButton')}</Button>
			</Form>
			{mayProvision ? (
				<p>
					<Link to="/people/provisioning">{t('imports.provisioning')}</Link>
				</p>
			) : null}
			<Table
				caption={t('people.title')}
				rows={people}
				keyOf={({ id }) => id}
				empty={t('people.empty')}
				columns={[
					{
						label: t('people.name'),
						cell: ({ id, name, userPrincipalName }) => (
							<>
								<Link to={`/people/${id}`}>{name}</Link>
								<br />
								<span className="muted small">{userPrincipalName}</span>
							</>
						),
					},
					{ label: t('people.employer'), cell: ({ employer }) => employer },
					{
						label: t('people.appointments'),
						cell: ({ appointments }) => appointments.join(', ') || t('people.noAppointment'),
					},
					{ label: t('people.fitness'), cell: (person) => <Fitness person={person} /> },
				]}
			/>
			{next ? (
				<p>
					<Link to={`?${more.toString()}`}>{t('shell.older')}</Link>
				</p>
			) : null}
		</>
	)
}

function Fitness({ person: { appointments, isFit, holdsUntil } }: { person: PersonSummary }) {
	const { t, format } = useWords()
	if (appointments.length === 0)
		return <span className="badge badge-voided">{t('people.noAppointment')}</span>
	if (!isFit) {
		return (
			<span className="badge badge-refused">
				<Icon name="cross" />
				{t('people.notFit')}
			</span>
		)
	}
	return (
		<span className="badge badge-active">
			<Icon name="check" />
			{holdsUntil === null ? t('people.fit') : t('people.fitUntil', { date: format.date(holdsUntil) })}
		</span>
	)
}
