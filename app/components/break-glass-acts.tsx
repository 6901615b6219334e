import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { PreparedReview } from '#app/services/break-glass/review-use.server.ts'
import type { PreparedUse } from '#app/services/break-glass/sign-use.server.ts'
import type { UseView } from '#app/services/break-glass/views.ts'
import { SignPanel, type Prepared } from './sign-panel.tsx'
import { Button, Field } from './ui/form.tsx'

type Texts = Readonly<Record<string, string>>

/** Two choices, the first of which carries the id that an error links to. */
function Choice({
	name,
	options,
	sent,
	error,
	legend,
}: {
	name: string
	options: readonly (readonly [string, string])[]
	sent: string | undefined
	error: string | undefined
	legend: string
}) {
	return (
		<fieldset className="field">
			<legend>{legend}</legend>
			{error ? <p className="error">{error}</p> : null}
			{options.map(([value, label], i) => (
				<label key={value} className="choice" htmlFor={i === 0 ? name : `${name}-${value}`}>
					<input
						type="radio"
						name={name}
						id={i === 0 ? name : `${name}-${value}`}
						value={value}
						defaultChecked={sent === value}
						required
					/>
					{label}
				</label>
			))}
		</fieldset>
	)
}

/** The second officer's choice, before it is signed. */
export function SecondForm({ errors, sent }: { errors: Texts; sent: Texts }) {
	const { t } = useWords()
	return (
		<section className="card">
			<h2>{t('breakGlass.secondTitle')}</h2>
			<p>{t('breakGlass.secondLead')}</p>
			<Form method="post" className="stack">
				<input type="hidden" name="intent" value="prepare-second" />
				<Choice
					name="verdict"
					legend={t('requests.verdict')}
					options={[
						['confirm', t('breakGlass.secondConfirm')],
						['refuse', t('breakGlass.secondRefuse')],
					]}
					sent={sent.verdict}
					error={errors.verdict}
				/>
				<p>
					<Button>{t('breakGlass.secondSign')}</Button>
				</p>
			</Form>
		</section>
	)
}

/** What the second officer is about to sign. */
export function SecondSignPanel({
	use,
	prepared,
}: {
	use: UseView
	prepared: Prepared<PreparedUse['envelope']>
}) {
	const { t, format } = useWords()
	const isRefusal = prepared.envelope.step === 'refuse'
	const role = use.role?.title ?? ''
	return (
		<SignPanel
			prepared={prepared}
			isAgainst
			label={t(isRefusal ? 'breakGlass.signRefuse' : 'breakGlass.signConfirm', { role })}
			fields={{ intent: 'sign-second' }}
		>
			<dt>{t('requests.verdict')}</dt>
			<dd>
				<strong>{t(isRefusal ? 'breakGlass.secondRefuse' : 'breakGlass.secondConfirm')}</strong>
			</dd>
			<dt>{t('breakGlass.user')}</dt>
			<dd>{use.user.name}</dd>
			<dt>{t('breakGlass.youTake')}</dt>
			<dd>{role}</dd>
			<dt>{t('breakGlass.duration')}</dt>
			<dd>{format.duration(use.durationSeconds * 1000)}</dd>
			<dt>{t('breakGlass.reason')}</dt>
			<dd>{use.reason}</dd>
		</SignPanel>
	)
}

/** A review, before it is signed. */
export function ReviewForm({ use, errors, sent }: { use: UseView; errors: Texts; sent: Texts }) {
	const { t, format } = useWords()
	const from = use.offline?.from ?? use.grant?.startsAt ?? use.at
	const until = use.offline?.until ?? use.grant?.closedAt ?? use.at
	return (
		<section className="card">
			<h2>{t('breakGlass.reviewTitle')}</h2>
			<p>{t('breakGlass.reviewLead', { from: format.instant(from), until: format.instant(until) })}</p>
			<Form method="post" className="stack">
				<input type="hidden" name="intent" value="prepare-review" />
				<Choice
					name="verdict"
					legend={t('breakGlass.verdict')}
					options={[
						['justified', t('breakGlass.justified')],
						['not_justified', t('breakGlass.not_justified')],
					]}
					sent={sent.verdict}
					error={errors.verdict}
				/>
				<Field
					id="findings"
					label={t('breakGlass.findings')}
					hint={t('breakGlass.findingsHint')}
					error={errors.findings}
				>
					{(aria) => (
						<textarea
							className="input"
							rows={3}
							maxLength={500}
							required
							defaultValue={sent.findings ?? ''}
							{...aria}
						/>
					)}
				</Field>
				<p>
					<Button>{t('breakGlass.secondSign')}</Button>
				</p>
			</Form>
		</section>
	)
}

/** What a reviewer is about to sign. */
export function ReviewSignPanel({
	use,
	prepared,
	findings,
}: {
	use: UseView
	prepared: Prepared<PreparedReview['envelope']>
	findings: string
}) {
	const { t } = useWords()
	const { verdict } = prepared.envelope
	return (
		<SignPanel
			prepared={prepared}
			isAgainst={verdict === 'not_justified'}
			label={t('breakGlass.signReview')}
			fields={{ intent: 'sign-review' }}
		>
			<dt>{t('breakGlass.number')}</dt>
			<dd>
				B-{use.number}, {use.user.name}
			</dd>
			<dt>{t('breakGlass.verdict')}</dt>
			<dd>
				<strong>{t(`breakGlass.${verdict}`)}</strong>
			</dd>
			<dt>{t('breakGlass.findings')}</dt>
			<dd>{findings}</dd>
		</SignPanel>
	)
}
