import { useWords } from '#app/messages/text.tsx'
import type { AccountView, MethodsView } from '#app/services/tenant/views.ts'
import { Icon } from './ui/icon.tsx'

const ACCOUNT = {
	enabled: { look: 'active', icon: 'check' },
	disabled: { look: 'refused', icon: 'slash' },
	removed: { look: 'refused', icon: 'cross' },
	unknown: { look: 'waiting', icon: 'hourglass' },
	none: { look: 'voided', icon: 'slash' },
} as const

/** How an account stands at the tenant, and since when that is known where it is gone. */
export function AccountState({ account }: { account: AccountView }) {
	const { t, format } = useWords()
	const { look, icon } = ACCOUNT[account.account]
	return (
		<>
			<span className={`badge badge-${look}`}>
				<Icon name={icon} />
				{t(`tenant.account_${account.account}`)}
			</span>
			{account.removal === null || account.removedAt === null ? null : (
				<>
					<br />
					<span className="muted small">
						{t(`tenant.removal_${account.removal}`)} ·{' '}
						{t('tenant.since', { date: format.date(account.removedAt) })}
					</span>
				</>
			)}
		</>
	)
}

const ANSWER = {
	yes: { look: 'active', icon: 'check' },
	no: { look: 'refused', icon: 'cross' },
	unknown: { look: 'waiting', icon: 'hourglass' },
} as const

/** Whether somebody has a phishing-resistant method, by which reading, or why that is unknown. */
export function MethodsAnswer({ methods }: { methods: MethodsView }) {
	const { t, format } = useWords()
	const { answer, why, kinds, readAt } = methods
	const { look, icon } = ANSWER[answer]
	const names = kinds.map((kind) => t(`tenant.method_${kind}`)).join(', ')
	const when =
		readAt === null
			? null
			: t(answer === 'unknown' ? 'tenant.lastReadOn' : 'tenant.readOn', { date: format.instant(readAt) })
	return (
		<>
			<span className={`badge badge-${look}`}>
				<Icon name={icon} />
				{t(`tenant.${answer}`)}
			</span>
			<br />
			<span className="muted small">
				{[
					why === null ? null : t(`tenant.why_${why}`),
					names === '' && answer === 'no' ? t('tenant.noMethods') : names,
					when,
				]
					.filter((part) => part !== null && part !== '')
					.join(' · ')}
			</span>
		</>
	)
}
