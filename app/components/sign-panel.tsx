import type { PreparedDecision } from '#app/services/access/decide-request.server.ts'
import type { RequestView } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { PasskeyButton, type Ceremony } from './passkey-button.tsx'
import { CopyButton } from './ui/copy-button.tsx'
import { Time } from './ui/time.tsx'

/** The options pass through as JSON; only the browser's ceremony reads them. */
type Shown = Omit<PreparedDecision, 'options'> & { options: unknown }

/** Exactly what will be signed, in plain words, with the digest that the passkey signs; then the ceremony itself. */
export function SignPanel({ request, prepared }: { request: RequestView; prepared: Shown }) {
	const { t, format } = useWords()
	const { envelope, digest, challengeId, options } = prepared
	const isApproval = envelope.verdict === 'approve'
	const duration = format.duration(envelope.durationSeconds * 1000)
	return (
		<section className="card card-signing" aria-labelledby="signing">
			<h2 id="signing">{t('requests.signTitle')}</h2>
			<dl className="facts">
				<dt>{t('requests.verdict')}</dt>
				<dd>
					<strong>{t(isApproval ? 'requests.signVerdictApprove' : 'requests.signVerdictDeny')}</strong>
				</dd>
				<dt>{t('requests.requester')}</dt>
				<dd>{request.requester.name}</dd>
				<dt>{t('requests.entraRole')}</dt>
				<dd>
					{request.entraRole} ({t('requests.wholeTenant')})
				</dd>
				<dt>{t('requests.duration')}</dt>
				<dd>{duration}</dd>
				{envelope.reason ? (
					<>
						<dt>{t('requests.decisionReason')}</dt>
						<dd>{envelope.reason}</dd>
					</>
				) : null}
				<dt>{t('requests.charterVersion')}</dt>
				<dd>{request.charterVersion}</dd>
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
				look={isApproval ? 'primary' : 'danger'}
				label={isApproval ? t('requests.signApprove', { duration }) : t('requests.signDeny')}
				begin={() => Promise.resolve({ challengeId, options: options as Ceremony['options'] })}
				fields={{ intent: 'decide' }}
			/>
		</section>
	)
}
