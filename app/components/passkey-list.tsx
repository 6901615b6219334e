import { Form, Link } from '@remix-run/react'
import type { PasskeyView } from '#app/services/enrolment/show-passkeys.server.ts'
import { useWords } from '#app/messages/text.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { Button } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'

/** A person's passkeys, each with its state and, where the reader may, a form that revokes it. */
export function PasskeyList({
	passkeys,
	causes,
}: {
	passkeys: readonly PasskeyView[]
	causes: readonly string[]
}) {
	const { t, format } = useWords()
	if (passkeys.length === 0) return <p className="muted">{t('passkeys.none')}</p>
	return (
		<ul className="stack">
			{passkeys.map((passkey) => (
				<li key={passkey.id} className="stack stack-tight">
					<p className="row">
						<Icon name="key" />
						<strong>{t('passkeys.enrolled', { at: format.instant(passkey.enrolledAt) })}</strong>
						<span className={`badge ${passkey.revoked ? 'badge-refused' : 'badge-active'}`}>
							<Icon name={passkey.revoked ? 'slash' : 'check'} />
							{t(passkey.revoked ? 'passkeys.revoked' : 'passkeys.usable')}
						</span>
						{passkey.isInUse ? <span className="chip">{t('passkeys.inUse')}</span> : null}
					</p>
					<p className="muted small">
						{t(passkey.deviceBound ? 'passkeys.deviceBound' : 'passkeys.synced')} ·{' '}
						{passkey.lastUsedAt === null
							? t('passkeys.neverUsed')
							: t('passkeys.lastUsed', { at: format.instant(passkey.lastUsedAt) })}
						<EntryLink index={passkey.entryIndex} />
					</p>
					{passkey.revoked ? (
						<p className="small">
							{t('passkeys.revokedAt', { at: format.instant(passkey.revoked.at) })}
							{passkey.revoked.cause ? `: ${t(`passkeys.${passkey.revoked.cause}` as TextKey)}` : null}
							<EntryLink index={passkey.revoked.entryIndex} />
						</p>
					) : null}
					{passkey.mayRevoke ? <RevokeForm passkey={passkey} causes={causes} /> : null}
				</li>
			))}
		</ul>
	)
}

function EntryLink({ index }: { index: number | null }) {
	const { t } = useWords()
	if (index === null) return null
	return (
		<>
			{' · '}
			<Link to={`/record/${index}`}>{t('passkeys.entry', { index })}</Link>
		</>
	)
}

function RevokeForm({ passkey, causes }: { passkey: PasskeyView; causes: readonly string[] }) {
	const { t } = useWords()
	const causeId = `cause-${passkey.id}`
	return (
		<details>
			<summary>{t('passkeys.revoke')}</summary>
			<Form method="post" className="stack stack-tight">
				<input type="hidden" name="intent" value="revoke" />
				<input type="hidden" name="passkeyId" value={passkey.id} />
				<p className="hint">{t('passkeys.revokeHint')}</p>
				{passkey.isInUse ? <p className="notice">{t('passkeys.revokeOwnSession')}</p> : null}
				<div className="field">
					<label htmlFor={causeId}>{t('passkeys.cause')}</label>
					<select className="input" id={causeId} name="cause" required defaultValue="">
						<option value="" disabled>
							{t('people.choose')}
						</option>
						{causes.map((cause) => (
							<option key={cause} value={cause}>
								{t(`passkeys.${cause}` as TextKey)}
							</option>
						))}
					</select>
				</div>
				<p>
					<Button look="danger">{t('passkeys.revokeButton')}</Button>
				</p>
			</Form>
		</details>
	)
}
