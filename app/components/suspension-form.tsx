import { Form } from '@remix-run/react'
import type { PreparedSuspension } from '#app/services/suspension/sign-suspension.server.ts'
import type { SuspensionView } from '#app/services/suspension/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { SignPanel, type Prepared } from './sign-panel.tsx'
import { Button, Field } from './ui/form.tsx'

/** The reason for a step, before it is signed; the second officer's confirmation needs none. */
export function SuspensionForm({
	step,
	errors,
	sent,
}: {
	step: NonNullable<SuspensionView['step']>
	errors: Readonly<Record<string, string>>
	sent: Readonly<Record<string, string>>
}) {
	const { t } = useWords()
	return (
		<Form method="post" className="stack">
			<input type="hidden" name="intent" value="prepare" />
			<input type="hidden" name="step" value={step} />
			{step === 'confirm_lift' ? null : (
				<Field
					id="reason"
					label={t('suspension.reason')}
					hint={t('suspension.reasonHint')}
					error={errors.reason}
				>
					{(aria) => (
						<textarea
							className="input"
							rows={3}
							maxLength={500}
							required
							defaultValue={sent.reason ?? ''}
							{...aria}
						/>
					)}
				</Field>
			)}
			<p>
				<Button look={step === 'suspend' ? 'danger' : 'primary'}>
					{t(step === 'confirm_lift' ? 'suspension.confirm' : 'suspension.review')}
				</Button>
			</p>
		</Form>
	)
}

const LABEL = {
	suspend: 'suspension.signSuspend',
	propose_lift: 'suspension.signPropose',
	confirm_lift: 'suspension.signConfirm',
} as const

/** The step as it will be signed. */
export function SuspensionSignPanel({
	name,
	reason,
	prepared,
}: {
	name: string
	reason: string
	prepared: Prepared<PreparedSuspension['envelope']>
}) {
	const { t } = useWords()
	const { step } = prepared.envelope
	return (
		<SignPanel
			prepared={prepared}
			isAgainst={step === 'suspend'}
			label={t(LABEL[step], { name })}
			fields={{ intent: 'sign', step }}
		>
			<dt>{t('suspension.person')}</dt>
			<dd>{name}</dd>
			<dt>{t('suspension.step')}</dt>
			<dd>
				<strong>{t(`suspension.step_${step}`)}</strong>
			</dd>
			{reason === '' ? null : (
				<>
					<dt>{t('suspension.reason')}</dt>
					<dd>{reason}</dd>
				</>
			)}
		</SignPanel>
	)
}
