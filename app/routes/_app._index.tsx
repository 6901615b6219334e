import { OpenFindings } from '#app/components/open-findings.tsx'
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { AmendmentTable } from '#app/components/amendment-table.tsx'
import { BreakGlassBanner } from '#app/components/break-glass-table.tsx'
import { LapseAlarms, Notices } from '#app/components/lapse-notices.tsx'
import {
	DaySummary,
	FindPerson,
	OfficerDayParts,
	SuspendedAlarm,
	urgentOf,
} from '#app/components/officer-day.tsx'
import { EntraStanding } from '#app/components/entra-standing.tsx'
import { LockboxTable } from '#app/components/lockbox-table.tsx'
import { RequestTable } from '#app/components/request-table.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { useWords } from '#app/messages/text.tsx'
import { type Text } from '#app/messages/create-text.ts'
import type { MyWork } from '#app/services/views.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => ({
		work: await args.context.services.home.myWork(actor),
		permissions: [...actor.permissions],
		personId: actor.personId,
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

export const meta = titled('titles.home')

export default function MyWorkPage() {
	const { t } = useWords()
	const { work, permissions, personId } = useLoaderData<typeof loader>()
	const { day } = work
	const may = (permission: string) => permissions.some((held) => held === permission)
	return (
		<>
			<div className="head">
				<h1>{headline(work, t)}</h1>
				{day ? <FindPerson /> : null}
				{work.breakGlass.isUser ? (
					<Link className="button button-danger" to="/break-glass">
						{t('breakGlass.open')}
					</Link>
				) : null}
				{may('request:file') ? (
					<Link className="button button-primary" to="/requests/new">
						{t('home.ask')}
					</Link>
				) : null}
			</div>
			{day ? <SuspendedAlarm day={day} /> : null}
			<BreakGlassBanner uses={work.breakGlass.open} />
			{work.alarms.length > 0 ? (
				<section className="stack" role="alert">
					<p className="notice notice-alarm">{t('home.alarm')}</p>
					<RequestTable caption={t('home.alarm')} requests={work.alarms} empty="" />
				</section>
			) : null}
			<EntraStanding standing={work.entra} />
			<OpenFindings findings={work.findings} />
			{work.lockbox.length > 0 ? (
				<section className="stack" role={work.lockbox.some(isAlarming) ? 'alert' : undefined}>
					<h2 className={work.lockbox.some(isAlarming) ? 'notice notice-alarm' : undefined}>
						{work.lockbox.some(isAlarming) ? <Icon name="alarm" /> : null}{' '}
						{t(work.lockbox.some(isAlarming) ? 'home.lockboxAlarm' : 'home.lockbox')}
					</h2>
					<LockboxTable caption={t('home.lockbox')} requests={work.lockbox} empty="" />
				</section>
			) : null}
			<LapseAlarms alarms={work.lapseAlarms} mayAcknowledge={may('grant:end_any')} />
			{work.readinessOverdue > 0 ? (
				<p className="notice">
					<Link to="/readiness#plan">{t('readiness.tasksDue', { count: work.readinessOverdue })}</Link>
				</p>
			) : null}
			{day ? <DaySummary day={day} /> : null}
			{day ? <OfficerDayParts day={day} /> : null}
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
					{work.over.length > 0 ? (
						<>
							<h3>{t('home.over')}</h3>
							<RequestTable caption={t('home.over')} requests={work.over} empty="" askAgain={personId} />
						</>
					) : null}
				</section>
			) : null}
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

/** Somebody may have customer content whom nobody of ours let in, or who may not have it any more. */
const isAlarming = ({ state, hasFallen }: MyWork['lockbox'][number]) => state === 'overtaken' || hasFallen

/** One sentence of fact: the most urgent thing that waits. */
function headline(work: MyWork, t: Text): string {
	const toDecide = work.toDecide.length + work.lockbox.filter(({ needsYou }) => needsYou === 'decide').length
	if (toDecide > 0) return t('home.title', { count: toDecide })
	if (work.toSign.length > 0) return t('home.headSign')
	if (work.day)
		return urgentOf(work.day) > 0 ? t('due.head', { count: urgentOf(work.day) }) : t('due.headNone')
	return work.requests.length > 0 ? t('home.own', { count: work.requests.length }) : t('home.nothing')
}
