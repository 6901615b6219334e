import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useLocation, useNavigation } from '@remix-run/react'
import { z } from 'zod'
import { AnswerCard } from '#app/components/answer-card.tsx'
import { ShareForm } from '#app/components/share-form.tsx'
import { ZoneField } from '#app/components/zone-field.tsx'
import { Button, ErrorSummary, Field, type FormErrors } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { SHARE_DAYS } from '#app/services/audit/share/create-share.server.ts'
import { languageOf } from '#app/utils/cookies.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { TIME_ZONES } from '#app/utils/history-filter.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { readQuestion, usualPeriod } from '#app/utils/question-form.server.ts'
import { PROFILES } from '#workflows/audit-export/manifest.ts'
import { titled } from '#app/utils/page-title.ts'

const shareSchema = z.object({
	profile: z.enum(PROFILES, 'errors.INVALID_INPUT'),
	days: z.coerce
		.number('errors.number')
		.int('errors.number')
		.min(1, 'errors.SHARE_TOO_LONG')
		.max(30, 'errors.SHARE_TOO_LONG'),
})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:export')
	return handled(async () => {
		const { services } = args.context
		const charters = await services.audit.charters(actor)
		const { question, errors, sent } = readQuestion(args.request, charters)
		const told = question ? await attempted(() => services.audit.answer(actor, question)) : null
		const { field, problem } = told && !told.ok ? told.refusal : {}
		const usual = usualPeriod(services.now())
		return {
			charters,
			zones: TIME_ZONES,
			shareDays: [...SHARE_DAYS],
			sent: { ...sent, from: sent.from || usual.from, until: sent.until || usual.until },
			errors: field && problem ? { [field]: `errors.${problem}` } : errors,
			answer: told?.ok ? told.value : null,
		}
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'record:export')
	const { audit } = args.context.services
	const { question } = readQuestion(args.request, await audit.charters(actor))
	const read = parseForm(await args.request.formData(), shareSchema)
	const language = await languageOf(args.request)
	if (question === null) return data({ made: null, error: 'errors.periodNeeded' }, { status: 422 })
	if (!read.ok) return data({ made: null, error: read.errors.days ?? 'errors.number' }, { status: 422 })
	const done = await attempted(() => audit.share(actor, question, { ...read.value, language }))
	if (!done.ok)
		return data(
			{ made: null, error: `errors.${done.refusal.problem ?? done.refusal.code}` },
			{ status: done.status },
		)
	const { url, expiresAt } = done.value
	return data({ made: { url, expiresAt: expiresAt.toISOString() }, error: null })
}

export const meta = titled('titles.question')

export default function QuestionPage() {
	const { t } = useWords()
	const { charters, zones, shareDays, sent, errors, answer } = useLoaderData<typeof loader>()
	const shared = useActionData<typeof action>()
	const { search } = useLocation()
	const named = Object.fromEntries(Object.entries(errors).map(([id, key]) => [id, t(key as TextKey)]))
	const rowsAt = (rows: string) => {
		const query = new URLSearchParams(search)
		query.set('rows', rows)
		return `/audit/question/rows?${query.toString()}`
	}
	const error = shared?.error ? t(shared.error as TextKey) : undefined
	return (
		<>
			<h1>{t('question.title')}</h1>
			<p className="muted">{t('question.lead')}</p>
			<ErrorSummary errors={error ? { ...named, days: error } : named} />
			<QuestionForm charters={charters} zones={zones} sent={sent} errors={named} />
			<div aria-live="polite" className="stack">
				{answer === null ? null : (
					<>
						<AnswerCard answer={answer} linkTo={rowsAt} />
						<ShareForm days={shareDays} made={shared?.made ?? null} error={error} />
					</>
				)}
			</div>
		</>
	)
}

function QuestionForm({
	charters,
	zones,
	sent,
	errors,
}: {
	charters: readonly { charterId: string; boundary: string }[]
	zones: readonly string[]
	sent: { charterId: string; from: string; until: string; zone: string }
	errors: FormErrors
}) {
	const { t } = useWords()
	const isAsking = useNavigation().state === 'loading'
	return (
		<Form className="card" key={JSON.stringify(sent)}>
			<div className="fields">
				<Field id="charter" label={t('question.boundary')}>
					{(aria) => (
						<select className="input" defaultValue={sent.charterId} {...aria}>
							{charters.map(({ charterId, boundary }) => (
								<option key={charterId} value={charterId}>
									{boundary}
								</option>
							))}
						</select>
					)}
				</Field>
				<Field id="from" label={t('question.from')} error={errors.from}>
					{(aria) => (
						<input className="input" type="datetime-local" defaultValue={sent.from} required {...aria} />
					)}
				</Field>
				<Field id="until" label={t('question.until')} error={errors.until}>
					{(aria) => (
						<input className="input" type="datetime-local" defaultValue={sent.until} required {...aria} />
					)}
				</Field>
				<ZoneField label={t('question.zone')} zone={sent.zone} zones={zones} error={errors.zone} />
			</div>
			<p className="row">
				<Button aria-busy={isAsking}>{t('question.ask')}</Button>
				<span className="hint">{t('question.askHint')}</span>
			</p>
		</Form>
	)
}
