import type { ReactNode } from 'react'
import { useWords } from '#app/messages/text.tsx'
import { PasskeyButton, type Ceremony } from './passkey-button.tsx'
import { CopyButton } from './ui/copy-button.tsx'
import { Time } from './ui/time.tsx'

/** What a prepared signature gives the page. The options pass through as JSON; only the ceremony reads them. */
export type Prepared<E> = { challengeId: string; envelope: E; digest: string; options: unknown }

/**
 * Exactly what will be signed, in plain words (`children` are terms and values of a list), with the digest that the
 * passkey signs; then the ceremony itself.
 */
export function SignPanel({
	prepared,
	label,
	isAgainst,
	fields,
	children,
}: {
	prepared: Prepared<{ expiresAt: string }>
	label: string
	/** A denial or a rejection. */
	isAgainst: boolean
	fields: Readonly<Record<string, string>>
	children: ReactNode
}) {
	const { t } = useWords()
	const { envelope, digest, challengeId, options } = prepared
	return (
		<section className="card card-signing" aria-labelledby="signing">
			<h2 id="signing">{t('requests.signTitle')}</h2>
			<dl className="facts">
				{children}
				<dt>{t('requests.signDigest')}</dt>
				<dd className="digest">
					<code data-testid="decision-digest">{digest}</code> <CopyButton text={digest} />
				</dd>
			</dl>
			<p className="muted small">
				{t('requests.signExpires', { time: '' })}
				<Time at={envelope.expiresAt} />. {t('requests.signNote')}
			</p>
			<PasskeyButton
				kind="sign"
				look={isAgainst ? 'danger' : 'primary'}
				label={label}
				begin={() => Promise.resolve({ challengeId, options: options as Ceremony['options'] })}
				fields={fields}
			/>
		</section>
	)
}
