import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { TextKey } from '#app/messages/create-text.ts'

const TABS = {
	passkeys: { to: '/passkeys', text: 'api.tabPasskeys' },
	tokens: { to: '/tokens', text: 'api.tabTokens' },
} as const satisfies Record<string, { to: string; text: TextKey }>

/** With what a person, and programs in their place, are let in. */
export function OwnTabs({ current }: { current: keyof typeof TABS }) {
	const { t } = useWords()
	return (
		<nav className="tabs" aria-label={t('api.tabs')}>
			{Object.entries(TABS).map(([key, { to, text }]) => (
				<Link key={key} to={to} aria-current={key === current ? 'page' : undefined}>
					{t(text)}
				</Link>
			))}
		</nav>
	)
}
