import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { FactActs } from '#app/components/fact-acts.tsx'
import { FactDetails } from '#app/components/fact-details.tsx'
import { factText } from '#app/components/fact-words.ts'
import { FactBadges } from '#app/components/person-facts.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { dayField, parseForm } from '#app/utils/form.server.ts'
import { requireActor, requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams } from '#app/utils/http.server.ts'
import { FACT_KINDS } from '#workflows/people/facts/fact-kinds.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ personId: z.uuid(), kind: z.enum(FACT_KINDS), factId: z.uuid() })
const reason = z.string().trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong')
const endDay = dayField.refine((day) => day !== null, 'errors.date').transform((day) => day ?? new Date(0))
const actSchema = z.discriminatedUnion('act', [
	z.object({ act: z.literal('verify') }),
	z.object({ act: z.literal('end'), validUntil: endDay, reason }),
	z.object({ act: z.literal('withdraw'), reason }),
	z.object({ act: z.literal('approved'), reason }),
	z.object({ act: z.literal('refused'), reason }),
	z.object({ act: z.literal('debrief'), reason }),
	z.object({ act: z.literal('triage'), reason }),
])

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const name = parseParams(paramsSchema, args.params)
		const { people, now } = args.context.services
		return {
			...(await people.fact(actor, name)),
			mayRecord: actor.permissions.has('people:record') && actor.personId !== name.personId,
			today: now().toISOString().slice(0, 10),
		}
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const name = parseParams(paramsSchema, args.params)
	const { people } = args.context.services
	const read = parseForm(await args.request.formData(), actSchema)
	const refused = (errors: Record<string, string>, code: string | null, status: number) =>
		data({ errors, code, sent: read.sent }, { status })
	if (!read.ok) return refused(read.errors, null, 422)
	const form = read.value
	const done = await attempted(async () => {
		switch (form.act) {
			case 'verify':
				await people.verifyFact(actor, name)
				return name.factId
			case 'end':
				return people.endFact(actor, name, form)
			case 'withdraw':
				await people.withdrawFact(actor, name, form.reason)
				return name.factId
			case 'debrief':
				await people.debriefTravel(actor, { ...name, reason: form.reason })
				return name.factId
			case 'triage':
				await people.triageEvent(actor, { ...name, reason: form.reason })
				return name.factId
			default:
				await people.decideTravel(actor, { ...name, reason: form.reason, verdict: form.act })
				return name.factId
		}
	})
	if (done.ok) return redirect(`/people/${name.personId}/facts/${name.kind}/${done.value}?saved=${form.act}`)
	const { field, problem, code } = done.refusal
	return field === null
		? refused({}, code, done.status)
		: refused({ [field]: `errors.${problem ?? code}` }, null, done.status)
}

export const meta = titled<typeof loader>('titles.fact', ({ fact: { kind } }, t) => ({
	what: t(`facts.kind_${kind}`),
}))

export default function FactPage() {
	const words = useWords()
	const { t } = words
	const view = useLoaderData<typeof loader>()
	const { fact, person, titles, mayRecord, today, liveAccesses } = view
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	return (
		<>
			<p>
				<Link to={`/people/${person.id}`}>{person.name}</Link>
			</p>
			<h1>
				{t(`facts.kind_${fact.kind}`)}: {factText(words, fact, titles)}
			</h1>
			<ErrorSummary
				errors={errors}
				message={answer?.code ? t(`errors.${answer.code}` as TextKey) : undefined}
			/>
			{search.get('saved') && !answer ? (
				<p className="notice notice-good" role="status">
					{t('facts.saved')}
				</p>
			) : null}
			<p className="row">
				<FactBadges fact={fact} isLive={liveAccesses > 0} />
			</p>
			<div className="columns">
				<FactDetails view={view} />
				{mayRecord && fact.status !== 'retracted' ? (
					<FactActs
						fact={fact}
						personId={person.id}
						errors={errors}
						sent={answer?.sent ?? NOTHING_SENT}
						today={today}
					/>
				) : null}
			</div>
		</>
	)
}

const NOTHING_SENT: Record<string, string> = {}
