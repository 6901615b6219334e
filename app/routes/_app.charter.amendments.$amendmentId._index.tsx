import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { AmendmentBadge } from '#app/components/amendment-badge.tsx'
import { AmendmentActs, AmendmentFacts } from '#app/components/amendment-facts.tsx'
import { AmendmentSignPanel } from '#app/components/amendment-sign-panel.tsx'
import { AmendmentSignatures } from '#app/components/amendment-signatures.tsx'
import { isWaitingForPlaces, PlacesCard } from '#app/components/charter-places.tsx'
import { CharterChangesView } from '#app/components/charter-changes.tsx'
import { DecisionReasons } from '#app/components/decision-reasons.tsx'
import { ImpactCard } from '#app/components/impact-card.tsx'
import { TextDiffView } from '#app/components/text-diff.tsx'
import { Timeline } from '#app/components/timeline.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import { type Text, type TextKey } from '#app/messages/create-text.ts'
import type { AmendmentView } from '#app/services/amendments/views.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams, type Refusal } from '#app/utils/http.server.ts'
import { useLive } from '#app/utils/use-live.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ amendmentId: z.uuid() })
const prepareSchema = z
	.object({
		verdict: z.enum(['sign', 'reject'], 'errors.chooseSignature'),
		reason: z.string().trim().max(500, 'errors.reasonLong'),
	})
	.refine(({ verdict, reason }) => verdict === 'sign' || reason.length >= 10, {
		path: ['reason'],
		message: 'errors.rejectionReason',
	})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:read')
	return handled(async () => {
		const { amendmentId } = parseParams(paramsSchema, args.params)
		return { amendment: await args.context.services.amendments.show(actor, amendmentId) }
	})
}

const NO_ERRORS: Record<string, string> = {}
const nothing = { prepared: null, refusal: null as Refusal | null, errors: NO_ERRORS, sent: NO_ERRORS }

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'charter:amend')
	const { amendments } = args.context.services
	const { amendmentId } = parseParams(paramsSchema, args.params)
	const form = await args.request.formData()
	const here = `/charter/amendments/${amendmentId}`
	const refused = ({ refusal, status }: { refusal: Refusal; status: number }, sent = NO_ERRORS) =>
		data({ ...nothing, refusal, sent }, { status })
	switch (form.get('intent')) {
		case 'propose': {
			const done = await attempted(() => amendments.propose(actor, amendmentId))
			return done.ok ? redirect(here) : refused(done)
		}
		case 'withdraw': {
			const done = await attempted(() => amendments.withdraw(actor, amendmentId))
			return done.ok ? redirect(here) : refused(done)
		}
		case 'prepare': {
			const read = parseForm(form, prepareSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const prepared = await attempted(() =>
				amendments.prepareSignature(actor, { amendmentId, ...read.value }),
			)
			return prepared.ok ? data({ ...nothing, prepared: prepared.value }) : refused(prepared, read.sent)
		}
		case 'sign': {
			const signed = await attempted(async () =>
				amendments.sign(actor, { amendmentId, ...readAssertionForm(form) }),
			)
			return signed.ok ? redirect(`${here}?signed`) : refused(signed)
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

export const meta = titled<typeof loader>('titles.amendment', ({ amendment: { version } }) => ({ version }))

export default function AmendmentPage() {
	const { t, format } = useWords()
	const { amendment } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const isWaiting = amendment.state === 'proposed' || amendment.state === 'signed'
	const isLooked = isWaitingForPlaces(amendment.places)
	useLive(answer === undefined && (isWaiting || isLooked) ? (isLooked ? 1500 : 5000) : null)
	const { prepared = null, refusal = null } = answer ?? {}
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	return (
		<>
			<div className="head">
				<h1>{headline(amendment, t, format.instant)}</h1>
				<AmendmentBadge state={amendment.state} />
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
			{search.has('signed') ? <p className="notice notice-good">{t('requests.receipt')}</p> : null}
			<div className="columns">
				<div className="stack">
					{prepared && amendment.sign?.allowed ? (
						<AmendmentSignPanel amendment={amendment} prepared={prepared} />
					) : (
						<AmendmentActs amendment={amendment} errors={errors} sent={answer?.sent ?? NO_ERRORS} />
					)}
					<AmendmentSignatures amendment={amendment} />
				</div>
				<AmendmentFacts amendment={amendment} />
			</div>
			{amendment.places ? (
				<PlacesCard view={amendment.places} reloadTo={`/charter/amendments/${amendment.id}`} />
			) : null}
			{amendment.impact ? <ImpactCard impact={amendment.impact} amendmentId={amendment.id} /> : null}
			<section className="card">
				<h2>{t('amendments.inWords')}</h2>
				<CharterChangesView changes={amendment.words} />
			</section>
			<section className="stack">
				<h2>{t('amendments.inText')}</h2>
				<TextDiffView
					diff={amendment.text}
					label={t('charter.diffTitle', { from: amendment.base.version, to: amendment.version })}
				/>
			</section>
			<section className="card">
				<h2>{t('requests.history')}</h2>
				<Timeline items={amendment.timeline} />
			</section>
		</>
	)
}

/** The state of the amendment as one sentence. */
function headline(
	{ state, version, signatures, needed, inForceFrom, stoppedBy }: AmendmentView,
	t: Text,
	instant: (at: string) => string,
): string {
	const given = signatures.filter(({ verdict }) => verdict === 'sign').length
	return t(`amendments.head_${state}`, {
		version,
		given,
		needed,
		date: inForceFrom === null ? '' : instant(inForceFrom),
		why: stoppedBy === null ? '' : t(`errors.${stoppedBy}`),
	})
}
