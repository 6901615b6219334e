import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { OpenCaseFields } from '#app/components/vetting-open-form.tsx'
import { Button, ErrorSummary, Field } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, queryOf } from '#app/utils/http.server.ts'
import { openCaseSchema } from '#app/utils/vetting-form.server.ts'
import { titled } from '#app/utils/page-title.ts'

const NO_TEXT: Record<string, string> = {}
type Answer = { errors: Record<string, string>; sent: Record<string, string>; code: string | null }

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'vetting:run')
	const name = queryOf(args.request)('person')
	if (name === undefined) return { begun: null, error: null }
	const begun = await attempted(() => args.context.services.vetting.begin(actor, name))
	return begun.ok
		? { begun: begun.value, error: null }
		: { begun: null, error: `errors.${begun.refusal.problem ?? begun.refusal.code}` }
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'vetting:run')
	const form = await args.request.formData()
	const read = parseForm(form, openCaseSchema)
	const refused = (errors: Record<string, string>, code: string | null, status: number) =>
		data<Answer>({ errors, sent: read.sent, code }, { status })
	if (!read.ok) return refused(read.errors, null, 422)
	const {
		level: [scheme, level],
		...rest
	} = read.value
	const done = await attempted(() => args.context.services.vetting.open(actor, { ...rest, scheme, level }))
	if (done.ok) return redirect(`/vetting/${done.value}`)
	const { field, problem, code } = done.refusal
	return field === null
		? refused({}, code, done.status)
		: refused({ [field]: `errors.${problem ?? code}` }, null, done.status)
}

export const meta = titled('titles.caseNew')

export default function OpenCasePage() {
	const { t } = useWords()
	const { begun, error } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const whom: Record<string, string> = error === null ? {} : { person: t(error as TextKey) }
	return (
		<>
			<h1>{begun ? t('vetting.newTitle', { name: begun.name }) : t('vetting.newWho')}</h1>
			<ErrorSummary
				errors={{ ...whom, ...errors }}
				message={answer?.code ? t(`errors.${answer.code}` as TextKey) : undefined}
			/>
			{begun ? (
				<OpenCaseFields begun={begun} errors={errors} sent={answer?.sent ?? NO_TEXT} />
			) : (
				<Form className="card" role="search">
					<Field
						id="person"
						label={t('vetting.person')}
						hint={t('vetting.newFindHint')}
						error={error === null ? undefined : t(error as TextKey)}
					>
						{(aria) => (
							<input
								className="input"
								required
								maxLength={200}
								autoComplete="off"
								defaultValue={search.get('person') ?? ''}
								{...aria}
							/>
						)}
					</Field>
					<p>
						<Button>{t('vetting.newFind')}</Button>
					</p>
				</Form>
			)}
		</>
	)
}
