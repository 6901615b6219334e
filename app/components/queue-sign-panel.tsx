import { Fragment } from 'react'
import { useWords } from '#app/messages/text.tsx'
import type { PreparedDecisions } from '#app/services/access/decide-many.server.ts'
import type { QueueRow } from '#app/services/access/queue.server.ts'
import { SignPanel, type Prepared } from './sign-panel.tsx'

/** Several decisions as they will be signed in one ceremony: each by itself, with the digest of what it is about. */
export function QueueSignPanel({
	rows,
	prepared,
}: {
	rows: readonly QueueRow[]
	prepared: Prepared<PreparedDecisions['envelope']>
}) {
	const { t, format } = useWords()
	const { decisions, reason } = prepared.envelope
	const isAgainst = decisions.every(({ verdict }) => verdict === 'deny')
	return (
		<SignPanel
			prepared={prepared}
			isAgainst={isAgainst}
			label={t('queue.sign', { count: decisions.length })}
			fields={{ intent: 'decide' }}
		>
			{decisions.map((decision) => {
				const row = rows.find(({ id }) => id === decision.requestId)
				return (
					<Fragment key={decision.requestId}>
						<dt>R-{row?.number ?? ''}</dt>
						<dd>
							<strong>
								{t(
									decision.verdict === 'approve' ? 'requests.signVerdictApprove' : 'requests.signVerdictDeny',
								)}
							</strong>
							<br />
							{row?.requester.name} · {row?.role.title} · {format.duration(decision.durationSeconds * 1000)}
							<br />
							<code className="small">{decision.requestSha256}</code>
						</dd>
					</Fragment>
				)
			})}
			{reason ? (
				<>
					<dt>{t('requests.decisionReason')}</dt>
					<dd>{reason}</dd>
				</>
			) : null}
		</SignPanel>
	)
}
