import { data, type LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData, useSearchParams } from '@remix-run/react'
import { RosterFilter } from '#app/components/roster-filter.tsx'
import { RosterRow } from '#app/components/roster-row.tsx'
import { rosterFormats } from '#app/components/roster-words.ts'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { RosterView } from '#app/services/roster/views.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { TIME_ZONES } from '#app/utils/history-filter.server.ts'
import { titled } from '#app/utils/page-title.ts'
import { answerable, rosterQueryOf } from '#app/utils/roster-query.server.ts'

/** Fields of this page by what the use case calls them. */
const FIELDS: Readonly<Record<string, string>> = { person: 'absent' }

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'forecast:read')
	const { roster } = args.context.services
	return handled(async () => {
		const query = rosterQueryOf(args.request)
		const asked = await attempted(() => roster.show(actor, query))
		const errors: Record<string, string> = {}
		if (asked.ok) return { view: asked.value, errors, zones: TIME_ZONES }
		const { field, problem, code } = asked.refusal
		errors[(field === null ? undefined : FIELDS[field]) ?? field ?? 'form'] = `errors.${problem ?? code}`
		// What was asked cannot be answered; what there is can be shown all the same, and what was typed stays.
		const view = await roster.show(actor, answerable(query, field))
		return data({ view, errors, zones: TIME_ZONES }, { status: asked.status })
	})
}

/** The page's one sentence: whether there are too few people, now or later. */
function useHeadline({ rows, until, zone, at }: RosterView): string {
	const { t, language } = useWords()
	const format = rosterFormats(language, zone)
	if (rows.length === 0) return t('roster.titleNothing')
	const gaps = rows.flatMap((row) => row.gaps)
	const date = format.date(new Date(Date.parse(until) - 1).toISOString())
	const first = gaps.map(({ from }) => from).sort()[0]
	if (first === undefined) return t('roster.titleFine', { date })
	return first <= at
		? t('roster.titleNow', { count: gaps.length, date })
		: t('roster.titleLater', { count: gaps.length, date, at: format.instant(first) })
}

export const meta = titled('titles.roster')

export default function RosterPage() {
	const { t, language } = useWords()
	const [search] = useSearchParams()
	const { view, errors, zones } = useLoaderData<typeof loader>()
	const told = Object.fromEntries(Object.entries(errors).map(([field, text]) => [field, t(text as TextKey)]))
	const { form: formError, ...fields } = told
	const { rows, absent, at, zone, maySeePeople } = view
	const format = rosterFormats(language, zone)
	const query = search.toString()
	return (
		<>
			<div className="head">
				<h1>{useHeadline(view)}</h1>
				<a className="button" href={`/roster.csv${query === '' ? '' : `?${query}`}`} download>
					{t('roster.csv')}
				</a>
			</div>
			<p className="muted">
				{t('roster.lead')} <time dateTime={at}>{format.instant(at)}</time>. {t('roster.leadEnd')}{' '}
				{maySeePeople ? null : t('roster.noNames')}
			</p>
			<ErrorSummary errors={fields} message={formError} />
			<RosterFilter view={view} zones={zones} errors={fields} />
			{absent ? (
				<p className="notice" role="status">
					{t('roster.imagined', {
						name: absent.person.name,
						from: format.instant(absent.from),
						until: format.instant(absent.until),
					})}{' '}
					{rows.some(({ gaps }) => gaps.some(({ isNew }) => isNew)) ? null : t('roster.imaginedNone')}
				</p>
			) : null}
			{rows.map((row) => (
				<RosterRow key={row.key} row={row} view={view} />
			))}
		</>
	)
}
