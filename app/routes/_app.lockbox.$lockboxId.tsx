import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData, useRevalidator, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { DecisionReasons } from '#app/components/decision-reasons.tsx'
import { LockboxCarry, LockboxDecideForm, LockboxSignPanel } from '#app/components/lockbox-acts.tsx'
import { LockboxBadge } from '#app/components/lockbox-badge.tsx'
import { LockboxExchanges, LockboxStages } from '#app/components/lockbox-course.tsx'
import {
	LockboxClock,
	LockboxDenials,
	LockboxFacts,
	LockboxNote,
	LockboxWho,
} from '#app/components/lockbox-facts.tsx'
import { Statecharts } from '#app/components/statechart.tsx'
import { Timeline } from '#app/components/timeline.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { PreparedLockbox } from '#app/services/lockbox/decide-lockbox.server.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams, type Refusal } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'
import { useLive } from '#app/utils/use-live.ts'
import { isOpenLockbox } from '#workflows/lockbox/lockbox-context.ts'

const paramsSchema = z.object({ lockboxId: z.uuid() })
const decideSchema = z.object({
	verdict: z.enum(['approve', 'deny'], 'errors.chooseVerdict'),
	reason: z.string().trim().max(500, 'errors.reasonLong').default(''),
})
const seenSchema = z.object({
	seen: z.enum(['approved', 'denied', 'expired', 'cancelled', 'ended'], 'errors.required'),
	note: z.string().trim().min(1, 'errors.required').max(500, 'errors.reasonLong'),
})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const { lockboxId } = parseParams(paramsSchema, args.params)
		return { request: await args.context.services.lockbox.show(actor, lockboxId) }
	})
}

const NO_TEXT: Record<string, string> = {}
const nothing = {
	prepared: null as PreparedLockbox | null,
	refusal: null as Refusal | null,
	errors: NO_TEXT,
	sent: NO_TEXT,
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requireActor(args)
	const { lockbox } = args.context.services
	const { lockboxId: requestId } = parseParams(paramsSchema, args.params)
	const form = await args.request.formData()
	const here = `/lockbox/${requestId}`
	const refused = (refusal: Refusal, status: number, sent = NO_TEXT) =>
		data({ ...nothing, refusal, sent }, { status })
	switch (form.get('intent')) {
		case 'prepare': {
			const read = parseForm(form, decideSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const made = await attempted(() => lockbox.prepare(actor, { requestId, ...read.value }))
			if (made.ok) return data({ ...nothing, prepared: made.value, sent: read.sent })
			return made.refusal.code === 'LOCKBOX_REASON'
				? data(
						{ ...nothing, errors: { reason: 'errors.LOCKBOX_REASON' }, sent: read.sent },
						{ status: made.status },
					)
				: refused(made.refusal, made.status, read.sent)
		}
		case 'sign': {
			const done = await attempted(async () => lockbox.sign(actor, { requestId, ...readAssertionForm(form) }))
			return done.ok ? redirect(`${here}?signed`) : refused(done.refusal, done.status)
		}
		case 'sent': {
			const done = await attempted(() => lockbox.reportSent(actor, requestId))
			return done.ok ? redirect(here) : refused(done.refusal, done.status)
		}
		case 'seen': {
			const read = parseForm(form, seenSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const done = await attempted(() => lockbox.reportSeen(actor, { requestId, ...read.value }))
			return done.ok ? redirect(here) : refused(done.refusal, done.status, read.sent)
		}
		case 'retry': {
			const done = await attempted(() => lockbox.retry(actor, requestId))
			return done.ok ? redirect(here) : refused(done.refusal, done.status)
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

export const meta = titled<typeof loader>('titles.lockboxRequest', ({ request: { number } }) => ({ number }))

export default function LockboxRequestPage() {
	const { t } = useWords()
	const { request } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const { revalidate } = useRevalidator()
	const { state } = request
	const isMoving = state === 'approving' || state === 'denying' || state === 'accessEnding'
	useLive(!isOpenLockbox(state) || answer !== undefined ? null : isMoving ? 1500 : 5000)
	const { prepared = null, refusal = null, sent = NO_TEXT } = answer ?? {}
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	return (
		<>
			<div className="head">
				<h1>{t('lockbox.head', { number: request.number, state: t(`grants.state_lockbox_${state}`) })}</h1>
				<span aria-live="polite">
					<LockboxBadge state={state} />
				</span>
			</div>
			<ErrorSummary
				errors={errors}
				message={refusal ? t(`errors.${refusal.code}`, refusal.numbers) : undefined}
			/>
			{refusal && refusal.denials.length > 0 ? (
				<div className="card">
					<DecisionReasons clauses={refusal.denials} />
				</div>
			) : null}
			{search.has('signed') && !answer ? <p className="notice notice-good">{t('lockbox.signed')}</p> : null}
			<LockboxNote request={request} />
			<div className="columns">
				<div className="stack">
					<LockboxWho request={request} />
					{prepared ? (
						<LockboxSignPanel request={request} prepared={prepared} />
					) : (
						<LockboxDecideForm request={request} errors={errors} sent={sent} />
					)}
					<LockboxDenials codes={[...request.context.denials, ...request.ruledOut]} request={request} />
					<LockboxCarry request={request} errors={errors} sent={sent} />
					<LockboxStages request={request} />
					<LockboxExchanges request={request} />
					<section className="card">
						<h2>{t('lockbox.history')}</h2>
						<Timeline items={request.timeline} />
					</section>
				</div>
				<aside className="stack">
					<LockboxClock request={request} onEnd={revalidate} />
					<LockboxFacts request={request} />
				</aside>
			</div>
			<Statecharts charts={request.charts} />
		</>
	)
}
