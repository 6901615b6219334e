import type { LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useLoaderData, useLocation, useSearchParams } from '@remix-run/react'
import { Button } from '#app/components/ui/form.tsx'
import { StateBadge } from '#app/components/ui/state-badge.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { historyFilterOf } from '#app/utils/history-filter.server.ts'
import { handled } from '#app/utils/http.server.ts'

const SHOWN = 200

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:export')
	return handled(async () => {
		const { audit, access } = args.context.services
		const { rows, isWhole } = await audit.history(actor, historyFilterOf(args.request), SHOWN)
		const { roles } = await access.list(actor, {})
		return { rows, isWhole, roles, people: await audit.people(actor) }
	})
}

/** The filter of this page, with how much the bundle is to lay open. */
function withProfile(query: string, profile: 'history' | 'auditor'): string {
	const parameters = new URLSearchParams(query)
	parameters.set('profile', profile)
	return `?${parameters.toString()}`
}

export default function AuditPage() {
	const { t } = useWords()
	const { rows, isWhole, roles, people } = useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	const { search: query } = useLocation()
	return (
		<>
			<h1>{t('audit.title')}</h1>
			<p className="muted">{t('audit.lead')}</p>
			<Form className="card">
				<div className="fields">
					<div className="field">
						<label htmlFor="person">{t('audit.person')}</label>
						<select className="input" id="person" name="person" defaultValue={search.get('person') ?? ''}>
							<option value="">{t('audit.anyone')}</option>
							{people.map(({ id, name }) => (
								<option key={id} value={id}>
									{name}
								</option>
							))}
						</select>
					</div>
					<div className="field">
						<label htmlFor="role">{t('audit.role')}</label>
						<select className="input" id="role" name="role" defaultValue={search.get('role') ?? ''}>
							<option value="">{t('requests.anyRole')}</option>
							{roles.map(({ key, title }) => (
								<option key={key} value={key}>
									{title}
								</option>
							))}
						</select>
					</div>
					<div className="field">
						<label htmlFor="from">{t('audit.from')}</label>
						<input
							className="input"
							type="date"
							id="from"
							name="from"
							defaultValue={search.get('from') ?? ''}
						/>
					</div>
					<div className="field">
						<label htmlFor="until">{t('audit.until')}</label>
						<input
							className="input"
							type="date"
							id="until"
							name="until"
							defaultValue={search.get('until') ?? ''}
						/>
					</div>
				</div>
				<p className="row">
					<Button>{t('audit.apply')}</Button>
					<a className="button" href={`/audit/history.csv${query}`} download>
						{t('audit.csv')}
					</a>
					<a className="button" href={`/audit/bundle${withProfile(query, 'history')}`} download>
						{t('audit.bundle')}
					</a>
					<a className="button" href={`/audit/bundle${withProfile(query, 'auditor')}`} download>
						{t('audit.bundleWithFacts')}
					</a>
					<a href="/verify.html" download>
						{t('bundle.download')}
					</a>
					<code className="muted">{t('audit.verify')}</code>
				</p>
			</Form>
			<p aria-live="polite">
				{t('audit.count', { count: rows.length })} {isWhole ? null : t('audit.partial')}
			</p>
			<Table
				caption={t('audit.title')}
				rows={rows}
				keyOf={({ requestId }) => requestId}
				empty={t('audit.empty')}
				columns={[
					{
						label: t('requests.number'),
						cell: ({ requestId, number }) => <Link to={`/requests/${requestId}`}>R-{number}</Link>,
					},
					{ label: t('audit.person'), cell: ({ person }) => person },
					{
						label: t('audit.role'),
						cell: ({ role, ticket }) => (
							<>
								{role}
								<br />
								<span className="muted small">{ticket}</span>
							</>
						),
					},
					{ label: t('requests.state'), cell: ({ state }) => <StateBadge state={state} /> },
					{ label: t('requests.filed'), cell: ({ requestedAt }) => <Time at={requestedAt} /> },
					{
						label: t('audit.approvals'),
						cell: ({ approvals }) => (
							<ul>
								{approvals.map(({ approver, verdict, entryIndex }) => (
									<li key={approver}>
										{t(verdict === 'approve' ? 'requests.approvedBy' : 'requests.deniedBy', {
											name: approver,
										})}
										{entryIndex === null ? null : (
											<>
												{' '}
												<Link className="small" to={`/record/${entryIndex}`}>
													{t('requests.entry', { index: entryIndex })}
												</Link>
											</>
										)}
									</li>
								))}
							</ul>
						),
					},
					{ label: t('audit.activeFrom'), cell: ({ startsAt }) => (startsAt ? <Time at={startsAt} /> : '–') },
					{ label: t('audit.activeTo'), cell: ({ endedAt }) => (endedAt ? <Time at={endedAt} /> : '–') },
				]}
			/>
		</>
	)
}
