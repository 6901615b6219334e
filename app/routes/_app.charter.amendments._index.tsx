import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { AmendmentTable } from '#app/components/amendment-table.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:read')
	return handled(async () => ({
		amendments: await args.context.services.amendments.list(actor),
		mayAmend: actor.permissions.has('charter:amend'),
	}))
}

const OPEN = new Set(['draft', 'proposed', 'signed'])

export const meta = titled('titles.amendments')

export default function AmendmentsPage() {
	const { t } = useWords()
	const { amendments, mayAmend } = useLoaderData<typeof loader>()
	const open = amendments.filter(({ state }) => OPEN.has(state))
	const settled = amendments.filter(({ state }) => !OPEN.has(state))
	return (
		<>
			<div className="head">
				<h1>{t('amendments.title', { count: open.length })}</h1>
				{mayAmend ? (
					<Link className="button button-primary" to="/charter/amendments/new">
						{t('charter.amend')}
					</Link>
				) : null}
			</div>
			<h2>{t('amendments.open')}</h2>
			<AmendmentTable
				caption={t('amendments.open')}
				amendments={open}
				empty={t(mayAmend ? 'amendments.openNoneOwner' : 'amendments.openNone')}
			/>
			<h2>{t('amendments.settled')}</h2>
			<AmendmentTable
				caption={t('amendments.settled')}
				amendments={settled}
				empty={t('amendments.settledNone')}
			/>
		</>
	)
}
