import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { PersonForm } from '#app/components/person-form.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { readForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams } from '#app/utils/http.server.ts'
import { personSchema, refusedPerson } from '#app/utils/person-form.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ personId: z.uuid() })
const changeSchema = personSchema.extend({
	manager: z.string().trim().max(200, 'errors.TOO_LONG'),
	reason: z.string().trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong'),
})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	return handled(async () => {
		const { personId } = parseParams(paramsSchema, args.params)
		return args.context.services.people.identity(actor, personId)
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const { personId } = parseParams(paramsSchema, args.params)
	const read = await readForm(args.request, changeSchema)
	if (!read.ok) return data({ errors: read.errors, code: null, sent: read.sent }, { status: 422 })
	const { reason, ...form } = read.value
	const done = await attempted(() => args.context.services.people.change(actor, personId, form, reason))
	return done.ok
		? redirect(`/people/${personId}?saved=identity`)
		: data(refusedPerson(done.refusal, read.sent), { status: done.status })
}

export const meta = titled('titles.personIdentity')

export default function IdentityPage() {
	const { t } = useWords()
	const { id, personnelNumber, ...person } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([field, key]) => [field, t(key as TextKey)]),
	)
	return (
		<>
			<p>
				<Link to={`/people/${id}`}>{person.displayName}</Link>
			</p>
			<h1>{t('people.identityTitle', { name: person.displayName })}</h1>
			<ErrorSummary errors={errors} message={answer?.code ? t(`errors.${answer.code}`) : undefined} />
			<PersonForm
				values={answer?.sent ?? { ...person, personnelNumber: personnelNumber ?? '' }}
				errors={errors}
				change
			/>
		</>
	)
}
