import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { ImportActs, ImportCounts, ImportRows } from '#app/components/import-result.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { readForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ importId: z.uuid() })
const formSchema = z
	.object({ intent: z.enum(['apply', 'discard']), confirmed: z.literal('yes').optional() })
	.refine(({ intent, confirmed }) => intent === 'discard' || confirmed === 'yes', {
		path: ['confirmed'],
		message: 'errors.required',
	})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	return handled(async () => {
		const { importId } = parseParams(paramsSchema, args.params)
		const query = queryOf(args.request)
		const page = Number(query('page') ?? 1) - 1
		return args.context.services.imports.show(actor, importId, {
			onlyErrors: query('only') === 'errors',
			page: Number.isSafeInteger(page) ? page : 0,
		})
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	const { importId } = parseParams(paramsSchema, args.params)
	const read = await readForm(args.request, formSchema)
	if (!read.ok) return data({ error: 'imports.confirmNeeded', code: null }, { status: 422 })
	const { imports } = args.context.services
	const done = await attempted(async () => {
		if (read.value.intent === 'apply') return imports.apply(actor, importId)
		await imports.discard(actor, importId)
		return null
	})
	if (!done.ok) return data({ error: null, code: done.refusal.code }, { status: done.status })
	if (done.value === null) return redirect('/people/import')
	return redirect(`/people/import/${importId}${done.value.altered ? '?altered' : ''}`)
}

export const meta = titled('titles.import')

export default function ImportedPage() {
	const { t, format } = useWords()
	const view = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const error = answer?.error ? t(answer.error as TextKey) : undefined
	return (
		<>
			<p>
				<Link to="/people/import">{t('imports.title')}</Link>
			</p>
			<h1>
				{t(view.what === 'people' ? 'imports.people' : (`facts.kinds_${view.what}` as TextKey))}:{' '}
				{t(`imports.state_${view.state}`)}
			</h1>
			<ErrorSummary
				errors={error ? { confirmed: error } : undefined}
				message={answer?.code ? t(`errors.${answer.code}` as TextKey) : undefined}
			/>
			{search.has('altered') && view.state === 'waiting' ? (
				<p className="notice notice-bad" role="alert">
					{t('imports.altered')}
				</p>
			) : null}
			{view.state === 'applied' ? (
				<p className="notice notice-good" role="status">
					{t('imports.appliedNow', { date: format.date(view.appliedAt ?? view.uploadedAt) })}
				</p>
			) : null}
			<ImportCounts view={view} />
			{view.state === 'waiting' ? (
				<>
					<ImportActs view={view} error={error} />
					<ImportRows view={view} onlyErrors={search.get('only') === 'errors'} />
				</>
			) : (
				<p className="muted">{t('imports.gone')}</p>
			)}
		</>
	)
}
