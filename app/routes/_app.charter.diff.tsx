import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { CharterChangesView } from '#app/components/charter-changes.tsx'
import { TextDiffView } from '#app/components/text-diff.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, parseParams, queryOf } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const number = z.coerce.number().int().min(1).max(1_000_000)
const querySchema = z.object({ from: number, to: number })

export async function loader(args: LoaderFunctionArgs) {
	await requirePermission(args, 'charter:read')
	const query = queryOf(args.request)
	return handled(async () => {
		const { from, to } = parseParams(querySchema, { from: query('from'), to: query('to') })
		return { diff: await args.context.services.charter.diff(from, to) }
	})
}

export const meta = titled('titles.charterDiff')

export default function DiffPage() {
	const { t } = useWords()
	const { diff } = useLoaderData<typeof loader>()
	const { from, to, text, changes } = diff
	const title = t('charter.diffTitle', { from: from.version, to: to.version })
	return (
		<>
			<div className="head">
				<h1>{title}</h1>
				<Link className="button" to="/charter/versions">
					{t('charter.navVersions')}
				</Link>
			</div>
			<section className="card">
				<h2>{t('amendments.inWords')}</h2>
				<CharterChangesView changes={changes} />
			</section>
			<section className="stack">
				<h2>{t('amendments.inText')}</h2>
				<TextDiffView diff={text} label={title} />
			</section>
		</>
	)
}
