import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData } from '@remix-run/react'
import { FileProblems, ImportForm } from '#app/components/import-form.tsx'
import { ImportHistory } from '#app/components/import-history.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { isImportKind, MOST_BYTES, type FileProblem } from '#workflows/people/import/columns.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	return handled(async () => ({ imports: await args.context.services.imports.list(actor) }))
}

type Answer = { errors: Record<string, string>; code: string | null; problems: FileProblem[]; what: string }

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	// Said before it is read: a form is only a little larger than its file.
	const isTooLarge = Number(args.request.headers.get('content-length') ?? 0) > MOST_BYTES + 50_000
	const form = isTooLarge ? new FormData() : await args.request.formData()
	const what = form.get('what')
	const file = form.get('file')
	const answer = (more: Partial<Answer>, status: number) =>
		data<Answer>(
			{ errors: {}, code: null, problems: [], what: typeof what === 'string' ? what : 'people', ...more },
			{ status },
		)
	if (isTooLarge) return answer({ problems: [{ problem: 'TOO_MANY_BYTES' }] }, 422)
	const errors: Record<string, string> = {}
	if (typeof what !== 'string' || !isImportKind(what)) errors.what = 'errors.required'
	if (!(file instanceof File) || (file.size === 0 && file.name === '')) errors.file = 'imports.fileNeeded'
	if (typeof what !== 'string' || !isImportKind(what) || !(file instanceof File) || errors.file)
		return answer({ errors }, 422)
	const bytes = new Uint8Array(await file.arrayBuffer())
	const done = await attempted(() => args.context.services.imports.examine(actor, { what, bytes }))
	if (!done.ok) return answer({ code: done.refusal.code }, done.status)
	return 'problems' in done.value
		? answer({ problems: done.value.problems }, 422)
		: redirect(`/people/import/${done.value.importId}`)
}

export const meta = titled('titles.imports')

export default function ImportPage() {
	const { t } = useWords()
	const { imports } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	return (
		<>
			<p>
				<Link to="/people">{t('people.title')}</Link>
			</p>
			<h1>{t('imports.title')}</h1>
			<p className="muted">{t('imports.lead')}</p>
			<ErrorSummary
				errors={errors}
				message={answer?.code ? t(`errors.${answer.code}` as TextKey) : undefined}
			/>
			<FileProblems problems={answer?.problems ?? []} />
			<ImportForm errors={errors} what={answer?.what ?? 'people'} />
			<ImportHistory imports={imports} />
		</>
	)
}
