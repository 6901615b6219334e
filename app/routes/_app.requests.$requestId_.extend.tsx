import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, Link, useActionData, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { DecisionReasons } from '#app/components/decision-reasons.tsx'
import { Button, ErrorSummary, Field, type FormErrors } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { readForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ requestId: z.uuid() })
const formSchema = z.object({
	minutes: z.coerce.number().int().min(10, 'errors.DURATION_TOO_SHORT').max(1440, 'errors.DURATION_TOO_LONG'),
	reason: z.string().trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong'),
	ticket: z.string().trim().min(1, 'errors.TICKET_MALFORMED').max(100, 'errors.TICKET_MALFORMED'),
})

/** The field that a refusal of the use case belongs to. */
const FIELD_OF: Readonly<Record<string, string>> = {
	TICKET_MALFORMED: 'ticket',
	DURATION_TOO_LONG: 'minutes',
	DURATION_TOO_SHORT: 'minutes',
	TOO_FAR_AHEAD: 'minutes',
}

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'request:file')
	return handled(async () => {
		const { requestId } = parseParams(paramsSchema, args.params)
		const { id, number, role, grant, mayExtendMinutes, ticketExample } =
			await args.context.services.access.show(actor, requestId)
		return { id, number, role, endsAt: grant?.endsAt ?? null, minutes: mayExtendMinutes, ticketExample }
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'request:file')
	const { requestId } = parseParams(paramsSchema, args.params)
	const form = await readForm(args.request, formSchema)
	if (!form.ok)
		return data({ errors: form.errors, denials: [], code: null, sent: form.sent }, { status: 422 })
	const { minutes, ...rest } = form.value
	const filed = await attempted(() =>
		args.context.services.access.askExtension(actor, requestId, { ...rest, durationSeconds: minutes * 60 }),
	)
	if (filed.ok) return redirect(`/requests/${filed.value}`)
	const { code, denials } = filed.refusal
	const field = FIELD_OF[code]
	const errors: FormErrors = field ? { [field]: `errors.${code}` } : {}
	return data({ errors, denials, code: field ? null : code, sent: form.sent }, { status: filed.status })
}

export const meta = titled<typeof loader>('titles.extend', ({ number }) => ({ number }))

export default function ExtendPage() {
	const { t, format } = useWords()
	const { id, number, role, endsAt, minutes, ticketExample } = useLoaderData<typeof loader>()
	const refused = useActionData<typeof action>()
	const errors = Object.fromEntries(
		Object.entries(refused?.errors ?? {}).map(([name, key]) => [name, t(key as TextKey)]),
	)
	return (
		<>
			<p>
				<Link to={`/requests/${id}`}>R-{number}</Link>
			</p>
			<h1>{t('grants.extendTitle', { number })}</h1>
			<ErrorSummary errors={errors} message={refused?.code ? t(`errors.${refused.code}`) : undefined} />
			{refused && refused.denials.length > 0 ? (
				<div className="card">
					<DecisionReasons clauses={refused.denials} />
				</div>
			) : null}
			{minutes.length === 0 || endsAt === null ? (
				<p className="notice">{t('grants.extendNone')}</p>
			) : (
				<section className="card">
					<p>{t('grants.extendLead', { role: role.title, time: format.instant(endsAt) })}</p>
					<Form method="post" className="stack">
						<Field
							id="minutes"
							label={t('grants.extendBy')}
							hint={t('grants.extendByHint')}
							error={errors.minutes}
						>
							{(aria) => (
								<select className="input" defaultValue={refused?.sent.minutes ?? minutes[0]} {...aria}>
									{minutes.map((each) => (
										<option key={each} value={each}>
											{format.duration(each * 60_000)}
										</option>
									))}
								</select>
							)}
						</Field>
						<Field
							id="reason"
							label={t('grants.extendWhy')}
							hint={t('requests.reasonHint')}
							error={errors.reason}
						>
							{(aria) => (
								<textarea
									className="input"
									rows={3}
									maxLength={500}
									required
									defaultValue={refused?.sent.reason ?? ''}
									{...aria}
								/>
							)}
						</Field>
						<Field
							id="ticket"
							label={t('requests.ticket')}
							hint={t('requests.ticketHint', { example: ticketExample })}
							error={errors.ticket}
						>
							{(aria) => (
								<input
									className="input"
									maxLength={100}
									required
									defaultValue={refused?.sent.ticket ?? ''}
									{...aria}
								/>
							)}
						</Field>
						<p>
							<Button>{t('grants.extendSubmit')}</Button>
						</p>
					</Form>
				</section>
			)}
		</>
	)
}
