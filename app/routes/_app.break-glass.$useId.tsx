import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData, useRevalidator, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import {
	ReviewForm,
	ReviewSignPanel,
	SecondForm,
	SecondSignPanel,
} from '#app/components/break-glass-acts.tsx'
import { BreakGlassBadge } from '#app/components/break-glass-badge.tsx'
import {
	BreakGlassAccess,
	BreakGlassFacts,
	BreakGlassSignatures,
} from '#app/components/break-glass-facts.tsx'
import { DecisionReasons } from '#app/components/decision-reasons.tsx'
import { Statecharts } from '#app/components/statechart.tsx'
import { Timeline } from '#app/components/timeline.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { PreparedReview } from '#app/services/break-glass/review-use.server.ts'
import type { PreparedUse } from '#app/services/break-glass/sign-use.server.ts'
import type { UseView } from '#app/services/break-glass/views.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams, type Refusal } from '#app/utils/http.server.ts'
import { useLive } from '#app/utils/use-live.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ useId: z.uuid() })
const secondSchema = z.object({ verdict: z.enum(['confirm', 'refuse'], 'errors.chooseVerdict') })
const reviewSchema = z.object({
	verdict: z.enum(['justified', 'not_justified'], 'errors.chooseReview'),
	findings: z.string().trim().min(10, 'errors.findingsShort').max(500, 'errors.reasonLong'),
})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const { useId } = parseParams(paramsSchema, args.params)
		return { use: await args.context.services.breakGlass.show(actor, useId) }
	})
}

const NO_TEXT: Record<string, string> = {}
const nothing = {
	second: null as PreparedUse | null,
	review: null as PreparedReview | null,
	refusal: null as Refusal | null,
	errors: NO_TEXT,
	sent: NO_TEXT,
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requireActor(args)
	const { breakGlass, access } = args.context.services
	const { useId } = parseParams(paramsSchema, args.params)
	const form = await args.request.formData()
	const here = `/break-glass/${useId}`
	const refused = (refusal: Refusal, status: number, sent = NO_TEXT) =>
		data({ ...nothing, refusal, sent }, { status })
	switch (form.get('intent')) {
		case 'prepare-second': {
			const read = parseForm(form, secondSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const made = await attempted(() => breakGlass.prepareSecond(actor, { useId, ...read.value }))
			return made.ok
				? data({ ...nothing, second: made.value })
				: refused(made.refusal, made.status, read.sent)
		}
		case 'sign-second': {
			const done = await attempted(async () =>
				breakGlass.second(actor, { useId, ...readAssertionForm(form) }),
			)
			return done.ok ? redirect(`${here}?signed`) : refused(done.refusal, done.status)
		}
		case 'prepare-review': {
			const read = parseForm(form, reviewSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const made = await attempted(() => breakGlass.prepareReview(actor, { useId, ...read.value }))
			return made.ok
				? data({ ...nothing, review: made.value, sent: read.sent })
				: refused(made.refusal, made.status, read.sent)
		}
		case 'sign-review': {
			const done = await attempted(async () =>
				breakGlass.review(actor, { useId, ...readAssertionForm(form) }),
			)
			return done.ok ? redirect(`${here}?signed`) : refused(done.refusal, done.status)
		}
		case 'withdraw': {
			const done = await attempted(() => breakGlass.withdraw(actor, useId))
			return done.ok ? redirect(here) : refused(done.refusal, done.status)
		}
		case 'end': {
			const done = await attempted(() => access.endGrant(actor, useId))
			return done.ok ? redirect(here) : refused(done.refusal, done.status)
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

export const meta = titled<typeof loader>('titles.breakGlassUse', ({ use: { number } }) => ({ number }))

export default function BreakGlassUsePage() {
	const { t } = useWords()
	const { use } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const { revalidate } = useRevalidator()
	const isOver = !['awaitingSecond', 'inUse', 'reviewOwed', 'overdue'].includes(use.state)
	useLive(isOver || answer !== undefined ? null : use.state === 'inUse' ? 1500 : 5000)
	const { second = null, review = null, refusal = null, sent = NO_TEXT } = answer ?? {}
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	return (
		<>
			<div className="head">
				<h1>{t(`breakGlass.head_${use.state}`, { number: use.number, name: use.user.name })}</h1>
				<span aria-live="polite">
					<BreakGlassBadge state={use.state} />
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
			{search.has('signed') && !answer ? <p className="notice notice-good">{t('breakGlass.done')}</p> : null}
			<div className="columns">
				<div className="stack">
					{second ? <SecondSignPanel use={use} prepared={second} /> : null}
					{review ? <ReviewSignPanel use={use} prepared={review} findings={sent.findings ?? ''} /> : null}
					{second || review ? null : <WaitsForYou use={use} errors={errors} sent={sent} />}
					<BreakGlassAccess use={use} onDeadline={revalidate} />
					<BreakGlassSignatures use={use} />
					<section className="card">
						<h2>{t('breakGlass.history')}</h2>
						<Timeline items={use.timeline} />
					</section>
				</div>
				<aside className="stack">
					<BreakGlassFacts use={use} />
				</aside>
			</div>
			<Statecharts charts={use.charts} />
		</>
	)
}

/** What this reader is asked for; where a review is owed and they cannot give it, who can. */
function WaitsForYou({
	use,
	errors,
	sent,
}: {
	use: UseView
	errors: Record<string, string>
	sent: Record<string, string>
}) {
	const { t } = useWords()
	if (use.needsYou === 'second') return <SecondForm errors={errors} sent={sent} />
	if (use.needsYou === 'review') return <ReviewForm use={use} errors={errors} sent={sent} />
	if (use.state !== 'reviewOwed' && use.state !== 'overdue') return null
	return (
		<section className="card">
			<h2>{t('breakGlass.cannotReview')}</h2>
			<p>{use.reviewRefusal === null ? null : t(`errors.${use.reviewRefusal}` as TextKey)}</p>
			<p>
				{use.canReview.length > 0
					? t('breakGlass.canReview', { names: use.canReview.join(', ') })
					: t('breakGlass.nobodyReviews')}
			</p>
		</section>
	)
}
