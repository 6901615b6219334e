import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { CharterDocument } from '#app/components/charter-document.tsx'
import { CharterHead, CharterSource } from '#app/components/charter-head.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ version: z.coerce.number().int().min(1).max(1_000_000) })

export async function loader(args: LoaderFunctionArgs) {
	await requirePermission(args, 'charter:read')
	return handled(async () => {
		const { version } = parseParams(paramsSchema, args.params)
		return { charter: await args.context.services.charter.version(version) }
	})
}

export const meta = titled<typeof loader>('titles.charterVersion', ({ charter: { version } }) => ({
	version,
}))

export default function VersionPage() {
	const { t } = useWords()
	const { charter } = useLoaderData<typeof loader>()
	const { version, isInForce } = charter
	return (
		<>
			<div className="head">
				<h1>{t(isInForce ? 'charter.title' : 'charter.titlePast', { title: charter.title, version })}</h1>
				{version > 1 ? (
					<Link className="button" to={`/charter/diff?from=${version - 1}&to=${version}`}>
						{t('charter.compareWith', { version: version - 1 })}
					</Link>
				) : null}
			</div>
			<CharterHead charter={charter} />
			<CharterDocument charter={charter} />
			<CharterSource yaml={charter.yaml} />
		</>
	)
}
