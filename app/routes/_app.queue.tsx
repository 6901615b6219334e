import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { AbsenceCard } from '#app/components/absence-card.tsx'
import { DecisionReasons } from '#app/components/decision-reasons.tsx'
import { QueueSignPanel } from '#app/components/queue-sign-panel.tsx'
import { QueueTable } from '#app/components/queue-table.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, queryOf, type Refusal } from '#app/utils/http.server.ts'
import { absenceFormSchema, verdictsOf } from '#app/utils/request-form.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'request:decide')
	const { access, lockbox } = args.context.services
	return handled(async () => ({
		lockbox: await lockbox.countFor(actor),
		queue: await access.queue(actor, queryOf(args.request)('after') ?? null),
		standIns: await access.standIns(actor),
	}))
}

const NO_ERRORS: Record<string, string> = {}
const nothing = { prepared: null, refusal: null as Refusal | null, errors: NO_ERRORS, sent: NO_ERRORS }
const backSchema = z.object({ absenceId: z.uuid() })

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'request:decide')
	const { access, now } = args.context.services
	const form = await args.request.formData()
	switch (form.get('intent')) {
		case 'prepare': {
			const read = verdictsOf(form)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const prepared = await attempted(() => access.prepareDecisions(actor, read.value))
			return prepared.ok
				? data({ ...nothing, prepared: prepared.value, sent: read.sent })
				: data({ ...nothing, refusal: prepared.refusal, sent: read.sent }, { status: prepared.status })
		}
		case 'decide': {
			const decided = await attempted(async () => access.decideMany(actor, readAssertionForm(form)))
			return decided.ok
				? redirect(`/queue?signed=${decided.value.length}`)
				: data({ ...nothing, refusal: decided.refusal }, { status: decided.status })
		}
		case 'away': {
			const read = parseForm(form, absenceFormSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const { from, until, standIn } = read.value
			const done = await attempted(() =>
				access.recordAbsence(actor, {
					from: from ?? now(),
					until: until ?? now(),
					standInId: standIn === '' ? null : standIn,
				}),
			)
			return done.ok
				? redirect('/queue')
				: data({ ...nothing, refusal: done.refusal, sent: read.sent }, { status: done.status })
		}
		case 'back': {
			const read = parseForm(form, backSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors }, { status: 422 })
			const done = await attempted(() => access.endAbsence(actor, read.value.absenceId))
			return done.ok
				? redirect('/queue')
				: data({ ...nothing, refusal: done.refusal }, { status: done.status })
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

export const meta = titled('titles.queue')

export default function QueuePage() {
	const { t } = useWords()
	const { queue, standIns, lockbox } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const { prepared = null, refusal = null, sent = NO_ERRORS } = answer ?? {}
	const signed = Number(search.get('signed') ?? 0)
	return (
		<>
			<h1>
				{queue.rows.length === 0
					? t('queue.headNone')
					: queue.next === null
						? t('queue.head', { count: queue.rows.length })
						: t('queue.headMore', { count: queue.rows.length })}
			</h1>
			<p className="muted">{t('queue.lead')}</p>
			{lockbox > 0 ? (
				<p className="notice">
					<Link to="/lockbox">{t('lockbox.queueLink', { count: lockbox })}</Link>
				</p>
			) : null}
			<ErrorSummary
				errors={errors}
				message={refusal ? t(`errors.${refusal.code}`, refusal.numbers) : undefined}
			/>
			{refusal && refusal.denials.length > 0 ? (
				<div className="card">
					<DecisionReasons clauses={refusal.denials} />
				</div>
			) : null}
			{signed > 0 ? <p className="notice notice-good">{t('queue.signed', { count: signed })}</p> : null}
			<div className="stack">
				{prepared ? <QueueSignPanel rows={queue.rows} prepared={prepared} /> : null}
				<QueueTable rows={queue.rows} sent={sent} errors={errors} />
				{queue.next === null ? null : (
					<p>
						<Link to={`?after=${queue.next}`}>{t('queue.later_page')}</Link>
					</p>
				)}
				<AbsenceCard absences={queue.absences} standIns={standIns} errors={errors} sent={sent} />
			</div>
		</>
	)
}
