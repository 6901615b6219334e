import { NavLink, Outlet, useRouteLoaderData } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import type { loader as frameLoader } from './_app.tsx'

const PAGES: readonly { to: string; text: TextKey; needs?: string; end?: boolean }[] = [
	{ to: '/forecast', text: 'forecast.navCoverage', end: true },
	{ to: '/forecast/lapses', text: 'forecast.navLapses', needs: 'people:record' },
	{ to: '/forecast/renewals', text: 'forecast.navRenewals', needs: 'people:record' },
	{ to: '/forecast/what-if', text: 'forecast.navWhatIf', needs: 'people:record' },
]

/** What is to come, side by side. It guards nothing: every page inside guards itself. */
export default function ForecastLayout() {
	const { t } = useWords()
	const frame = useRouteLoaderData<typeof frameLoader>('routes/_app')
	const held = frame?.frame.permissions ?? []
	const pages = PAGES.filter(({ needs }) => needs === undefined || held.includes(needs))
	return (
		<>
			{pages.length > 1 ? (
				<nav aria-label={t('forecast.navigation')}>
					<ul className="tabs">
						{pages.map(({ to, text, end }) => (
							<li key={to}>
								<NavLink to={to} end={end}>
									{t(text)}
								</NavLink>
							</li>
						))}
					</ul>
				</nav>
			) : null}
			<Outlet />
		</>
	)
}
