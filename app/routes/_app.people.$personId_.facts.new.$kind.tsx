import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { FactForm } from '#app/components/fact-form.tsx'
import { FACT_FIELDS } from '#app/components/fact-fields.ts'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { readFactForm, refusedFact, type FactAnswer } from '#app/utils/fact-form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams } from '#app/utils/http.server.ts'
import { FACT_KINDS } from '#workflows/people/facts/fact-kinds.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ personId: z.uuid(), kind: z.enum(FACT_KINDS) })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	return handled(async () => {
		const { personId, kind } = parseParams(paramsSchema, args.params)
		const { people, now } = args.context.services
		return {
			kind,
			person: await people.name(actor, personId),
			choices: await people.choices(actor),
			today: now().toISOString().slice(0, 10),
		}
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const { personId, kind } = parseParams(paramsSchema, args.params)
	const form = await readFactForm(args.request, kind)
	if (!form.ok) return data(form.answer, { status: 422 })
	const done = await attempted(() => args.context.services.people.recordFact(actor, personId, form.value))
	return done.ok
		? redirect(`/people/${personId}?saved=fact`)
		: data(refusedFact(done.refusal, form.sent), { status: done.status })
}

export const meta = titled<typeof loader>('titles.factNew', ({ kind }, t) => ({
	what: t(`facts.new_${kind}`),
}))

export default function NewFactPage() {
	const { t } = useWords()
	const { kind, person, choices, today } = useLoaderData<typeof loader>()
	const { errors: keys, code, sent } = useActionData<typeof action>() ?? NO_TEXTS
	const errors = Object.fromEntries(Object.entries(keys).map(([id, key]) => [id, t(key as TextKey)]))
	// A choice of which one is the usual one begins with it.
	const usual: Record<string, string> = FACT_FIELDS[kind].some(({ name }) => name === 'state')
		? { state: 'granted' }
		: {}
	return (
		<>
			<p>
				<Link to={`/people/${person.id}`}>{person.name}</Link>
			</p>
			<h1>{t(`facts.new_${kind}`)}</h1>
			<ErrorSummary errors={errors} message={code ? t(`errors.${code}`) : undefined} />
			<FactForm
				kind={kind}
				choices={choices}
				errors={errors}
				values={Object.keys(sent).length > 0 ? sent : usual}
				today={today}
			/>
		</>
	)
}

const NO_TEXTS: FactAnswer = { errors: {}, code: null, sent: {} }
