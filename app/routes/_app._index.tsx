import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { AmendmentTable } from '#app/components/amendment-table.tsx'
import { LapseAlarms, Notices } from '#app/components/lapse-notices.tsx'
import { RequestTable } from '#app/components/request-table.tsx'
import { Countdown, Time } from '#app/components/ui/time.tsx'
import { Table } from '#app/components/ui/table.tsx'
import { useWords } from '#app/messages/text.tsx'
import { type Text } from '#app/messages/create-text.ts'
import type { MyWork } from '#app/services/views.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { DomainError } from '#workflows/shared/errors.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => ({
		work: await args.context.services.home.myWork(actor),
		permissions: [...actor.permissions],
	}))
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requireActor(args)
	const { lapse } = args.context.services
	const form = await args.request.formData()
	return handled(async () => {
		const read = parseForm(form, actionSchema)
		if (!read.ok) throw new DomainError('INVALID_INPUT', 'Nothing known was asked for.')
		if (read.value.intent === 'dismiss') await lapse.dismissNotices(actor, new Date(read.value.upTo))
		else await lapse.acknowledge(actor, read.value.id)
		return redirect('/')
	})
}

const actionSchema = z.discriminatedUnion('intent', [
	z.object({ intent: z.literal('dismiss'), upTo: z.iso.datetime() }),
	z.object({ intent: z.literal('acknowledge'), id: z.uuid() }),
])

export default function MyWorkPage() {
	const { t } = useWords()
	const { work, permissions } = useLoaderData<typeof loader>()
	const may = (permission: string) => permissions.some((held) => held === permission)
	return (
		<>
			<div className="head">
				<h1>{headline(work, t)}</h1>
				{may('request:file') ? (
					<Link className="button button-primary" to="/requests/new">
						{t('home.ask')}
					</Link>
				) : null}
			</div>
			{work.alarms.length > 0 ? (
				<section className="stack" role="alert">
					<p className="notice notice-alarm">{t('home.alarm')}</p>
					<RequestTable caption={t('home.alarm')} requests={work.alarms} empty="" />
				</section>
			) : null}
			<LapseAlarms alarms={work.lapseAlarms} mayAcknowledge={may('grant:end_any')} />
			<Notices notices={work.notices} />
			{may('charter:amend') ? (
				<section className="stack">
					<h2>{t('home.toSign')}</h2>
					<AmendmentTable caption={t('home.toSign')} amendments={work.toSign} empty={t('home.toSignEmpty')} />
				</section>
			) : null}
			{may('request:decide') ? (
				<section className="stack">
					<h2>{t('home.toDecide')}</h2>
					<RequestTable
						caption={t('home.toDecide')}
						requests={work.toDecide}
						empty={t('home.toDecideEmpty')}
					/>
				</section>
			) : null}
			{may('request:file') ? (
				<section className="stack">
					<h2>{t('home.yours')}</h2>
					<RequestTable caption={t('home.yours')} requests={work.requests} empty={t('home.yoursEmpty')} />
				</section>
			) : null}
			{may('people:record') ? <OfficerWork work={work} /> : null}
			{may('grant:read_all') ? (
				<section className="stack">
					<h2>{t('home.live')}</h2>
					<RequestTable caption={t('home.live')} requests={work.live} empty={t('home.liveEmpty')} />
				</section>
			) : null}
			{may('record:export') ? (
				<section className="card">
					<h2>{t('audit.title')}</h2>
					<p>{t('home.auditLead')}</p>
					<p>
						<Link to="/audit">{t('home.auditLink')}</Link>
					</p>
				</section>
			) : null}
		</>
	)
}

function OfficerWork({ work }: { work: MyWork }) {
	const { t } = useWords()
	return (
		<>
			{work.incomplete.length > 0 ? (
				<section className="stack">
					<h2>{t('home.incomplete')}</h2>
					<Table
						caption={t('home.incomplete')}
						rows={work.incomplete}
						keyOf={({ id }) => id}
						empty=""
						columns={[
							{ label: t('people.name'), cell: ({ id, name }) => <Link to={`/people/${id}`}>{name}</Link> },
						]}
					/>
				</section>
			) : null}
			<section className="stack">
				<h2>{t('home.lapsing')}</h2>
				<Table
					caption={t('home.lapsing')}
					rows={work.lapsing}
					keyOf={({ person, clearance, at }) => person.id + clearance + at}
					empty={t('home.lapsingEmpty')}
					columns={[
						{
							label: t('people.name'),
							cell: ({ person }) => <Link to={`/people/${person.id}`}>{person.name}</Link>,
						},
						{ label: t('home.clearance'), cell: ({ clearance }) => clearance },
						{
							label: t('home.lapses'),
							cell: ({ at }) => (
								<>
									<Time at={at} />{' '}
									<span className="muted">
										(<Countdown to={at} />)
									</span>
								</>
							),
						},
					]}
				/>
			</section>
		</>
	)
}

/** One sentence of fact: the most urgent thing that waits. */
function headline(work: MyWork, t: Text): string {
	if (work.toDecide.length > 0) return t('home.title', { count: work.toDecide.length })
	if (work.toSign.length > 0) return t('home.headSign')
	const people = new Set([
		...work.incomplete.map(({ id }) => id),
		...work.lapsing.map(({ person }) => person.id),
	]).size
	if (people > 0) return t('home.officer', { count: people })
	return work.requests.length > 0 ? t('home.own', { count: work.requests.length }) : t('home.nothing')
}
