import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useActionData, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { SignPanel } from '#app/components/sign-panel.tsx'
import { Button, ErrorSummary, Field } from '#app/components/ui/form.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { PreparedOffline } from '#app/services/break-glass/record-offline.server.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { instantField, parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, type Refusal } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const text = (most: number) => z.string().trim().min(1, 'errors.required').max(most, 'errors.TOO_LONG')
const needed = instantField.refine((at): at is Date => at !== null, 'errors.instant')
const formSchema = z.object({
	usingRole: text(64),
	openedBy: text(200),
	witness: text(200),
	account: text(120),
	from: needed,
	until: needed,
	reason: z.string().trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong'),
	envelope: text(60),
})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'break_glass:record')
	return handled(async () => ({ roles: await args.context.services.breakGlass.usingRoles(actor) }))
}

const NO_TEXT: Record<string, string> = {}
const nothing = {
	prepared: null as PreparedOffline | null,
	refusal: null as Refusal | null,
	errors: NO_TEXT,
	sent: NO_TEXT,
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'break_glass:record')
	const { breakGlass } = args.context.services
	const form = await args.request.formData()
	if (form.get('intent') === 'sign') {
		const signed = await attempted(async () => breakGlass.recordOffline(actor, readAssertionForm(form)))
		return signed.ok
			? redirect(`/break-glass/${signed.value.useId}?signed`)
			: data({ ...nothing, refusal: signed.refusal }, { status: signed.status })
	}
	const read = parseForm(form, formSchema)
	if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
	const made = await attempted(() => breakGlass.prepareOffline(actor, read.value))
	if (made.ok) return data({ ...nothing, prepared: made.value, sent: read.sent })
	const { field, problem } = made.refusal
	return field !== null && problem !== null
		? data({ ...nothing, errors: { [field]: `errors.${problem}` }, sent: read.sent }, { status: made.status })
		: data({ ...nothing, refusal: made.refusal, sent: read.sent }, { status: made.status })
}

export const meta = titled('titles.breakGlassRecord')

export default function RecordOfflinePage() {
	const { t } = useWords()
	const { roles } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const { prepared = null, refusal = null, sent = NO_TEXT } = answer ?? {}
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const line = (id: string, label: string, hint?: string, type = 'text') => (
		<Field id={id} label={label} hint={hint} error={errors[id]}>
			{(aria) => (
				<input
					className="input"
					type={type}
					step={type === 'datetime-local' ? 60 : undefined}
					maxLength={200}
					required
					defaultValue={sent[id] ?? ''}
					{...aria}
				/>
			)}
		</Field>
	)
	return (
		<>
			<h1>{t('breakGlass.recTitle')}</h1>
			<p className="muted">{t('breakGlass.recLead')}</p>
			<ErrorSummary
				errors={errors}
				message={refusal ? t(`errors.${refusal.code}`, refusal.numbers) : undefined}
			/>
			{prepared ? (
				<SignPanel
					prepared={prepared}
					isAgainst={false}
					label={t('breakGlass.recSign')}
					fields={{ intent: 'sign' }}
				>
					{(['openedBy', 'witness', 'account', 'envelope', 'from', 'until', 'reason'] as const).map((id) => (
						<div key={id} className="contents">
							<dt>{t(id === 'reason' ? 'breakGlass.recReason' : `breakGlass.${id}`)}</dt>
							<dd>{sent[id] ?? ''}</dd>
						</div>
					))}
				</SignPanel>
			) : (
				<Form method="post" className="card stack">
					<Field id="usingRole" label={t('breakGlass.recAs')} error={errors.usingRole}>
						{(aria) => (
							<select className="input" defaultValue={sent.usingRole ?? roles[0]?.key ?? ''} {...aria}>
								{roles.map(({ key, title }) => (
									<option key={key} value={key}>
										{title}
									</option>
								))}
							</select>
						)}
					</Field>
					{line('openedBy', t('breakGlass.openedBy'), t('breakGlass.recPerson'))}
					{line('witness', t('breakGlass.witness'), t('breakGlass.recPerson'))}
					{line('account', t('breakGlass.account'))}
					{line('envelope', t('breakGlass.recEnvelope'))}
					{line('from', t('breakGlass.from'), t('breakGlass.recTimes'), 'datetime-local')}
					{line('until', t('breakGlass.until'), t('breakGlass.recTimes'), 'datetime-local')}
					<Field id="reason" label={t('breakGlass.recReason')} error={errors.reason}>
						{(aria) => (
							<textarea
								className="input"
								rows={3}
								maxLength={500}
								required
								defaultValue={sent.reason ?? ''}
								{...aria}
							/>
						)}
					</Field>
					<p>
						<Button>{t('breakGlass.recReview')}</Button>
					</p>
				</Form>
			)}
		</>
	)
}
