import { Form, Link, NavLink, useLocation } from '@remix-run/react'
import type { ReactNode } from 'react'
import type { FrameView } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { MOST_COUNTED } from '#workflows/notify/notice-kinds.ts'
import { Shortcuts } from './shortcuts.tsx'
import { Button } from './ui/form.tsx'
import { Icon, type IconName } from './ui/icon.tsx'
import { Ago, UtcClock } from './ui/time.tsx'

type Item = {
	to: string
	text: TextKey
	icon: IconName
	needs?: readonly string[]
	needsAny?: readonly string[]
}

/** The navigation, by what the person may do. */
const ITEMS: readonly Item[] = [
	{ to: '/', text: 'shell.myWork', icon: 'inbox' },
	{ to: '/queue', text: 'shell.queue', icon: 'hourglass', needs: ['request:decide'] },
	{ to: '/requests', text: 'shell.requests', icon: 'list' },
	{ to: '/grants', text: 'shell.grants', icon: 'key' },
	{ to: '/break-glass', text: 'breakGlass.nav', icon: 'alarm' },
	// Whoever may ask inside sees there what they asked for.
	{ to: '/lockbox', text: 'lockbox.nav', icon: 'shield', needsAny: ['lockbox:read', 'request:file'] },
	{ to: '/findings', text: 'findings.nav', icon: 'audit', needs: ['finding:read'] },
	{ to: '/people', text: 'shell.people', icon: 'people', needs: ['people:read'] },
	{ to: '/vetting', text: 'shell.vetting', icon: 'shield', needs: ['vetting:run'] },
	{ to: '/forecast', text: 'shell.forecast', icon: 'forecast', needs: ['forecast:read'] },
	{ to: '/roster', text: 'roster.nav', icon: 'clock', needs: ['forecast:read'] },
	{ to: '/readiness', text: 'readiness.nav', icon: 'audit', needs: ['readiness:read'] },
	{ to: '/facilities', text: 'shell.facilities', icon: 'facility', needs: ['presence:manage'] },
	{ to: '/delivery', text: 'shell.delivery', icon: 'send', needs: ['telling:manage'] },
	{ to: '/charter', text: 'shell.charter', icon: 'charter' },
	{ to: '/audit', text: 'shell.audit', icon: 'audit', needs: ['record:export'] },
	{ to: '/record', text: 'shell.record', icon: 'record', needs: ['record:read'] },
]

/** The frame of every page for somebody who is signed in. */
export function AppShell({
	frame,
	theme,
	children,
}: {
	frame: FrameView
	theme: string
	children: ReactNode
}) {
	const { t } = useWords()
	const has = (permission: string) => frame.permissions.some((held) => held === permission)
	const items = ITEMS.filter(
		({ needs, needsAny }) => (needs?.every(has) ?? true) && (needsAny?.some(has) ?? true),
	)
	return (
		<div className="shell">
			<a className="skip" href="#content">
				{t('shell.skip')}
			</a>
			<TopBar frame={frame} theme={theme} />
			<nav className="nav" aria-label={t('shell.navigation')}>
				<details>
					<summary className="nav-toggle">{t('shell.menu')}</summary>
				</details>
				<ul className="nav-list">
					{items.map(({ to, text, icon }) => (
						<li key={to}>
							<NavLink to={to} end={to === '/'}>
								<Icon name={icon} />
								{t(text)}
							</NavLink>
						</li>
					))}
				</ul>
			</nav>
			<main className="main" id="content" tabIndex={-1}>
				{children}
			</main>
			<Footer record={frame.record} mayFindPeople={frame.permissions.includes('people:read')} />
		</div>
	)
}

function TopBar({ frame, theme }: { frame: FrameView; theme: string }) {
	const { t } = useWords()
	const isSandbox = frame.tenant.kind === 'sandbox'
	return (
		<header className="bar">
			<Link className="brand" to="/">
				<img src="/favicon.svg" alt="" width="24" height="24" />
				{t('shell.product')}
			</Link>
			<span className="chip">
				<span className="visually-hidden">{t('shell.boundary')}: </span>
				{frame.boundary}
			</span>
			<span className={`chip ${isSandbox ? 'chip-sandbox' : ''}`}>
				{isSandbox ? t('shell.sandbox') : t('shell.tenant', { name: frame.tenant.name })}
			</span>
			<span className="spacer" />
			<Preferences theme={theme} />
			<Bell unseen={frame.unseen} />
			<Link className="chip" to="/passkeys">
				<Icon name="key" />
				{t('shell.passkeys', { count: frame.passkeys })}
			</Link>
			<span>{frame.person.name}</span>
			<Form method="post" action="/sign-out">
				<Button look="small">{t('shell.signOut')}</Button>
			</Form>
		</header>
	)
}

/** How much is new in the inbox; said in words for whoever does not see the number. */
function Bell({ unseen }: { unseen: number }) {
	const { t, format } = useWords()
	const isMany = unseen >= MOST_COUNTED
	const label = isMany
		? t('notify.bellMany', { count: MOST_COUNTED - 1 })
		: t('notify.bell', { count: unseen })
	return (
		<Link className={unseen > 0 ? 'chip chip-new' : 'chip'} to="/inbox" aria-label={label}>
			<Icon name="bell" />
			<span aria-hidden="true">
				{t('notify.bellText')}
				{unseen > 0 ? ` ${isMany ? `${MOST_COUNTED - 1}+` : format.number(unseen)}` : ''}
			</span>
		</Link>
	)
}

/** Appearance and language; a plain form, so that they work without JavaScript. */
export function Preferences({ theme }: { theme: string }) {
	const { t, language } = useWords()
	const { pathname, search } = useLocation()
	return (
		<Form method="post" action="/preferences" className="row" reloadDocument>
			<input type="hidden" name="returnTo" value={pathname + search} />
			<label className="visually-hidden" htmlFor="theme">
				{t('shell.theme')}
			</label>
			<select className="input input-small" id="theme" name="theme" defaultValue={theme} key={theme}>
				<option value="system">{t('shell.system')}</option>
				<option value="light">{t('shell.light')}</option>
				<option value="dark">{t('shell.dark')}</option>
			</select>
			<label className="visually-hidden" htmlFor="language">
				{t('shell.language')}
			</label>
			<select
				className="input input-small"
				id="language"
				name="language"
				defaultValue={language}
				key={language}
			>
				<option value="en" lang="en">
					English
				</option>
				<option value="de" lang="de">
					Deutsch
				</option>
			</select>
			<Button look="small">{t('shell.save')}</Button>
		</Form>
	)
}

function Footer({ record, mayFindPeople }: { record: FrameView['record']; mayFindPeople: boolean }) {
	const { t, format } = useWords()
	const [before, after] = t('shell.recordState', { size: format.number(record.size), ago: '\u0000' }).split(
		'\u0000',
	)
	return (
		<footer className="foot">
			<span>
				{record.signedAt === null ? (
					t('shell.recordEmpty')
				) : (
					<>
						{before}
						<Ago at={record.signedAt} />
						{after}
					</>
				)}
			</span>
			{record.pending > 0 ? <span>{t('shell.pending', { count: record.pending })}</span> : null}
			<span className="spacer" />
			<Shortcuts mayFindPeople={mayFindPeople} />
			<UtcClock />
		</footer>
	)
}
