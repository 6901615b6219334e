import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useRevalidator, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { AccessCard } from '#app/components/access-card.tsx'
import { DecisionReasons } from '#app/components/decision-reasons.tsx'
import { QuorumMeter } from '#app/components/quorum-meter.tsx'
import { Timeline } from '#app/components/timeline.tsx'
import { RequestSignPanel } from '#app/components/request-sign-panel.tsx'
import { Button, ErrorSummary, Field } from '#app/components/ui/form.tsx'
import { CopyButton } from '#app/components/ui/copy-button.tsx'
import { StateBadge } from '#app/components/ui/state-badge.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { type Text, type TextKey } from '#app/messages/create-text.ts'
import type { RequestView } from '#app/services/views.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams, type Refusal } from '#app/utils/http.server.ts'
import { useLive } from '#app/utils/use-live.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ requestId: z.uuid() })
const prepareSchema = z
	.object({
		verdict: z.enum(['approve', 'deny'], 'errors.chooseVerdict'),
		reason: z.string().trim().max(500, 'errors.reasonLong'),
	})
	.refine(({ verdict, reason }) => verdict === 'approve' || reason.length >= 10, {
		path: ['reason'],
		message: 'errors.denialReason',
	})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const { requestId } = parseParams(paramsSchema, args.params)
		return { request: await args.context.services.access.show(actor, requestId) }
	})
}

const NO_ERRORS: Record<string, string> = {}
const nothing = { prepared: null, refusal: null as Refusal | null, errors: NO_ERRORS, sent: NO_ERRORS }

export async function action(args: ActionFunctionArgs) {
	const actor = await requireActor(args)
	const { access } = args.context.services
	const { requestId } = parseParams(paramsSchema, args.params)
	const form = await args.request.formData()
	const here = `/requests/${requestId}`
	switch (form.get('intent')) {
		case 'prepare': {
			const read = parseForm(form, prepareSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const prepared = await attempted(() => access.prepareDecision(actor, { requestId, ...read.value }))
			return prepared.ok
				? data({ ...nothing, prepared: prepared.value })
				: data({ ...nothing, refusal: prepared.refusal, sent: read.sent }, { status: prepared.status })
		}
		case 'decide': {
			const decided = await attempted(async () =>
				access.decide(actor, { requestId, ...readAssertionForm(form) }),
			)
			return decided.ok
				? redirect(`${here}?signed`)
				: data({ ...nothing, refusal: decided.refusal }, { status: decided.status })
		}
		case 'withdraw': {
			const done = await attempted(() => access.withdraw(actor, requestId))
			return done.ok ? redirect(here) : data({ ...nothing, refusal: done.refusal }, { status: done.status })
		}
		case 'end': {
			const done = await attempted(() => access.endGrant(actor, requestId))
			return done.ok ? redirect(here) : data({ ...nothing, refusal: done.refusal }, { status: done.status })
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

const MOVING = new Set(['provisioning', 'ending', 'not_confirmed'])

export const meta = titled<typeof loader>('titles.request', ({ request: { number } }) => ({ number }))

export default function RequestPage() {
	const words = useWords()
	const { t } = words
	const { request } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const { revalidate } = useRevalidator()
	const isOver =
		request.state === 'ended' ||
		request.state === 'refused' ||
		request.state === 'timed_out' ||
		request.state === 'voided'
	useLive(isOver || answer !== undefined ? null : MOVING.has(request.state) ? 1500 : 5000)
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const { prepared = null, refusal = null } = answer ?? {}
	return (
		<>
			<div className="head">
				<h1>{headline(request, t)}</h1>
				<span aria-live="polite">
					<StateBadge state={request.state} />
				</span>
			</div>
			<ErrorSummary errors={errors} message={refusal ? t(`errors.${refusal.code}`) : undefined} />
			{refusal && refusal.denials.length > 0 ? (
				<div className="card">
					<DecisionReasons clauses={refusal.denials} />
				</div>
			) : null}
			{search.has('signed') ? <p className="notice notice-good">{t('requests.receipt')}</p> : null}
			<div className="columns">
				<div className="stack">
					{request.grant ? (
						<AccessCard request={request} grant={request.grant} onDeadline={revalidate} />
					) : null}
					{prepared && request.decide?.allowed ? (
						<RequestSignPanel request={request} prepared={prepared} />
					) : (
						<DecideCard request={request} errors={errors} sent={answer?.sent ?? NO_ERRORS} />
					)}
					<section className="card">
						<h2>{t('requests.approval')}</h2>
						<QuorumMeter stages={request.stages} />
					</section>
					<section className="card">
						<h2>{t('requests.history')}</h2>
						<Timeline items={request.timeline} />
					</section>
				</div>
				<aside className="stack">
					<Facts request={request} />
				</aside>
			</div>
		</>
	)
}

function DecideCard({
	request,
	errors,
	sent,
}: {
	request: RequestView
	errors: Record<string, string>
	sent: Record<string, string>
}) {
	const { t } = useWords()
	const { decide } = request
	if (decide === null) return null
	if (!decide.allowed) {
		return (
			<section className="card">
				<h2>{t('requests.mayNotDecide')}</h2>
				<p>{t(`errors.${decide.code}`)}</p>
				{decide.denials.length > 0 ? <DecisionReasons clauses={decide.denials} /> : null}
			</section>
		)
	}
	return (
		<section className="card">
			<h2>{t('requests.decision', { role: decide.stageTitle })}</h2>
			<Form method="post" className="stack">
				<input type="hidden" name="intent" value="prepare" />
				<fieldset className="field">
					<legend className="visually-hidden">{t('requests.verdict')}</legend>
					{errors.verdict ? <p className="error">{errors.verdict}</p> : null}
					<label className="choice" htmlFor="verdict">
						<input
							type="radio"
							name="verdict"
							id="verdict"
							value="approve"
							defaultChecked={sent.verdict === 'approve'}
						/>
						{t('requests.approve')}
					</label>
					<label className="choice" htmlFor="verdict-deny">
						<input
							type="radio"
							name="verdict"
							id="verdict-deny"
							value="deny"
							defaultChecked={sent.verdict === 'deny'}
						/>
						{t('requests.deny')}
					</label>
				</fieldset>
				<Field
					id="reason"
					label={t('requests.decisionReason')}
					hint={t('requests.decisionReasonHint')}
					error={errors.reason}
				>
					{(aria) => (
						<textarea className="input" rows={2} maxLength={500} defaultValue={sent.reason ?? ''} {...aria} />
					)}
				</Field>
				<p>
					<Button>{t('requests.review')}</Button>
				</p>
			</Form>
		</section>
	)
}

function Facts({ request }: { request: RequestView }) {
	const { t, format } = useWords()
	return (
		<section className="card">
			<h2>{t('requests.facts')}</h2>
			<dl className="facts">
				<dt>{t('requests.requester')}</dt>
				<dd>{request.requester.name}</dd>
				<dt>{t('requests.role')}</dt>
				<dd>{request.role.title}</dd>
				<dt>{t('requests.entraRole')}</dt>
				<dd>
					{request.entraRole} ({t('requests.wholeTenant')})
				</dd>
				<dt>{t('requests.duration')}</dt>
				<dd>{format.duration(request.durationSeconds * 1000)}</dd>
				<dt>{t('requests.reason')}</dt>
				<dd>{request.reason}</dd>
				<dt>{t('requests.ticket')}</dt>
				<dd>{request.ticket}</dd>
				<dt>{t('requests.filed')}</dt>
				<dd>
					<Time at={request.filedAt} />
				</dd>
				<dt>{t('requests.charterVersion')}</dt>
				<dd>{request.charterVersion}</dd>
				<dt>{t('requests.digest')}</dt>
				<dd>
					<code>{request.requestSha256}</code> <CopyButton text={request.requestSha256} />
				</dd>
			</dl>
			{request.mayWithdraw ? (
				<Form method="post">
					<input type="hidden" name="intent" value="withdraw" />
					<Button look="danger">{t('requests.withdraw')}</Button>
				</Form>
			) : null}
		</section>
	)
}

/** The state of the request as one sentence. */
function headline({ state, number, waitsFor, grant }: RequestView, t: Text): string {
	switch (state) {
		case 'waiting':
			return t('requests.headWaiting', { number, role: waitsFor ?? '' })
		case 'needs_you':
			return t('requests.headNeedsYou', { number })
		case 'provisioning':
			return t('requests.headProvisioning', { number })
		case 'active':
			return t('requests.headActive', { number })
		case 'ending':
			return t('requests.headEnding', { number })
		case 'ended':
			return t('requests.headEnded', { number })
		case 'refused':
			return t(grant ? 'requests.headFailed' : 'requests.headRefused', { number })
		case 'timed_out':
			return t('requests.headTimedOut', { number })
		case 'voided':
			return t('requests.headVoided', { number })
		case 'not_confirmed':
			return t('requests.headNotConfirmed', { number })
	}
}
