import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { weaknessesOf } from '#workflows/tenant/watched-account.ts'
import type { WatchedView } from '#app/services/findings/views.ts'
import { Icon } from './ui/icon.tsx'
import { Ago, Time } from './ui/time.tsx'

/** Accounts for the day that nothing else works: what they hold and who used them is shown, and nothing here ever touches them. */
export function WatchedAccounts({ watched }: { watched: readonly WatchedView[] }) {
	const { t } = useWords()
	return (
		<section className="card" data-testid="watched">
			<h2>{t('findings.watched')}</h2>
			<p className="muted">{t('findings.watchedLead')}</p>
			{watched.length === 0 ? <p>{t('findings.watchedNone')}</p> : null}
			{watched.map((account) => (
				<article key={account.objectId} className="stack">
					<h3>
						{account.title} {account.name === null ? null : <span className="muted">{account.name}</span>}
					</h3>
					<p className="muted small breaks">
						<code>{account.objectId}</code>
					</p>
					<Alarms account={account} />
					<dl className="facts">
						<dt>{t('findings.watchedSignIn')}</dt>
						<dd data-testid="last-sign-in">
							<LastSignIn account={account} />
						</dd>
						<dt>{t('findings.watchedHolds')}</dt>
						<dd>
							<Holdings account={account} />
						</dd>
						<dt>{t('findings.watchedMethods')}</dt>
						<dd>{methodsText(account, t)}</dd>
						<dt>{t('findings.watchedLooked')}</dt>
						<dd>
							{account.lookedAt === null ? t('findings.watchedUnknown') : <Ago at={account.lookedAt} />}
						</dd>
					</dl>
					<Unread account={account} />
				</article>
			))}
		</section>
	)
}

type Of = { account: WatchedView }

/** What makes an account for emergencies useless, or dangerous, before anybody needs it. */
function Alarms({ account: { seen } }: Of) {
	const { t } = useWords()
	const lines = weaknessesOf(seen).map((weakness) => {
		switch (weakness.is) {
			case 'held':
				return t('findings.watchedHeld', { policies: weakness.policies.map(({ name }) => name).join(', ') })
			case 'noKey':
				return t('findings.watchedNoPasskey')
			case 'absent':
			case 'disabled':
				return t(`findings.watchedIs_${weakness.is}`)
		}
	})
	if (lines.length === 0) return null
	return (
		<div className="notice notice-bad">
			<ul className="bullets">
				{lines.map((line) => (
					<li key={line}>{line}</li>
				))}
			</ul>
		</div>
	)
}

function LastSignIn({ account: { lastSignIn, signInsReadTo } }: Of) {
	const { t } = useWords()
	if (lastSignIn === null)
		return signInsReadTo === null ? t('findings.watchedUnknown') : t('findings.watchedNeverSignedIn')
	const { at, succeeded, application, ipAddress } = lastSignIn
	return (
		<>
			<span>
				<strong>{t(succeeded ? 'findings.watchedSucceeded' : 'findings.watchedFailed')}</strong>{' '}
				<Time at={at} />
			</span>
			<br />
			<span className="muted small breaks">
				{[application, ipAddress].filter((part) => part !== null).join(' · ')}
			</span>
		</>
	)
}

function Holdings({ account: { holdings, isKnown } }: Of) {
	const { t } = useWords()
	if (holdings.length === 0) return t(isKnown ? 'findings.watchedHoldsNone' : 'findings.watchedUnknown')
	return (
		<ul className="small">
			{holdings.map(({ how, place }) => (
				<li key={how + place}>
					{how === 'activated' ? <Icon name="alarm" /> : null}
					{t(`findings.how_${how}` as TextKey)}: <code className="breaks">{place}</code>
				</li>
			))}
		</ul>
	)
}

function methodsText({ seen: { methods } }: WatchedView, t: ReturnType<typeof useWords>['t']): string {
	if (methods === null) return t('findings.watchedUnknown')
	const kinds = [...new Set(methods.filter((method) => !method.startsWith('passkey ')))]
	const keys = methods.length - methods.filter((method) => !method.startsWith('passkey ')).length
	return kinds.length === 0
		? t('findings.watchedMethodsNone')
		: kinds
				.map(
					(kind) =>
						`${t(`tenant.method_${kind}` as TextKey)}${kind === 'fido2' && keys > 1 ? ` (${keys})` : ''}`,
				)
				.join(', ')
}

/** What could not be read: nothing is said to be in order that nobody looked at. */
function Unread({ account: { trouble } }: Of) {
	const { t } = useWords()
	return trouble.map(({ part, why, code }) => (
		<p key={part} className="notice small">
			{t(part === 'signIns' ? 'findings.watchedNoSignIns' : `findings.watchedUnread_${part}`)}{' '}
			{t(`findings.why_${why}`)}
			{code === null ? null : <span className="muted"> ({code})</span>}
		</p>
	))
}
