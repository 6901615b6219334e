import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { FactForm } from '#app/components/fact-form.tsx'
import { factSent, factText } from '#app/components/fact-words.ts'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { readFactForm, refusedFact } from '#app/utils/fact-form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams } from '#app/utils/http.server.ts'
import { FACT_KINDS } from '#workflows/people/facts/fact-kinds.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ personId: z.uuid(), kind: z.enum(FACT_KINDS), factId: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	return handled(async () => {
		const name = parseParams(paramsSchema, args.params)
		const { people, now } = args.context.services
		return {
			...(await people.fact(actor, name)),
			choices: await people.choices(actor),
			today: now().toISOString().slice(0, 10),
		}
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const name = parseParams(paramsSchema, args.params)
	const form = await readFactForm(args.request, name.kind)
	if (!form.ok) return data(form.answer, { status: 422 })
	const done = await attempted(() =>
		args.context.services.people.correctFact(actor, name, form.value, form.reason),
	)
	return done.ok
		? redirect(`/people/${name.personId}/facts/${name.kind}/${done.value}?saved=correction`)
		: data(refusedFact(done.refusal, form.sent), { status: done.status })
}

export const meta = titled<typeof loader>('titles.factCorrect', ({ fact: { kind } }, t) => ({
	what: t(`facts.kind_${kind}`),
}))

export default function CorrectFactPage() {
	const words = useWords()
	const { t } = words
	const { fact, person, titles, choices, today } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	return (
		<>
			<p>
				<Link to={`/people/${person.id}/facts/${fact.kind}/${fact.id}`}>
					{person.name}: {factText(words, fact, titles)}
				</Link>
			</p>
			<h1>{t('facts.correctTitle', { kind: t(`facts.kind_${fact.kind}`) })}</h1>
			<p className="muted">{t('facts.correctLead')}</p>
			<ErrorSummary errors={errors} message={answer?.code ? t(`errors.${answer.code}`) : undefined} />
			<FactForm
				kind={fact.kind}
				choices={choices}
				errors={errors}
				values={answer && Object.keys(answer.sent).length > 0 ? answer.sent : factSent(fact)}
				today={today}
				correction={{ keepsFile: fact.file !== null }}
			/>
		</>
	)
}
