import { NavLink, Outlet, useRouteLoaderData } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import type { loader as frameLoader } from './_app.tsx'

const PAGES: readonly { to: string; text: TextKey; needs?: string; end?: boolean }[] = [
	{ to: '/charter', text: 'charter.navInForce', end: true },
	{ to: '/charter/versions', text: 'charter.navVersions' },
	{ to: '/charter/amendments', text: 'charter.navAmendments', needs: 'record:read' },
	{ to: '/charter/explain', text: 'charter.navExplain', needs: 'eligibility:explain' },
]

/** What belongs to the charter, side by side. It guards nothing: every page inside guards itself. */
export default function CharterLayout() {
	const { t } = useWords()
	const data = useRouteLoaderData<typeof frameLoader>('routes/_app')
	const held = data?.frame.permissions ?? []
	return (
		<>
			<nav aria-label={t('charter.navigation')}>
				<ul className="tabs">
					{PAGES.filter(({ needs }) => needs === undefined || held.includes(needs)).map(
						({ to, text, end }) => (
							<li key={to}>
								<NavLink to={to} end={end}>
									{t(text)}
								</NavLink>
							</li>
						),
					)}
				</ul>
			</nav>
			<Outlet />
		</>
	)
}
