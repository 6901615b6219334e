import type { LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useLoaderData, useSearchParams } from '@remix-run/react'
import { Button, Field } from '#app/components/ui/form.tsx'
import { VettingTable } from '#app/components/vetting-table.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, queryOf } from '#app/utils/http.server.ts'
import { ACTING_PARTIES } from '#workflows/people/vetting-case.acting.ts'
import { VETTING_STATES } from '#workflows/people/vetting-case.events.ts'
import { titled } from '#app/utils/page-title.ts'

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/
const OWED = ['briefing', 'debrief'] as const

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'vetting:run')
	const query = queryOf(args.request)
	const afterId = query('afterId')
	const afterDue = new Date(query('afterDue') ?? '')
	const after =
		afterId !== undefined && UUID.test(afterId)
			? { id: afterId, dueAt: Number.isNaN(afterDue.getTime()) ? null : afterDue }
			: null
	return handled(() =>
		args.context.services.vetting.list(actor, {
			acts: ACTING_PARTIES.find((party) => party === query('acts')),
			state: VETTING_STATES.find((state) => state === query('state')),
			owed: OWED.find((owed) => owed === query('owed')),
			onlyOverdue: query('overdue') !== undefined,
			withClosed: query('closed') !== undefined,
			search: query('search'),
			after,
		}),
	)
}

const COUNTS = [
	['overdue', 'overdue=1', 'vetting.count_overdue'],
	['officer', 'acts=officer', 'vetting.count_officer'],
	['subject', 'acts=subject', 'vetting.count_subject'],
	['sponsor', 'acts=sponsor', 'vetting.count_sponsor'],
	['agency', 'acts=agency', 'vetting.count_agency'],
	['briefingsOwed', 'owed=briefing', 'vetting.count_briefings'],
	['debriefsOwed', 'owed=debrief', 'vetting.count_debriefs'],
] as const

export const meta = titled('titles.cases')

export default function VettingPage() {
	const { t } = useWords()
	const { cases, counts, next } = useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	const open = counts.officer + counts.subject + counts.sponsor + counts.agency
	const more = new URLSearchParams(search)
	if (next) {
		more.set('afterId', next.id)
		if (next.dueAt === null) more.delete('afterDue')
		else more.set('afterDue', next.dueAt)
	}
	return (
		<>
			<div className="head">
				<h1>{t('vetting.title', { count: open })}</h1>
				<Link className="button button-primary" to="/vetting/new">
					{t('vetting.open')}
				</Link>
			</div>
			<nav aria-label={t('vetting.countsTitle')}>
				<ul className="row">
					{COUNTS.map(([name, query, text]) => (
						<li key={name}>
							<Link
								className={`chip chip-link ${name === 'overdue' && counts.overdue > 0 ? 'chip-bad' : ''}`}
								to={`/vetting?${query}`}
							>
								<strong>{counts[name]}</strong> {t(text)}
							</Link>
						</li>
					))}
				</ul>
			</nav>
			<Filter search={search} />
			<p className="muted">{t('vetting.lead')}</p>
			<VettingTable
				caption={t('vetting.title', { count: open })}
				cases={cases}
				empty={t(search.size > 0 ? 'vetting.none' : 'vetting.noneYet')}
			/>
			{next ? (
				<p>
					<Link to={`?${more.toString()}`}>{t('shell.older')}</Link>
				</p>
			) : null}
		</>
	)
}

function Filter({ search }: { search: URLSearchParams }) {
	const { t } = useWords()
	const sent = (name: string) => search.get(name) ?? ''
	return (
		<Form className="card" role="search" key={search.toString()} aria-label={t('vetting.filter')}>
			<div className="fields">
				<Field id="search" label={t('vetting.search')}>
					{(aria) => <input className="input" type="search" defaultValue={sent('search')} {...aria} />}
				</Field>
				<Field id="acts" label={t('vetting.filterActs')}>
					{(aria) => (
						<select className="input" defaultValue={sent('acts')} {...aria}>
							<option value="">{t('vetting.all')}</option>
							{ACTING_PARTIES.map((party) => (
								<option key={party} value={party}>
									{t(`vetting.party_${party}`)}
								</option>
							))}
						</select>
					)}
				</Field>
				<Field id="state" label={t('vetting.filterState')}>
					{(aria) => (
						<select className="input" defaultValue={sent('state')} {...aria}>
							<option value="">{t('vetting.allOpen')}</option>
							{VETTING_STATES.map((state) => (
								<option key={state} value={state}>
									{t(`vetting.state_${state}`)}
								</option>
							))}
						</select>
					)}
				</Field>
				<Field id="owed" label={t('vetting.onlyOwed')}>
					{(aria) => (
						<select className="input" defaultValue={sent('owed')} {...aria}>
							<option value="">{t('vetting.all')}</option>
							{OWED.map((owed) => (
								<option key={owed} value={owed}>
									{t(`vetting.owed_${owed}`)}
								</option>
							))}
						</select>
					)}
				</Field>
			</div>
			<div className="row">
				<label className="choice" htmlFor="overdue">
					<input
						type="checkbox"
						id="overdue"
						name="overdue"
						value="1"
						defaultChecked={search.has('overdue')}
					/>
					{t('vetting.onlyOverdue')}
				</label>
				<label className="choice" htmlFor="closed">
					<input type="checkbox" id="closed" name="closed" value="1" defaultChecked={search.has('closed')} />
					{t('vetting.withClosed')}
				</label>
				<span className="spacer" />
				<Button look="plain">{t('vetting.apply')}</Button>
				<Link className="button" to="/vetting">
					{t('vetting.clear')}
				</Link>
			</div>
		</Form>
	)
}
