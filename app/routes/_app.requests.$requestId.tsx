import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useRevalidator, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { EntraPlace } from '#app/components/entra-place.tsx'
import { AccessCard } from '#app/components/access-card.tsx'
import { Statecharts } from '#app/components/statechart.tsx'
import { DecideCard } from '#app/components/decide-card.tsx'
import { DecisionReasons } from '#app/components/decision-reasons.tsx'
import { reasonOf } from '#app/components/lapse-notices.tsx'
import { Lacking } from '#app/components/lacking.tsx'
import { QuorumMeter } from '#app/components/quorum-meter.tsx'
import { Timeline } from '#app/components/timeline.tsx'
import { RequestSignPanel } from '#app/components/request-sign-panel.tsx'
import { AmendForm, RequestThread } from '#app/components/request-thread.tsx'
import { Button, ErrorSummary } from '#app/components/ui/form.tsx'
import { CopyButton } from '#app/components/ui/copy-button.tsx'
import { StateBadge } from '#app/components/ui/state-badge.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { type Text, type TextKey } from '#app/messages/create-text.ts'
import type { RequestView } from '#app/services/views.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import type { Formats } from '#app/utils/format.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams, type Refusal } from '#app/utils/http.server.ts'
import { amendFormSchema, decisionFormSchema, messageFormSchema } from '#app/utils/request-form.server.ts'
import { useLiveRequest } from '#app/utils/use-live-request.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ requestId: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const { requestId } = parseParams(paramsSchema, args.params)
		// The access of a use of break-glass has its own page, with what is owed for it.
		if (await args.context.services.breakGlass.isUse(requestId)) throw redirect(`/break-glass/${requestId}`)
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
			const read = parseForm(form, decisionFormSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const { minutes, ...choice } = read.value
			const prepared = await attempted(() =>
				access.prepareDecision(actor, {
					requestId,
					...choice,
					grantedSeconds: minutes === undefined ? undefined : minutes * 60,
				}),
			)
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
		case 'ask':
		case 'answer': {
			const read = parseForm(form, messageFormSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const { text } = read.value
			const done = await attempted(() =>
				form.get('intent') === 'ask'
					? access.askInformation(actor, { requestId, text })
					: access.giveInformation(actor, { requestId, text }),
			)
			return done.ok
				? redirect(`${here}#thread`)
				: data({ ...nothing, refusal: done.refusal, sent: read.sent }, { status: done.status })
		}
		case 'amend': {
			const read = parseForm(form, amendFormSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const { newReason, newTicket, newMinutes } = read.value
			const done = await attempted(() =>
				access.amend(actor, {
					requestId,
					reason: newReason,
					ticket: newTicket,
					durationSeconds: newMinutes * 60,
				}),
			)
			return done.ok
				? redirect(here)
				: data({ ...nothing, refusal: done.refusal, sent: read.sent }, { status: done.status })
		}
		case 'withdraw': {
			const done = await attempted(() => access.withdraw(actor, requestId))
			return done.ok ? redirect(here) : data({ ...nothing, refusal: done.refusal }, { status: done.status })
		}
		case 'end': {
			const done = await attempted(() => access.endGrant(actor, requestId))
			return done.ok ? redirect(here) : data({ ...nothing, refusal: done.refusal }, { status: done.status })
		}
		case 'accept': {
			const done = await attempted(() => access.acceptDrift(actor, requestId))
			return done.ok ? redirect(here) : data({ ...nothing, refusal: done.refusal }, { status: done.status })
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

const MOVING = new Set(['provisioning', 'ending', 'drifted', 'not_confirmed'])

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
	useLiveRequest(isOver || answer !== undefined ? null : request.id, MOVING.has(request.state) ? 1500 : 5000)
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const { prepared = null, refusal = null } = answer ?? {}
	return (
		<>
			<div className="head">
				<h1>{headline(request, words)}</h1>
				<span aria-live="polite">
					<StateBadge state={request.state} />
				</span>
			</div>
			<ErrorSummary
				errors={errors}
				message={
					refusal ? t(`errors.${refusal.code}`, { ...refusal.numbers, role: refusal.role ?? '' }) : undefined
				}
			/>
			{refusal && refusal.denials.length > 0 ? (
				<div className="card">
					<DecisionReasons clauses={refusal.denials} />
				</div>
			) : null}
			<Outcome request={request} />
			{search.has('signed') ? <p className="notice notice-good">{t('requests.receipt')}</p> : null}
			<div className="columns">
				<div className="stack">
					{request.grant ? (
						<AccessCard request={request} grant={request.grant} onDeadline={revalidate} />
					) : null}
					<Lacking lacking={request.lacking} />
					{prepared && request.decide?.allowed ? (
						<RequestSignPanel request={request} prepared={prepared} />
					) : (
						<DecideCard request={request} errors={errors} sent={answer?.sent ?? NO_ERRORS} />
					)}
					<RequestThread request={request} errors={errors} sent={answer?.sent ?? NO_ERRORS} />
					<AmendForm request={request} errors={errors} sent={answer?.sent ?? NO_ERRORS} />
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
			<Statecharts charts={request.charts} />
		</>
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
				{request.filedBy === null ? null : (
					<>
						<dt>{t('requests.filedBy')}</dt>
						<dd>{request.filedBy}</dd>
					</>
				)}
				<dt>{t('requests.role')}</dt>
				<dd>{request.role.title}</dd>
				<EntraPlace place={request.entra} />
				{request.filing === null ? null : (
					<>
						<dt>{t('requests.filedTogether')}</dt>
						<dd>
							<Link to={`/filings/${request.filing.id}`}>
								{request.filing.others.map(({ number }) => `R-${number}`).join(', ')}
							</Link>
						</dd>
					</>
				)}
				{request.filedByToken === null ? null : (
					<>
						<dt>{t('requests.filedThrough')}</dt>
						<dd>{t('requests.filedByToken', { name: request.filedByToken })}</dd>
					</>
				)}
				{request.extends ? (
					<>
						<dt>{t('grants.extends')}</dt>
						<dd>
							<Link to={`/requests/${request.extends.id}`}>R-{request.extends.number}</Link>
							{request.extends.endsAt
								? `, ${t('grants.extendsUntil', { time: format.instant(request.extends.endsAt) })}`
								: ''}
						</dd>
					</>
				) : null}
				<dt>{t('requests.duration')}</dt>
				<dd>{format.duration(request.durationSeconds * 1000)}</dd>
				{request.grantedSeconds < request.durationSeconds ? (
					<>
						<dt>{t('requests.given')}</dt>
						<dd>{format.duration(request.grantedSeconds * 1000)}</dd>
					</>
				) : null}
				{request.startAt === null ? null : (
					<>
						<dt>{t('requests.startAt')}</dt>
						<dd>
							<Time at={request.startAt} />
						</dd>
					</>
				)}
				<dt>{t('requests.reason')}</dt>
				<dd>{request.reason}</dd>
				<dt>{t('requests.ticket')}</dt>
				<dd>{request.ticket}</dd>
				<dt>{t('requests.filed')}</dt>
				<dd>
					<Time at={request.filedAt} />
				</dd>
				{request.changes === 0 ? null : (
					<>
						<dt>{t('requests.changes')}</dt>
						<dd>{request.changes}</dd>
					</>
				)}
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

/** Why there is no access, where there is none: who denied it and why, or the rule for which it fell. */
function Outcome({ request: { denial, voidedBy, state, grant } }: { request: RequestView }) {
	const { t } = useWords()
	if (denial)
		return (
			<div className="notice notice-bad">
				<p>
					<strong>{t('requests.deniedBy', { name: denial.by })}</strong>
				</p>
				<p>“{denial.reason}”</p>
			</div>
		)
	if (voidedBy) return <p className="notice">{t('requests.voidedFor', { reason: reasonOf(voidedBy, t) })}</p>
	if (state === 'timed_out') return <p className="notice">{t('requests.timedOutNote')}</p>
	return state === 'voided' && !grant ? <p className="notice">{t('requests.withdrawnNote')}</p> : null
}

const END_HEADS: Readonly<Partial<Record<string, TextKey>>> = {
	expired: 'grants.headExpired',
	revoked: 'grants.headRevoked',
}

/** The state of the request as one sentence. */
function headline(request: RequestView, { t, format }: { t: Text; format: Formats }): string {
	const { state, number, waitsFor, grant, charts } = request
	if (request.extends !== null && charts[0]?.state === 'approved' && state !== 'provisioning')
		return t(state === 'refused' ? 'grants.headNotExtended' : 'grants.headExtended', { number })
	switch (state) {
		case 'scheduled':
			return t('grants.headScheduled', {
				number,
				time: grant?.startAt ? format.instant(grant.startAt) : '',
			})
		case 'drifted':
			return t('grants.headDrifted', { number })
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
			return t(END_HEADS[grant?.state ?? 'ended'] ?? 'requests.headEnded', { number })
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
