import type { PreparedAmendment } from '#app/services/amendments/sign-amendment.server.ts'
import type { AmendmentView } from '#app/services/amendments/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { PlacesInShort } from './charter-places.tsx'
import { SignPanel, type Prepared } from './sign-panel.tsx'
import { Time } from './ui/time.tsx'

/** The signature under an amendment, or its rejection, as it will be signed. */
export function AmendmentSignPanel({
	amendment,
	prepared,
}: {
	amendment: AmendmentView
	prepared: Prepared<PreparedAmendment['envelope']>
}) {
	const { t, format } = useWords()
	const { envelope } = prepared
	const isSignature = envelope.verdict === 'sign'
	const { impact } = amendment
	const loses = impact?.roles.reduce((sum, role) => sum + role.loses, 0) ?? 0
	const gains = impact?.roles.reduce((sum, role) => sum + role.gains, 0) ?? 0
	return (
		<SignPanel
			prepared={prepared}
			isAgainst={!isSignature}
			label={t(isSignature ? 'amendments.signWithPasskey' : 'amendments.rejectWithPasskey', {
				version: envelope.version,
			})}
			fields={{ intent: 'sign' }}
		>
			<dt>{t('requests.verdict')}</dt>
			<dd>
				<strong>
					{t(isSignature ? 'amendments.signVerdict' : 'amendments.rejectVerdict', {
						version: envelope.version,
					})}
				</strong>
			</dd>
			<dt>{t('amendments.inForceFrom')}</dt>
			<dd>{envelope.inForceFrom === null ? t('amendments.atOnce') : <Time at={envelope.inForceFrom} />}</dd>
			<dt>{t('amendments.impact')}</dt>
			<dd>
				{t('amendments.impactInShort', {
					gains: format.number(gains),
					loses: format.number(loses),
					endings: format.number(impact?.endings.length ?? 0),
				})}
			</dd>
			{amendment.places === null ? null : (
				<>
					<dt>{t('places.title')}</dt>
					<dd>
						<PlacesInShort view={amendment.places} />
					</dd>
				</>
			)}
			{envelope.reason ? (
				<>
					<dt>{t('requests.decisionReason')}</dt>
					<dd>{envelope.reason}</dd>
				</>
			) : null}
			<dt>{t('amendments.replaces')}</dt>
			<dd>
				{t('amendments.version', { version: amendment.base.version })}
				<br />
				<code>{envelope.baseTextSha256}</code>
			</dd>
			<dt>{t('amendments.textDigest')}</dt>
			<dd>
				<code>{envelope.textSha256}</code>
			</dd>
			<dt>{t('amendments.impactDigest')}</dt>
			<dd>
				<code>{envelope.impactSha256}</code>
			</dd>
		</SignPanel>
	)
}
