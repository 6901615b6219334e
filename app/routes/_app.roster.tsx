import { NavLink, Outlet } from '@remix-run/react'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'

const PAGES: readonly { to: string; text: TextKey; end?: boolean }[] = [
	{ to: '/roster', text: 'roster.navCoverage', end: true },
	{ to: '/roster/boundaries', text: 'roster.navBoundaries' },
]

/** Coverage, and what it is counted from. It guards nothing: every page inside guards itself. */
export default function RosterLayout() {
	const { t } = useWords()
	return (
		<>
			<nav aria-label={t('roster.navigation')}>
				<ul className="tabs">
					{PAGES.map(({ to, text, end }) => (
						<li key={to}>
							<NavLink to={to} end={end}>
								{t(text)}
							</NavLink>
						</li>
					))}
				</ul>
			</nav>
			<Outlet />
		</>
	)
}
