import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { Timeline } from '#app/components/timeline.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { VettingActs } from '#app/components/vetting-acts.tsx'
import { VettingBadge } from '#app/components/vetting-badge.tsx'
import { VettingChecklist } from '#app/components/vetting-checklist.tsx'
import { VettingFacts } from '#app/components/vetting-facts.tsx'
import { VettingPath } from '#app/components/vetting-path.tsx'
import { CaseSignPanel } from '#app/components/vetting-proposal.tsx'
import { Due } from '#app/components/vetting-table.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams, type Refusal } from '#app/utils/http.server.ts'
import { actSchema, dropSchema, evidenceSchema, signatureSchema } from '#app/utils/vetting-form.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ caseId: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'vetting:run')
	return handled(async () => {
		const { caseId } = parseParams(paramsSchema, args.params)
		const { vetting, now } = args.context.services
		return { view: await vetting.show(actor, caseId), today: now().toISOString().slice(0, 10) }
	})
}

const NO_TEXT: Record<string, string> = {}
const nothing = { prepared: null, refusal: null as Refusal | null, errors: NO_TEXT, sent: NO_TEXT }

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'vetting:run')
	const { vetting } = args.context.services
	const { caseId } = parseParams(paramsSchema, args.params)
	const form = await args.request.formData()
	const here = `/vetting/${caseId}`
	const unread = ({ errors, sent }: { errors: Record<string, string>; sent: Record<string, string> }) =>
		data({ ...nothing, errors, sent }, { status: 422 })
	const refused = ({ refusal, status }: { refusal: Refusal; status: number }, sent = NO_TEXT) =>
		data(
			{
				...nothing,
				sent,
				refusal: refusal.field === null ? refusal : null,
				errors:
					refusal.field === null ? NO_TEXT : { [refusal.field]: `errors.${refusal.problem ?? refusal.code}` },
			},
			{ status },
		)
	switch (form.get('intent')) {
		case 'act': {
			const read = parseForm(form, actSchema)
			if (!read.ok) return unread(read)
			const done = await attempted(() => vetting.act(actor, { caseId, ...read.value }))
			return done.ok ? redirect(`${here}?done`) : refused(done, read.sent)
		}
		case 'evidence': {
			const read = parseForm(form, evidenceSchema)
			if (!read.ok) return unread(read)
			const done = await attempted(() => vetting.recordEvidence(actor, { caseId, ...read.value }))
			return done.ok ? redirect(`${here}?done`) : refused(done, read.sent)
		}
		case 'prepare': {
			const read = parseForm(form, signatureSchema)
			if (!read.ok) return unread(read)
			const prepared = await attempted(() => vetting.prepareSignature(actor, { caseId, ...read.value }))
			return prepared.ok ? data({ ...nothing, prepared: prepared.value }) : refused(prepared, read.sent)
		}
		case 'sign': {
			const signed = await attempted(async () => vetting.sign(actor, { caseId, ...readAssertionForm(form) }))
			return signed.ok ? redirect(`${here}?signed`) : refused(signed)
		}
		case 'drop': {
			const read = parseForm(form, dropSchema)
			if (!read.ok) return unread(read)
			const done = await attempted(() => vetting.dropProposal(actor, { caseId, ...read.value }))
			return done.ok ? redirect(`${here}?done`) : refused(done, read.sent)
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

export const meta = titled<typeof loader>('titles.case', ({ view: { number } }) => ({ number }))

export default function CasePage() {
	const { t } = useWords()
	const { view, today } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const { prepared = null, refusal = null, sent = NO_TEXT } = answer ?? {}
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	// A field of an act has the act in its id, since several acts stand on one page.
	const form = sent.intent === 'drop' ? 'drop' : sent.part === 'confirm' ? 'confirm' : sent.act
	const linked = Object.fromEntries(
		Object.entries(errors).map(([id, words]) => [form === undefined ? id : `${form}-${id}`, words]),
	)
	const { number, person, state, acts } = view
	return (
		<>
			<div className="head">
				<h1>{t('vetting.headline', { number, name: person.name, state: t(`vetting.state_${state}`) })}</h1>
				<VettingBadge state={state} />
			</div>
			<ErrorSummary
				errors={linked}
				message={refusal ? t(`errors.${refusal.code}`, refusal.numbers) : undefined}
			/>
			{answer === undefined && (search.has('done') || search.has('signed')) ? (
				<p className="notice notice-good" role="status">
					{t(search.has('signed') ? 'vetting.signed' : 'vetting.done')}
				</p>
			) : null}
			<p>
				{acts === null ? (
					t('vetting.nobodyActs')
				) : (
					<>
						<strong>{t('vetting.mustAct', { party: t(`vetting.party_${acts}`) })}</strong>{' '}
						{view.dueAt === null ? null : (
							<>
								{t('vetting.mustActBy')} <Due {...view} />
							</>
						)}
					</>
				)}
			</p>
			<VettingPath state={state} visited={view.visited} />
			<div className="columns">
				<div className="stack">
					{prepared ? (
						<CaseSignPanel view={view} prepared={prepared} />
					) : (
						<VettingActs view={view} errors={errors} sent={sent} today={today} key={view.version} />
					)}
					<section className="card">
						<h2>{t('requests.history')}</h2>
						<Timeline items={view.timeline} />
					</section>
				</div>
				<div className="stack">
					<VettingFacts view={view} />
					<VettingChecklist view={view} errors={errors} sent={sent} />
				</div>
			</div>
		</>
	)
}
