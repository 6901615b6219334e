import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData } from '@remix-run/react'
import { PersonForm } from '#app/components/person-form.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { readForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted } from '#app/utils/http.server.ts'
import { personSchema, refusedPerson } from '#app/utils/person-form.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	await requirePermission(args, 'people:record')
	return null
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const read = await readForm(args.request, personSchema)
	if (!read.ok) return data({ errors: read.errors, code: null, sent: read.sent }, { status: 422 })
	const done = await attempted(() => args.context.services.people.register(actor, read.value))
	return done.ok
		? redirect(`/people/${done.value}?saved=person`)
		: data(refusedPerson(done.refusal, read.sent), { status: done.status })
}

export const meta = titled('titles.personNew')

export default function NewPersonPage() {
	const { t } = useWords()
	const answer = useActionData<typeof action>()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	return (
		<>
			<p>
				<Link to="/people">{t('people.title')}</Link>
			</p>
			<h1>{t('people.newTitle')}</h1>
			<ErrorSummary errors={errors} message={answer?.code ? t(`errors.${answer.code}`) : undefined} />
			<PersonForm values={answer?.sent ?? {}} errors={errors} change={false} />
		</>
	)
}
