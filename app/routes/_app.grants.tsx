import type { LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { RequestTable } from '#app/components/request-table.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { useLive } from '#app/utils/use-live.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => ({ grants: await args.context.services.access.liveGrants(actor) }))
}

export const meta = titled('titles.grants')

export default function GrantsPage() {
	const { t } = useWords()
	const { grants } = useLoaderData<typeof loader>()
	useLive(5000)
	return (
		<>
			<h1>{t('grants.title')}</h1>
			<p className="muted">{t('grants.lead')}</p>
			<RequestTable caption={t('grants.title')} requests={grants} empty={t('grants.empty')} />
		</>
	)
}
