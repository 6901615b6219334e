import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useActionData, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { DecisionReasons, HoldsUntil } from '#app/components/decision-reasons.tsx'
import { Button, ErrorSummary, Field, type FormErrors } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { readForm } from '#app/utils/form.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const formSchema = z.object({
	role: z.string().min(1, 'errors.chooseRole').max(64, 'errors.chooseRole'),
	reason: z.string().trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong'),
	ticket: z.string().trim().min(1, 'errors.required').max(60, 'errors.TICKET_MALFORMED'),
	durationMinutes: z.coerce
		.number('errors.required')
		.int('errors.required')
		.min(1, 'errors.required')
		.max(1440, 'errors.DURATION_TOO_LONG'),
})

/** The field that a refusal of the use case belongs to. */
const FIELD_OF: Readonly<Record<string, string>> = {
	TICKET_MALFORMED: 'ticket',
	DURATION_TOO_LONG: 'durationMinutes',
	DURATION_TOO_SHORT: 'durationMinutes',
	ROLE_NOT_REQUESTABLE: 'role',
	ALREADY_REQUESTED: 'role',
}

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'request:file')
	return handled(async () => ({ roles: await args.context.services.access.roles(actor) }))
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'request:file')
	const form = await readForm(args.request, formSchema)
	if (!form.ok)
		return data({ errors: form.errors, denials: [], code: null, sent: form.sent }, { status: 422 })
	const { durationMinutes, ...rest } = form.value
	const filed = await attempted(() =>
		args.context.services.access.file(actor, { ...rest, durationSeconds: durationMinutes * 60 }),
	)
	if (filed.ok) return redirect(`/requests/${filed.value}`)
	const { code, denials } = filed.refusal
	const field = FIELD_OF[code]
	const errors: FormErrors = field ? { [field]: `errors.${code}` } : {}
	return data({ errors, denials, code: field ? null : code, sent: form.sent }, { status: filed.status })
}

const DURATIONS_MINUTES = [10, 15, 30, 60, 120, 240, 480]

export const meta = titled('titles.requestNew')

export default function NewRequestPage() {
	const { t, format } = useWords()
	const { roles } = useLoaderData<typeof loader>()
	const refused = useActionData<typeof action>()
	const errors = Object.fromEntries(
		Object.entries(refused?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const allowed = roles.filter(({ verdict }) => verdict.permit)
	const denied = roles.filter(({ verdict }) => !verdict.permit)
	const longest = Math.max(0, ...allowed.map(({ maximumSeconds }) => maximumSeconds))
	return (
		<>
			<h1>{t('requests.newTitle')}</h1>
			<p className="muted">{t('requests.newLead')}</p>
			<ErrorSummary errors={errors} message={refused?.code ? t(`errors.${refused.code}`) : undefined} />
			{refused && refused.denials.length > 0 ? (
				<div className="card">
					<DecisionReasons clauses={refused.denials} />
				</div>
			) : null}
			<div className="columns">
				<section className="card">
					<h2>{t('requests.may')}</h2>
					{allowed.length === 0 ? (
						<p>{t('requests.mayNone')}</p>
					) : (
						<Form method="post" className="stack">
							<fieldset className="field">
								<legend>{t('requests.chooseRole')}</legend>
								{errors.role ? (
									<p className="error" id="role-error">
										{errors.role}
									</p>
								) : null}
								{allowed.map(({ key, title, purpose, maximumSeconds, stages, verdict, isOpenAlready }, i) => (
									<div key={key}>
										<label className="choice" htmlFor={i === 0 ? 'role' : `role-${key}`}>
											<input
												type="radio"
												name="role"
												id={i === 0 ? 'role' : `role-${key}`}
												value={key}
												defaultChecked={refused?.sent.role === key}
												disabled={isOpenAlready}
												required
											/>
											<span>
												{title}{' '}
												<span className="muted small">
													{t('requests.upTo', { duration: format.duration(maximumSeconds * 1000) })}
												</span>
												{isOpenAlready ? (
													<span className="muted small"> – {t('requests.alreadyOpen')}</span>
												) : null}
											</span>
										</label>
										<p className="hint">
											{purpose}{' '}
											{t('requests.decidedBy', { stages: stages.map((stage) => stage.title).join(' → ') })}.{' '}
											<HoldsUntil verdict={verdict} />
										</p>
									</div>
								))}
							</fieldset>
							<Field
								id="reason"
								label={t('requests.reason')}
								hint={t('requests.reasonHint')}
								error={errors.reason}
							>
								{(aria) => (
									<textarea
										className="input"
										rows={3}
										maxLength={500}
										defaultValue={refused?.sent.reason ?? ''}
										{...aria}
									/>
								)}
							</Field>
							<Field
								id="ticket"
								label={t('requests.ticket')}
								hint={t('requests.ticketHint', { example: allowed[0]?.ticketExample ?? '' })}
								error={errors.ticket}
							>
								{(aria) => (
									<input
										className="input"
										maxLength={60}
										defaultValue={refused?.sent.ticket ?? ''}
										{...aria}
									/>
								)}
							</Field>
							<Field
								id="durationMinutes"
								label={t('requests.howLong')}
								hint={t('requests.howLongHint')}
								error={errors.durationMinutes}
							>
								{(aria) => (
									<select className="input" defaultValue={refused?.sent.durationMinutes ?? '30'} {...aria}>
										{DURATIONS_MINUTES.filter((minutes) => minutes * 60 <= longest).map((minutes) => (
											<option key={minutes} value={minutes}>
												{format.duration(minutes * 60_000)}
											</option>
										))}
									</select>
								)}
							</Field>
							<p>
								<Button>{t('requests.submit')}</Button>
							</p>
						</Form>
					)}
				</section>
				<section className="card">
					<h2>{t('requests.mayNot')}</h2>
					{denied.map(({ key, title, verdict }) => (
						<details key={key} open>
							<summary>
								<strong>{title}</strong>
							</summary>
							{verdict.permit ? null : <DecisionReasons clauses={verdict.denials} />}
						</details>
					))}
					{denied.length === 0 ? <p className="muted">{t('shell.none')}</p> : null}
				</section>
			</div>
		</>
	)
}
