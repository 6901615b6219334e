import type { PreparedDecision } from '#app/services/access/decide-request.server.ts'
import type { RequestView } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { EntraPlace } from './entra-place.tsx'
import { SignPanel, type Prepared } from './sign-panel.tsx'
import { Time } from './ui/time.tsx'

/** The decision on a request, as it will be signed. */
export function RequestSignPanel({
	request,
	prepared,
}: {
	request: RequestView
	prepared: Prepared<PreparedDecision['envelope']>
}) {
	const { t, format } = useWords()
	const { envelope } = prepared
	const isApproval = envelope.verdict === 'approve'
	const given = envelope.grantedSeconds ?? envelope.durationSeconds
	const duration = format.duration(given * 1000)
	return (
		<SignPanel
			prepared={prepared}
			isAgainst={!isApproval}
			label={isApproval ? t('requests.signApprove', { duration }) : t('requests.signDeny')}
			fields={{ intent: 'decide' }}
		>
			<dt>{t('requests.verdict')}</dt>
			<dd>
				<strong>{t(isApproval ? 'requests.signVerdictApprove' : 'requests.signVerdictDeny')}</strong>
			</dd>
			<dt>{t('requests.requester')}</dt>
			<dd>{request.requester.name}</dd>
			<EntraPlace place={request.entra} />
			<dt>{t('requests.duration')}</dt>
			<dd>
				{duration}
				{given < envelope.durationSeconds
					? ` (${t('requests.askedFor', { duration: format.duration(envelope.durationSeconds * 1000) })})`
					: ''}
			</dd>
			{request.startAt === null ? null : (
				<>
					<dt>{t('requests.startAt')}</dt>
					<dd>
						<Time at={request.startAt} />
					</dd>
				</>
			)}
			{envelope.reason ? (
				<>
					<dt>{t('requests.decisionReason')}</dt>
					<dd>{envelope.reason}</dd>
				</>
			) : null}
			<dt>{t('requests.charterVersion')}</dt>
			<dd>{request.charterVersion}</dd>
		</SignPanel>
	)
}
