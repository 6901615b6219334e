import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { TextKey } from '#app/messages/create-text.ts'

const TABS = {
	new: { to: '/inbox', text: 'notify.tabNew' },
	seen: { to: '/inbox?show=seen', text: 'notify.tabSeen' },
	preferences: { to: '/inbox/preferences', text: 'notify.tabPreferences' },
} as const satisfies Record<string, { to: string; text: TextKey }>

/** The parts of the inbox, each an address of its own. */
export function InboxTabs({ current }: { current: keyof typeof TABS }) {
	const { t } = useWords()
	return (
		<nav className="tabs" aria-label={t('notify.tabs')}>
			{Object.entries(TABS).map(([key, { to, text }]) => (
				<Link key={key} to={to} aria-current={key === current ? 'page' : undefined}>
					{t(text)}
				</Link>
			))}
		</nav>
	)
}
