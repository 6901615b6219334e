import { Form, Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import type { PreparedLockbox } from '#app/services/lockbox/decide-lockbox.server.ts'
import type { LockboxView } from '#app/services/lockbox/views.ts'
import { SignPanel, type Prepared } from './sign-panel.tsx'
import { CopyButton } from './ui/copy-button.tsx'
import { Button, Field } from './ui/form.tsx'

type Texts = Readonly<Record<string, string>>

/** The decision, before it is signed; or why this reader cannot take it. */
export function LockboxDecideForm({
	request,
	errors,
	sent,
}: {
	request: LockboxView
	errors: Texts
	sent: Texts
}) {
	const { t } = useWords()
	if (request.state !== 'pending') return null
	if (!request.mayDecide)
		return request.refusal === null || request.refusal === 'FORBIDDEN' ? null : (
			<section className="card">
				<h2>{t('lockbox.decide')}</h2>
				<p>{t(`errors.${request.refusal}` as TextKey)}</p>
			</section>
		)
	const choices = request.ruledOut.length > 0 ? (['deny'] as const) : (['approve', 'deny'] as const)
	return (
		<section className="card">
			<h2>{t('lockbox.decide')}</h2>
			<Form method="post" className="stack">
				<input type="hidden" name="intent" value="prepare" />
				<fieldset className="field">
					<legend>{t('lockbox.verdict')}</legend>
					{errors.verdict ? <p className="error">{errors.verdict}</p> : null}
					{choices.map((verdict, i) => (
						<label key={verdict} className="choice" htmlFor={i === 0 ? 'verdict' : `verdict-${verdict}`}>
							<input
								type="radio"
								name="verdict"
								id={i === 0 ? 'verdict' : `verdict-${verdict}`}
								value={verdict}
								defaultChecked={sent.verdict === verdict}
								required
							/>
							{t(`lockbox.${verdict}`)}
						</label>
					))}
				</fieldset>
				<Field id="reason" label={t('lockbox.reason')} hint={t('lockbox.reasonHint')} error={errors.reason}>
					{(aria) => (
						<textarea className="input" rows={3} maxLength={500} defaultValue={sent.reason ?? ''} {...aria} />
					)}
				</Field>
				<p>
					<Button>{t('lockbox.goOn')}</Button>
				</p>
			</Form>
		</section>
	)
}

/** Exactly what is signed, with the consequence in one sentence before the passkey. */
export function LockboxSignPanel({
	request,
	prepared,
}: {
	request: LockboxView
	prepared: Prepared<PreparedLockbox['envelope']>
}) {
	const { t, format } = useWords()
	const { verdict, reason, stage, durationSeconds } = prepared.envelope
	const isLast =
		stage === request.stages.length - 1 &&
		(request.stages[stage]?.decisions.length ?? 0) + 1 >= (request.stages[stage]?.quorum ?? 1)
	const consequence =
		verdict === 'deny'
			? 'lockbox.consequenceDeny'
			: isLast
				? 'lockbox.consequenceLast'
				: 'lockbox.consequenceMore'
	return (
		<div className="stack">
			<p className="notice" data-testid="consequence">
				{t(consequence)}
			</p>
			<SignPanel
				prepared={prepared}
				isAgainst={verdict === 'deny'}
				label={t(verdict === 'deny' ? 'lockbox.signDeny' : 'lockbox.signApprove')}
				fields={{ intent: 'sign' }}
			>
				<dt>{t('lockbox.verdict')}</dt>
				<dd>
					<strong>{t(`lockbox.${verdict}`)}</strong>
				</dd>
				<dt>{t('lockbox.number')}</dt>
				<dd>
					L-{request.number}
					{request.providerRequestId === null ? null : `, ${request.providerRequestId}`}
				</dd>
				<dt>{t('lockbox.boundary')}</dt>
				<dd>{request.boundary ?? t('lockbox.noBoundary')}</dd>
				<dt>{t('lockbox.duration')}</dt>
				<dd>{durationSeconds === null ? t('lockbox.unsaid') : format.duration(durationSeconds * 1000)}</dd>
				<dt>{t('lockbox.who')}</dt>
				<dd>
					{request.isInside
						? request.beneficiary
						: Object.values(request.disclosed).every((value) => value !== null)
							? request.disclosed.name
							: t('lockbox.undisclosed')}
				</dd>
				{reason === '' ? null : (
					<>
						<dt>{t('lockbox.reason')}</dt>
						<dd>{reason}</dd>
					</>
				)}
			</SignPanel>
		</div>
	)
}

/** What an approval rested on fell before anybody carried it over: said in one word, with why and what to do. */
function DoNotSend({ request: { doNotSend, maximumSeconds, context } }: { request: LockboxView }) {
	const { t, format } = useWords()
	const duration = maximumSeconds === null ? '–' : format.duration(maximumSeconds * 1000)
	return (
		<section className="card notice-alarm" role="alert" data-testid="do-not-send">
			<h2>{t('lockbox.doNotSend')}</h2>
			<p>{t(context.attempts === 0 ? 'lockbox.doNotSendLead' : 'lockbox.doNotSendAgain')}</p>
			<ul className="bullets">
				{doNotSend.map((code) => (
					<li key={code}>{t(`lockbox.denial_${code}` as TextKey, { duration })}</li>
				))}
			</ul>
		</section>
	)
}

const REPORTS = ['approved', 'denied', 'expired', 'cancelled', 'ended'] as const

/** What an officer does where no interface does it: carry the answer over, and say what came of it. */
export function LockboxCarry({
	request,
	errors,
	sent,
}: {
	request: LockboxView
	errors: Texts
	sent: Texts
}) {
	const { t, format } = useWords()
	const { context, provider } = request
	return (
		<>
			{request.doNotSend.length > 0 ? <DoNotSend request={request} /> : null}
			{request.mayReportSent ? (
				<section className="card">
					<h2>{t('lockbox.carry')}</h2>
					{request.command === null ? (
						<>
							<p>{t('lockbox.carryLead')}</p>
							<p className="quote">{request.answerText}</p>
						</>
					) : (
						<>
							<p>{t('lockbox.command')}</p>
							<pre className="breaks code" data-testid="command">
								{request.command}
							</pre>
							<CopyButton text={request.command} />
						</>
					)}
					{context.sentAt === null ? null : (
						<p>{t('lockbox.markedSent', { time: format.instant(context.sentAt) })}</p>
					)}
					<Form method="post">
						<input type="hidden" name="intent" value="sent" />
						<Button>{t('lockbox.markSent')}</Button>
					</Form>
					{provider === 'm365' ? (
						<p className="hint">
							{t('lockbox.importHint')} <Link to="/lockbox/new?how=import">{t('lockbox.how_import')}</Link>
						</p>
					) : null}
				</section>
			) : null}
			{request.mayReportSeen ? (
				<details className="card" open={request.state === 'sendFailed' || context.sentAt !== null}>
					<summary>{t('lockbox.report')}</summary>
					<p className="hint">{t('lockbox.reportHint')}</p>
					<Form method="post" className="stack">
						<input type="hidden" name="intent" value="seen" />
						<Field id="seen" label={t('lockbox.report')} error={errors.seen}>
							{(aria) => (
								<select className="input" defaultValue={sent.seen ?? ''} required {...aria}>
									<option value="" />
									{REPORTS.map((seen) => (
										<option key={seen} value={seen}>
											{t(`lockbox.report_${seen}`)}
										</option>
									))}
								</select>
							)}
						</Field>
						<Field id="note" label={t('lockbox.note')} error={errors.note}>
							{(aria) => (
								<input className="input" maxLength={500} required defaultValue={sent.note ?? ''} {...aria} />
							)}
						</Field>
						<p>
							<Button>{t('lockbox.record')}</Button>
						</p>
					</Form>
				</details>
			) : null}
			{request.mayRetry && request.channel === 'api' ? (
				<Form method="post" className="card">
					<input type="hidden" name="intent" value="retry" />
					<Button>{t('lockbox.retry')}</Button>
				</Form>
			) : null}
		</>
	)
}
