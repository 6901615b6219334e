import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { FindingDecideForm, FindingSignPanel } from '#app/components/finding-acts.tsx'
import { FindingBadge } from '#app/components/finding-badge.tsx'
import { FindingDecisions, FindingFacts, FindingNote, FindingTimes } from '#app/components/finding-facts.tsx'
import { Statecharts } from '#app/components/statechart.tsx'
import { Timeline } from '#app/components/timeline.tsx'
import { Button, ErrorSummary } from '#app/components/ui/form.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { PreparedFinding } from '#app/services/findings/decide-finding.server.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams, type Refusal } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'
import { useLive } from '#app/utils/use-live.ts'
import { isClosedFinding } from '#workflows/grants/finding-context.ts'
import { FINDING_STEPS } from '#workflows/ledger/finding-envelope.schema.ts'

const paramsSchema = z.object({ findingId: z.uuid() })
const stepSchema = z.object({ step: z.enum(FINDING_STEPS, 'errors.findingStep') })
const decideSchema = stepSchema
	.extend({
		reason: z.string().trim().max(500, 'errors.reasonLong').default(''),
		days: z
			.string()
			.trim()
			.regex(/^\d{0,3}$/, 'errors.findingDays')
			.transform((text) => (text === '' ? null : Number(text)))
			.default(null),
	})
	.superRefine(({ step, days }, context) => {
		if (step === 'accept' && (days === null || days < 1 || days > 90))
			context.addIssue({ code: 'custom', path: ['days'], message: 'errors.findingDays' })
	})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'finding:read')
	return handled(async () => {
		const { findingId } = parseParams(paramsSchema, args.params)
		return { finding: await args.context.services.findings.show(actor, findingId) }
	})
}

const NO_TEXT: Record<string, string> = {}
const nothing = {
	prepared: null as PreparedFinding | null,
	refusal: null as Refusal | null,
	errors: NO_TEXT,
	sent: NO_TEXT,
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'finding:decide')
	const { findings } = args.context.services
	const { findingId } = parseParams(paramsSchema, args.params)
	const form = await args.request.formData()
	const here = `/findings/${findingId}`
	const refused = (refusal: Refusal, status: number, sent = NO_TEXT) =>
		data({ ...nothing, refusal, sent }, { status })
	switch (form.get('intent')) {
		case 'take': {
			const done = await attempted(() => findings.take(actor, findingId))
			return done.ok ? redirect(here) : refused(done.refusal, done.status)
		}
		case 'prepare': {
			const read = parseForm(form, decideSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const made = await attempted(() => findings.prepare(actor, { findingIds: [findingId], ...read.value }))
			if (made.ok) return data({ ...nothing, prepared: made.value, sent: read.sent })
			return made.refusal.code === 'FINDING_REASON'
				? data(
						{ ...nothing, errors: { reason: 'errors.FINDING_REASON' }, sent: read.sent },
						{ status: made.status },
					)
				: refused(made.refusal, made.status, read.sent)
		}
		case 'sign': {
			const read = parseForm(form, stepSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const done = await attempted(async () =>
				findings.sign(actor, { findingIds: [findingId], ...read.value, ...readAssertionForm(form) }),
			)
			return done.ok ? redirect(`${here}?signed`) : refused(done.refusal, done.status)
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

export const meta = titled<typeof loader>('titles.finding', ({ finding: { number } }) => ({ number }))

export default function FindingPage() {
	const { t } = useWords()
	const { finding } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const { state } = finding
	const isMoving = state === 'removing' || state === 'ordered' || state === 'postponed'
	useLive(isClosedFinding(state) || answer !== undefined ? null : isMoving ? 1500 : 5000)
	const { prepared = null, refusal = null, sent = NO_TEXT } = answer ?? {}
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	return (
		<>
			<p>
				<Link to="/findings">{t('findings.back')}</Link>
			</p>
			<div className="head">
				<h1>
					{t('findings.headOne', { number: finding.number, state: t(`grants.state_finding_${state}`) })}
				</h1>
				<span aria-live="polite">
					<FindingBadge state={state} />
				</span>
				{finding.mayTake ? (
					<Form method="post">
						<input type="hidden" name="intent" value="take" />
						<Button look="plain">{t('findings.take')}</Button>
					</Form>
				) : null}
			</div>
			<ErrorSummary
				errors={errors}
				message={refusal ? t(`errors.${refusal.code}`, refusal.numbers) : undefined}
			/>
			{search.has('signed') && !answer ? <p className="notice notice-good">{t('findings.signed')}</p> : null}
			<FindingNote finding={finding} />
			<div className="columns">
				<div className="stack">
					<FindingFacts finding={finding} />
					{prepared ? (
						<FindingSignPanel findings={[finding]} reason={sent.reason ?? ''} prepared={prepared} />
					) : (
						<FindingDecideForm finding={finding} errors={errors} sent={sent} />
					)}
					<FindingDecisions decisions={finding.decisions} />
					<section className="card">
						<h2>{t('findings.history')}</h2>
						<Timeline items={finding.timeline} />
					</section>
				</div>
				<aside className="stack">
					<FindingTimes finding={finding} />
				</aside>
			</div>
			<Statecharts charts={finding.charts} />
		</>
	)
}
