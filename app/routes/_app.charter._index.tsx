import type { LoaderFunctionArgs } from '@remix-run/node'
import { Link, useLoaderData } from '@remix-run/react'
import { CharterDocument } from '#app/components/charter-document.tsx'
import { PlacesCard } from '#app/components/charter-places.tsx'
import { CharterHead, CharterSource } from '#app/components/charter-head.tsx'
import { useWords } from '#app/messages/text.tsx'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'charter:read')
	const { charter, amendments } = args.context.services
	return handled(async () => ({
		charter: await charter.show(),
		open: await amendments.open(),
		mayAmend: actor.permissions.has('charter:amend'),
		mayFollow: actor.permissions.has('record:read'),
	}))
}

export const meta = titled('titles.charter')

export default function CharterPage() {
	const { t } = useWords()
	const { charter, open, mayAmend, mayFollow } = useLoaderData<typeof loader>()
	return (
		<>
			<div className="head">
				<h1>{t('charter.title', { title: charter.title, version: charter.version })}</h1>
				{mayAmend ? (
					<Link className="button button-primary" to="/charter/amendments/new">
						{t('charter.amend')}
					</Link>
				) : null}
			</div>
			{open === null ? null : (
				<p className="notice">
					{t(open.state === 'signed' ? 'charter.nextSigned' : 'charter.nextProposed', {
						version: open.version,
					})}{' '}
					{mayFollow ? <Link to={`/charter/amendments/${open.id}`}>{t('charter.nextLink')}</Link> : null}
				</p>
			)}
			<CharterHead charter={charter} />
			{charter.places ? <PlacesCard view={charter.places} reloadTo="/charter" /> : null}
			<CharterDocument charter={charter} />
			<CharterSource yaml={charter.yaml} />
		</>
	)
}
