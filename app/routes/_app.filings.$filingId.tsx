import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { RefusedRoles } from '#app/components/refused-roles.tsx'
import { RequestTable } from '#app/components/request-table.tsx'
import { Time } from '#app/components/ui/time.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ filingId: z.uuid() })

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const { filingId } = parseParams(paramsSchema, args.params)
		return {
			filing: await args.context.services.access.filing(actor, filingId),
			mayDecide: actor.permissions.has('request:decide'),
		}
	})
}

export const meta = titled('titles.filing')

/** What was asked for in one form, together; each request goes its own way. */
export default function FilingPage() {
	const { t } = useWords()
	const { filing, mayDecide } = useLoaderData<typeof loader>()
	const { requests, refused, token, filedAt, isOwn } = filing
	return (
		<>
			<h1>{t('requests.filingHead', { count: requests.length })}</h1>
			<p className="muted">
				{t('requests.filingLead')} {t('requests.filed')}: <Time at={filedAt} />
				{token === null ? null : ` · ${t('requests.filedByToken', { name: token })}`}
			</p>
			{refused.length > 0 ? (
				<p className="notice">{t('requests.filingPartly', { count: refused.length })}</p>
			) : null}
			<RequestTable caption={t('requests.title')} requests={requests} empty="" />
			<RefusedRoles refused={refused} />
			<p>{mayDecide && !isOwn ? <Link to="/queue">{t('requests.filingQueue')}</Link> : null}</p>
		</>
	)
}
