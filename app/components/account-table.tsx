import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { AccountView } from '#app/services/tenant/views.ts'
import { AccountState, MethodsAnswer } from './account-words.tsx'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'

/** Users of the tenant with who they are here; those that may be registered or linked can be chosen. */
export function AccountTable({ accounts }: { accounts: readonly AccountView[] }) {
	const { t } = useWords()
	const mayChoose = ({ objectId, removal, person }: AccountView) =>
		objectId !== null && removal === null && person?.link !== 'linked'
	return (
		<Table
			caption={t('tenant.title')}
			rows={accounts}
			keyOf={({ objectId, person }) => objectId ?? person?.id ?? ''}
			empty={t('tenant.empty')}
			columns={[
				...(accounts.some(mayChoose)
					? [
							{
								label: t('tenant.chosen'),
								cell: (account: AccountView) =>
									mayChoose(account) ? (
										<input
											type="checkbox"
											className="row-check"
											name="objectId"
											value={account.objectId ?? ''}
											aria-label={t('tenant.choose', { name: account.name })}
										/>
									) : null,
							},
						]
					: []),
				{
					label: t('tenant.name'),
					cell: ({ name, userPrincipalName, isGuest }) => (
						<>
							{name}
							<br />
							<span className="muted small">
								{userPrincipalName ?? t('tenant.noName')}
								{isGuest ? ` · ${t('tenant.guest')}` : ''}
							</span>
						</>
					),
				},
				{
					label: t('tenant.person'),
					cell: ({ person }) =>
						person === null ? (
							<span className="muted">{t('tenant.nobody')}</span>
						) : (
							<Link to={`/people/${person.id}`}>
								{person.link === 'linked' ? person.name : t('tenant.proposedPerson', { name: person.name })}
							</Link>
						),
				},
				{ label: t('tenant.account'), cell: (account) => <AccountState account={account} /> },
				{
					label: t('tenant.methods'),
					cell: ({ methods, removal, objectId }) =>
						methods !== null ? (
							<MethodsAnswer methods={methods} />
						) : (
							<span className="muted small">
								{removal === null && objectId !== null ? t('tenant.notLinked') : '–'}
							</span>
						),
				},
			]}
		/>
	)
}

/** The account of one person, in a few lines. */
export function AccountCard({ account }: { account: AccountView }) {
	const { t } = useWords()
	return (
		<section className="card">
			<h2>{t('tenant.cardTitle')}</h2>
			{account.isNotice ? (
				<p className="notice notice-alarm">
					<Icon name="alarm" /> {t('tenant.cardNotice')}
				</p>
			) : null}
			<dl className="facts">
				<dt>{t('tenant.account')}</dt>
				<dd>
					<AccountState account={account} />
				</dd>
				{account.methods === null ? null : (
					<>
						<dt>{t('tenant.methods')}</dt>
						<dd>
							<MethodsAnswer methods={account.methods} />
						</dd>
					</>
				)}
			</dl>
			{account.account === 'none' ? <p className="muted">{t('tenant.cardNone')}</p> : null}
			<p>
				<Link to="/people/entra">{t('tenant.cardOpen')}</Link>
			</p>
		</section>
	)
}
