import { data, type LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { WhatIfForm } from '#app/components/what-if-form.tsx'
import { WhatIfResult } from '#app/components/what-if-result.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { Time } from '#app/components/ui/time.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { peopleAskedOf } from '#app/utils/forecast-query.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const FOUND = 50

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const { forecast, people } = args.context.services
	const query = queryOf(args.request)
	const personIds = peopleAskedOf(args.request)
	const text = query('search')
	return handled(async () => {
		const chosen = await people.names(actor, personIds)
		const found =
			text === undefined ? null : (await people.list(actor, { search: { text }, after: null })).people
		const told =
			chosen.length === 0
				? null
				: await attempted(() => forecast.whatIf(actor, { personIds, day: query('day') ?? null }))
		const refusal = told && !told.ok ? told.refusal : null
		const answer = {
			chosen,
			found:
				found
					?.filter(({ id }) => !personIds.includes(id))
					.slice(0, FOUND)
					.map(({ id, name }) => ({ id, name })) ?? null,
			day: query('day') ?? null,
			told: told?.ok ? told.value : null,
			refusal:
				refusal === null ? null : { field: refusal.field, text: `errors.${refusal.problem ?? refusal.code}` },
		}
		return data(answer, { status: told && !told.ok ? told.status : 200 })
	})
}

export const meta = titled('titles.forecastWhatIf')

export default function WhatIfPage() {
	const { t, format } = useWords()
	const { chosen, found, day, told, refusal } = useLoaderData<typeof loader>()
	const errors: Record<string, string> = {}
	if (refusal?.field) errors[refusal.field] = t(refusal.text as TextKey)
	const count = told?.leaving.length ?? 0
	const title =
		told === null
			? t('forecast.whatIfTitle')
			: day === null
				? t('forecast.whatIfNow', { count })
				: t('forecast.whatIfOn', { count, date: format.date(told.leavesAt) })
	return (
		<>
			<h1>{title}</h1>
			<p className="muted">
				{t('forecast.whatIfLead')}{' '}
				{told ? (
					<>
						{t('forecast.lead')} <Time at={told.at} />.
					</>
				) : null}
			</p>
			<ErrorSummary
				errors={errors}
				message={refusal && !refusal.field ? t(refusal.text as TextKey) : undefined}
			/>
			<WhatIfForm chosen={chosen} found={found} errors={errors} />
			{told ? <WhatIfResult told={told} /> : null}
		</>
	)
}
