import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { ManyForm, ManyPreview } from '#app/components/many-form.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { ManyRow } from '#app/services/people/change-many.server.ts'
import { dayField, parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const schema = z
	.object({
		change: z.enum(['appoint', 'authorise', 'endAppointment'], 'errors.required'),
		role: z.string().max(64),
		facility: z.string().max(64),
		day: dayField.refine((day) => day !== null, 'errors.date').transform((day) => day ?? new Date(0)),
		validUntil: dayField,
		evidence: z.string().trim().min(1, 'errors.required').max(200, 'errors.TOO_LONG'),
	})
	.transform(({ role, facility, ...rest }, context) => {
		const isFacility = rest.change === 'authorise'
		const key = isFacility ? facility : role
		if (key === '')
			context.addIssue({
				code: 'custom',
				message: 'errors.required',
				path: [isFacility ? 'facility' : 'role'],
			})
		return { ...rest, key }
	})

const idsOf = (values: readonly unknown[]) =>
	[...new Set(values)].filter((id): id is string => z.uuid().safeParse(id).success).slice(0, 1000)

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	return handled(async () => {
		const { people, now } = args.context.services
		const ids = idsOf(new URL(args.request.url).searchParams.getAll('person'))
		return {
			people: await people.names(actor, ids),
			choices: await people.choices(actor),
			today: now().toISOString().slice(0, 10),
		}
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const { people } = args.context.services
	const form = await args.request.formData()
	const personIds = idsOf(form.getAll('person'))
	const read = parseForm(form, schema)
	const answer = (
		more: { errors?: Record<string, string>; code?: string; preview?: ManyRow[] },
		status: number,
	) =>
		data(
			{
				errors: more.errors ?? {},
				code: more.code ?? null,
				preview: more.preview ?? null,
				sent: read.sent,
				chosen: personIds,
			},
			{ status },
		)
	if (!read.ok) return answer({ errors: read.errors }, 422)
	const change = { ...read.value, personIds }
	const isConfirmed = form.get('confirmed') === 'yes'
	const done = await attempted(async () =>
		isConfirmed ? void (await people.changeMany(actor, change)) : people.previewMany(actor, change),
	)
	if (done.ok) return done.value ? answer({ preview: done.value }, 200) : redirect('/people/many?done=yes')
	const { field, problem, code } = done.refusal
	return field === null
		? answer({ code }, done.status)
		: answer({ errors: { [field]: `errors.${problem ?? code}` } }, done.status)
}

export const meta = titled('titles.many')

export default function ManyPage() {
	const { t } = useWords()
	const { people, choices, today } = useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	const answer = useActionData<typeof action>()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	return (
		<>
			<p>
				<Link to="/people">{t('people.title')}</Link>
			</p>
			<h1>{t('people.manyTitle', { count: people.length })}</h1>
			<ErrorSummary
				errors={errors}
				message={answer?.code ? t(`errors.${answer.code}` as TextKey) : undefined}
			/>
			{people.length === 0 ? (
				<p className={`notice ${search.has('done') ? 'notice-good' : ''}`}>
					{t(search.has('done') ? 'people.manyDone' : 'people.manyNobody')}
				</p>
			) : (
				<>
					<p className="muted">{t('people.manyLead')}</p>
					{answer?.preview ? <ManyPreview rows={answer.preview} sent={answer.sent} /> : null}
					<ManyForm
						key={JSON.stringify(answer?.sent)}
						people={people}
						chosen={answer?.chosen ?? people.map(({ id }) => id)}
						choices={choices}
						errors={errors}
						sent={answer?.sent ?? {}}
						today={today}
					/>
				</>
			)}
		</>
	)
}
