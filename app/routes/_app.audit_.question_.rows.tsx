import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { QuestionRows } from '#app/components/question-rows.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'
import { readQuestion } from '#app/utils/question-form.server.ts'
import { ROWS_OF } from '#workflows/audit-export/answer.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { titled } from '#app/utils/page-title.ts'

const querySchema = z.object({
	rows: z.enum(ROWS_OF),
	/** Where the page begins: after the access that was approved then and has this id. */
	after: z
		.string()
		.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [0-9a-f-]{36}$/)
		.transform((text) => {
			const [at = '', grantId = ''] = text.split(' ')
			return { createdAt: new Date(at), grantId }
		})
		.optional(),
})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:export')
	return handled(async () => {
		const { audit } = args.context.services
		const { searchParams } = new URL(args.request.url)
		const query = parseParams(querySchema, {
			rows: searchParams.get('rows'),
			after: searchParams.get('after') ?? undefined,
		})
		const { question } = readQuestion(args.request, await audit.charters(actor))
		if (question === null)
			throw new DomainError('INVALID_INPUT', 'The period of the question cannot be read.', {
				field: 'from',
				problem: 'periodNeeded',
			})
		const { rows, next } = await audit.answerRows(actor, question, {
			rows: query.rows,
			after: query.after ?? null,
		})
		return {
			rows,
			of: query.rows,
			zone: question.zone,
			next: next === null ? null : `${next.createdAt.toISOString()} ${next.grantId}`,
		}
	})
}

export const meta = titled<typeof loader>('titles.questionRows', ({ of }, t) => ({
	what: t(`question.rows_${of}`),
}))

export default function QuestionRowsPage() {
	const { t } = useWords()
	const { rows, of, zone, next } = useLoaderData<typeof loader>()
	const [search] = useSearchParams()
	const query = (changes: Record<string, string | null>) => {
		const changed = new URLSearchParams(search)
		for (const [name, value] of Object.entries(changes)) {
			if (value === null) changed.delete(name)
			else changed.set(name, value)
		}
		return changed.toString()
	}
	return (
		<>
			<p>
				<Link to={`/audit/question?${query({ rows: null, after: null })}`}>← {t('question.rowsBack')}</Link>
			</p>
			<h1>{t(`question.rows_${of}`)}</h1>
			<QuestionRows caption={t(`question.rows_${of}`)} rows={rows} zone={zone} />
			<p className="row">
				{search.has('after') ? <Link to={`?${query({ after: null })}`}>{t('question.first')}</Link> : null}
				{next === null ? null : <Link to={`?${query({ after: next })}`}>{t('question.more')}</Link>}
			</p>
		</>
	)
}
