import { redirect, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData, useSearchParams } from '@remix-run/react'
import { ExplainForm } from '#app/components/explain-form.tsx'
import { Explanation } from '#app/components/explanation.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { explanationHeadline } from '#app/messages/explanation-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { explainFormOf } from '#app/utils/explain-form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

/** The same question about this person, without the fields that were left empty. */
function withPerson(search: URLSearchParams, id: string): string {
	const next = new URLSearchParams([...search].filter(([, value]) => value !== ''))
	next.set('person', id)
	return `/charter/explain?${next.toString()}`
}

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'eligibility:explain')
	const { charter } = args.context.services
	const query = queryOf(args.request)
	const { question, errors } = explainFormOf(args.request)
	return handled(async () => {
		const asked = query('person')
		const versions = (await charter.versions()).map(({ version }) => version)
		const choices = await charter.explainable(actor, question.version)
		const found = asked === undefined ? [] : await charter.findExplainable(actor, asked)
		const [only, ...others] = found
		const isOne = only !== undefined && others.length === 0
		// The address then names the person, whoever else may come to bear that name.
		if (isOne && only.id !== asked)
			throw redirect(withPerson(new URL(args.request.url).searchParams, only.id))
		const personId = isOne ? only.id : undefined
		const isAsked = personId !== undefined && question.role !== '' && Object.keys(errors).length === 0
		const told = isAsked ? await attempted(() => charter.explain(actor, { ...question, personId })) : null
		return {
			choices,
			versions,
			errors,
			candidates: personId === undefined ? found : [],
			personName: isOne ? only.name : undefined,
			isNobody: asked !== undefined && found.length === 0,
			told: told?.ok ? told.value : null,
			refusal: told && !told.ok ? told.refusal : null,
			maySeePeople: actor.permissions.has('people:read'),
		}
	})
}

export const meta = titled('titles.explain')

export default function ExplainPage() {
	const words = useWords()
	const { t } = words
	const { choices, versions, errors, candidates, personName, isNobody, told, refusal, maySeePeople } =
		useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	const named = Object.fromEntries(Object.entries(errors).map(([id, key]) => [id, t(key as TextKey)]))
	const form = <ExplainForm choices={choices} versions={versions} errors={named} personName={personName} />
	return (
		<>
			<h1>{told ? explanationHeadline(words, told) : t('explain.title')}</h1>
			{told ? null : <p className="muted">{t('explain.lead')}</p>}
			<ErrorSummary
				errors={isNobody ? { ...named, person: t('explain.nobody') } : named}
				message={refusal ? t(`errors.${refusal.code}`) : undefined}
			/>
			{candidates.length > 0 ? (
				<section className="card" aria-labelledby="candidates">
					<h2 id="candidates">{t('explain.choose')}</h2>
					<ul className="bullets">
						{candidates.map(({ id, name }) => (
							<li key={id}>
								<Link to={withPerson(search, id)}>{name}</Link>
							</li>
						))}
					</ul>
				</section>
			) : null}
			{told ? (
				<details className="card no-print">
					<summary>{t('explain.askAnother')}</summary>
					{form}
				</details>
			) : (
				<div className="card">{form}</div>
			)}
			{told ? <Explanation told={told} maySeePeople={maySeePeople} /> : null}
		</>
	)
}
