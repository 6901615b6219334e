import type { LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useLoaderData, useSearchParams } from '@remix-run/react'
import { PeopleFilter } from '#app/components/people-filter.tsx'
import { Button } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { PersonSummary } from '#app/services/views.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:read')
	const query = queryOf(args.request)
	const [displayName, id] = [query('afterName'), query('afterId')]
	const after = displayName !== undefined && id !== undefined && UUID.test(id) ? { displayName, id } : null
	const [scheme, level] = query('level')?.split(' ') ?? []
	const search = {
		text: query('search') ?? '',
		role: query('role') ?? null,
		facility: query('facility') ?? null,
		country: query('country') ?? null,
		level: scheme !== undefined && level !== undefined ? { scheme, level } : null,
	}
	return handled(async () => {
		const { people } = args.context.services
		return {
			...(await people.list(actor, { search, after })),
			choices: await people.choices(actor),
			maySeeValues: actor.permissions.has('people:values'),
			mayRecord: actor.permissions.has('people:record'),
			mayErase: actor.permissions.has('record:erase'),
			mayProvision: actor.permissions.has('people:provision'),
		}
	})
}

export const meta = titled('titles.people')

export default function PeoplePage() {
	const { t } = useWords()
	const { people, next, choices, maySeeValues, mayRecord, mayErase, mayProvision } =
		useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	const more = new URLSearchParams(search)
	if (next) {
		more.set('afterName', next.displayName)
		more.set('afterId', next.id)
	}
	const table = (
		<Table
			caption={t('people.title')}
			rows={people}
			keyOf={({ id }) => id}
			empty={t('people.empty')}
			columns={[
				...(mayRecord
					? [
							{
								label: t('people.selected'),
								cell: ({ id, name }: PersonSummary) => (
									<input
										type="checkbox"
										className="row-check"
										name="person"
										value={id}
										aria-label={t('people.select', { name })}
									/>
								),
							},
						]
					: []),
				{
					label: t('people.name'),
					cell: ({ id, name, userPrincipalName, personnelNumber }) => (
						<>
							<Link to={`/people/${id}`}>{name}</Link>
							<br />
							<span className="muted small">
								{userPrincipalName}
								{personnelNumber === null ? '' : ` · ${personnelNumber}`}
							</span>
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
	)
	return (
		<>
			<div className="head">
				<h1>{t('people.title')}</h1>
				<p className="row">
					{mayProvision ? <Link to="/people/provisioning">{t('imports.provisioning')}</Link> : null}
					{mayRecord ? <Link to="/people/entra">{t('tenant.open')}</Link> : null}
					{mayRecord ? <Link to="/people/import">{t('imports.link')}</Link> : null}
					{mayErase ? <Link to="/people/retention">{t('people.retention')}</Link> : null}
					{mayRecord ? (
						<Link className="button" to="/people/new">
							<Icon name="plus" /> {t('people.new')}
						</Link>
					) : null}
				</p>
			</div>
			<PeopleFilter choices={choices} maySeeValues={maySeeValues} />
			{mayRecord ? (
				<Form action="/people/many" method="get" className="stack">
					{table}
					{people.length > 0 ? (
						<p>
							<Button look="plain">{t('people.manyOpen')}</Button>
						</p>
					) : null}
				</Form>
			) : (
				table
			)}
			{next ? (
				<p>
					<Link to={`?${more.toString()}`}>{t('shell.older')}</Link>
				</p>
			) : null}
		</>
	)
}

const LOOKS = {
	none: { look: 'voided', icon: 'slash' },
	stopped: { look: 'refused', icon: 'cross' },
	lapsing: { look: 'waiting', icon: 'clock' },
	fit: { look: 'active', icon: 'check' },
} as const

/** Fit, lapsing or stopped, at a glance. */
function Fitness({ person: { state, holdsUntil } }: { person: PersonSummary }) {
	const { t, format } = useWords()
	const { look, icon } = LOOKS[state]
	const date = holdsUntil === null ? '' : format.date(holdsUntil)
	return (
		<span className={`badge badge-${look}`}>
			<Icon name={icon} />
			{state === 'none'
				? t('people.noAppointment')
				: state === 'stopped'
					? t('people.notFit')
					: state === 'lapsing'
						? t('people.lapsing', { date })
						: holdsUntil === null
							? t('people.fit')
							: t('people.fitUntil', { date })}
		</span>
	)
}
