import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { PreparedFinding } from '#app/services/findings/decide-finding.server.ts'
import type { FindingSummary, FindingView } from '#app/services/findings/views.ts'
import { aboutText } from './finding-words.tsx'
import { SignPanel, type Prepared } from './sign-panel.tsx'
import { Button, Field } from './ui/form.tsx'

type Texts = Readonly<Record<string, string>>

/** What an officer can do about one finding, before it is signed; or why this one can do nothing. */
export function FindingDecideForm({
	finding,
	errors,
	sent,
}: {
	finding: FindingView
	errors: Texts
	sent: Texts
}) {
	const { t } = useWords()
	const { steps, isOwn, isRemovable, state, family } = finding
	if (isOwn)
		return (
			<section className="card">
				<h2>{t('findings.decide')}</h2>
				<p>{t('errors.FINDING_OWN')}</p>
			</section>
		)
	if (steps.length === 0) return null
	const hasAccept = steps.includes('accept')
	return (
		<section className="card">
			<h2>{t('findings.decide')}</h2>
			{isRemovable || family === 'policy' ? null : <p className="notice">{t('errors.FINDING_FIXED')}</p>}
			<Form method="post" className="stack">
				<input type="hidden" name="intent" value="prepare" />
				<fieldset className="field">
					<legend>{t('findings.step')}</legend>
					{errors.step ? <p className="error">{errors.step}</p> : null}
					{steps.map((step, i) => (
						<div key={step}>
							<label className="choice" htmlFor={i === 0 ? 'step' : `step-${step}`}>
								<input
									type="radio"
									name="step"
									id={i === 0 ? 'step' : `step-${step}`}
									value={step}
									defaultChecked={(sent.step ?? (steps.length === 1 ? step : '')) === step}
									aria-describedby={`hint-${step}`}
									required
								/>
								{t(`findings.step_${step}`)}
							</label>
							<p className="hint" id={`hint-${step}`}>
								{t(`findings.stepHint_${step}`)}
							</p>
						</div>
					))}
				</fieldset>
				{hasAccept ? (
					<Field id="days" label={t('findings.days')} hint={t('findings.daysHint')} error={errors.days}>
						{(aria) => (
							<input
								className="input input-short"
								type="number"
								min={1}
								max={90}
								defaultValue={sent.days ?? '7'}
								{...aria}
							/>
						)}
					</Field>
				) : null}
				<Field id="reason" label={t('findings.reason')} hint={t('findings.reasonHint')} error={errors.reason}>
					{(aria) => (
						<textarea className="input" rows={3} maxLength={500} defaultValue={sent.reason ?? ''} {...aria} />
					)}
				</Field>
				<p>
					<Button look={state === 'held' ? 'danger' : 'primary'}>{t('findings.goOn')}</Button>
				</p>
			</Form>
		</section>
	)
}

/** A removal that hits a group hits whoever is in it. */
function PeopleOf({ finding: { people } }: { finding: Pick<FindingSummary, 'people'> }) {
	const { t } = useWords()
	return people === 0 ? null : (
		<span className="muted small"> ({t('findings.people', { count: people })})</span>
	)
}

/** Exactly what is signed, with the consequence in one sentence before the passkey. */
export function FindingSignPanel({
	findings,
	reason,
	prepared,
}: {
	findings: readonly FindingSummary[]
	reason: string
	prepared: Prepared<PreparedFinding['envelope']>
}) {
	const { t, format } = useWords()
	const { step, acceptedUntil, findings: signed } = prepared.envelope
	const ids = signed.map(({ findingId }) => findingId)
	return (
		<div className="stack">
			<p className="notice" data-testid="consequence">
				{t(`findings.consequence_${step}`)}
			</p>
			<SignPanel
				prepared={prepared}
				isAgainst={step === 'remove' || step === 'release'}
				label={t(`findings.sign_${step}`)}
				fields={{ intent: 'sign', step, ids: ids.join(',') }}
			>
				<dt>{t('findings.step')}</dt>
				<dd>
					<strong>{t(`findings.step_${step}`)}</strong>
				</dd>
				<dt>{t('findings.what')}</dt>
				<dd>
					<ul className="bullets">
						{findings
							.filter(({ id }) => ids.includes(id))
							.map((finding) => (
								<li key={finding.id}>
									F-{finding.number}:{' '}
									{finding.holder.name ?? finding.holder.objectId ?? t('findings.ofTenant')},{' '}
									{aboutText(finding, t)}
									<PeopleOf finding={finding} />
								</li>
							))}
					</ul>
				</dd>
				{acceptedUntil === null ? null : (
					<>
						<dt>{t('findings.acceptedUntil')}</dt>
						<dd>{format.instant(acceptedUntil)}</dd>
					</>
				)}
				{reason === '' ? null : (
					<>
						<dt>{t('findings.reason')}</dt>
						<dd>{reason}</dd>
					</>
				)}
			</SignPanel>
		</div>
	)
}

/** Removals that the guard holds: one officer asks that they be sent, another releases them. */
export function HeldRemovals({
	findings,
	people,
	toAsk,
	toRelease,
	errors,
	sent,
	chosen,
}: {
	findings: readonly FindingSummary[]
	/** From how many people all of them together take something. */
	people: number
	toAsk: readonly string[]
	toRelease: readonly string[]
	errors: Texts
	sent: Texts
	chosen: readonly string[]
}) {
	const { t } = useWords()
	const step = toRelease.length > 0 ? 'release' : 'ask_release'
	const offered = toRelease.length > 0 ? toRelease : toAsk
	return (
		<section className="card" id="held">
			<h2>{t('findings.heldHead', { count: findings.length })}</h2>
			<p>
				{t('findings.concerned', { count: people })} {t('findings.heldLead')}
			</p>
			{offered.length === 0 ? (
				<p className="muted">{t('findings.heldWaits')}</p>
			) : (
				<Form method="post" className="stack">
					<input type="hidden" name="intent" value="prepare" />
					<input type="hidden" name="step" value={step} />
					<fieldset className="field">
						<legend>{t(`findings.step_${step}`)}</legend>
						{errors.ids ? <p className="error">{errors.ids}</p> : null}
						{findings
							.filter(({ id }) => offered.includes(id))
							.map((finding, i) => (
								<label key={finding.id} className="choice" htmlFor={i === 0 ? 'ids' : `id-${finding.id}`}>
									<input
										type="checkbox"
										name="ids"
										id={i === 0 ? 'ids' : `id-${finding.id}`}
										value={finding.id}
										defaultChecked={chosen.length === 0 || chosen.includes(finding.id)}
									/>
									<span>
										F-{finding.number}: {finding.holder.name ?? finding.holder.objectId},{' '}
										{aboutText(finding, t)}
										<PeopleOf finding={finding} />
									</span>
								</label>
							))}
					</fieldset>
					{step === 'release' ? null : (
						<Field
							id="reason"
							label={t('findings.reason')}
							hint={t('findings.askReasonHint')}
							error={errors.reason}
						>
							{(aria) => (
								<textarea
									className="input"
									rows={2}
									maxLength={500}
									defaultValue={sent.reason ?? ''}
									{...aria}
								/>
							)}
						</Field>
					)}
					<p>
						<Button look="danger">{t('findings.goOn')}</Button>
					</p>
				</Form>
			)}
		</section>
	)
}
