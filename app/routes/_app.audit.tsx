import { data, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData, useLocation } from '@remix-run/react'
import { ExportList, RecentExports } from '#app/components/export-list.tsx'
import { FindingHistoryTable } from '#app/components/finding-history-table.tsx'
import { HistoryFilterForm } from '#app/components/history-filter.tsx'
import { HistoryTable } from '#app/components/history-table.tsx'
import { LockboxHistoryTable } from '#app/components/lockbox-history-table.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { scopeInWords } from '#app/messages/scope-in-words.ts'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { sentFilterOf, readHistoryFilter, TIME_ZONES } from '#app/utils/history-filter.server.ts'
import { attempted, handled, queryOf, refusedFile } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const SHOWN = 200
/** More people than this are found by name, not in a list. */
const LISTED = 60

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:export')
	const form = readHistoryFilter(args.request)
	const find = queryOf(args.request)('find') ?? ''
	return handled(async () => {
		const { audit } = args.context.services
		const choices = await audit.choices(actor)
		const isLong = choices.people.length > LISTED
		const chosen = new Set(form.filter.people)
		const isListed = (name: string) =>
			find === '' ? !isLong : name.toLocaleLowerCase().includes(find.toLocaleLowerCase())
		const people = choices.people.filter(({ id, name }) => chosen.has(id) || isListed(name)).slice(0, 500)
		const isReadable = Object.keys(form.errors).length === 0
		const told = isReadable ? await attempted(() => audit.history(actor, form.filter, SHOWN)) : null
		const { field, problem } = told && !told.ok ? told.refusal : {}
		const refused = refusedFile(args.request)
		const page = {
			choices: { ...choices, people },
			isLong,
			zones: TIME_ZONES,
			sent: { ...sentFilterOf(args.request, form), find },
			errors: field && problem ? { [field]: `errors.${problem}` } : form.errors,
			scope: {
				people: form.filter.people.length,
				roles: form.filter.roles.length,
				facilities: form.filter.facilities.length,
				boundaries: form.filter.boundaries.length,
				from: form.filter.from?.toISOString() ?? null,
				until: form.filter.until?.toISOString() ?? null,
				zone: form.zone,
			},
			history: told?.ok ? told.value : null,
			exports: await audit.exports(actor),
			/** Why the file that was asked for cannot be had; what is wrong with the filter is said at its fields. */
			refused: refused !== null && isReadable ? refused.code : null,
		}
		return data(page, { status: refused?.status ?? (isReadable ? 200 : 422) })
	})
}

export const meta = titled('titles.audit')

export default function AuditPage() {
	const words = useWords()
	const { t } = words
	const { choices, isLong, zones, sent, errors, scope, history, exports, refused } =
		useLoaderData<typeof loader>()
	const search = withoutRefusal(useLocation().search)
	const named = Object.fromEntries(Object.entries(errors).map(([id, key]) => [id, t(key as TextKey)]))
	return (
		<>
			<div className="head">
				<h1>{t('audit.title')}</h1>
				<span className="row">
					<Link className="button" to="/audit/question">
						{t('question.linkButton')}
					</Link>
					<Link to="/audit/shares">{t('shares.all')}</Link>
				</span>
			</div>
			<p className="muted">{t('audit.lead')}</p>
			<ErrorSummary
				errors={named}
				message={refused === null ? undefined : `${t('audit.noFile')} ${t(`errors.${refused}`)}`}
			/>
			<HistoryFilterForm choices={choices} zones={zones} sent={sent} errors={named} isLong={isLong} />
			{history === null ? null : (
				<>
					<p aria-live="polite">
						{scopeInWords(words, scope)} {t('audit.count', { count: history.rows.length })}{' '}
						{history.isWhole ? null : t('audit.partial', { count: history.rows.length })}
					</p>
					<ExportList query={search} />
					<HistoryTable rows={history.rows} />
					<h2 id="content">{t('audit.contentTitle')}</h2>
					<p>
						{t('audit.contentCount', { count: history.lockboxes.rows.length })}{' '}
						{history.lockboxes.isWhole ? null : t('audit.partial', { count: history.lockboxes.rows.length })}
					</p>
					<LockboxHistoryTable rows={history.lockboxes.rows} />
					<h2 id="findings">{t('audit.findingsTitle')}</h2>
					<p>
						{t('audit.findingsCount', { count: history.findings.rows.length })}{' '}
						{history.findings.isWhole ? null : t('audit.partial', { count: history.findings.rows.length })}
					</p>
					<FindingHistoryTable rows={history.findings.rows} />
				</>
			)}
			<RecentExports exports={exports} />
		</>
	)
}

/** The filter of the page's address, for links of files: why the last file was refused is no part of it. */
function withoutRefusal(search: string): string {
	const query = new URLSearchParams(search)
	query.delete('refused')
	return query.size === 0 ? '' : `?${query}`
}
