import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { APPROVER_ROLES } from '#workflows/lockbox/approver-roles.ts'
import { PROVIDERS } from '#workflows/lockbox/providers.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'

const OFFERED = [...new Set(Object.values(APPROVER_ROLES).flat())]

/** Records what a provider's requests are matched to. */
export function BoundaryForm({
	sent,
	errors,
}: {
	sent: Readonly<Record<string, string>>
	errors: FormErrors
}) {
	const { t } = useWords()
	return (
		<Form method="post" className="card stack" aria-labelledby="record-boundary">
			<h2 id="record-boundary">{t('roster.record')}</h2>
			<input type="hidden" name="intent" value="boundary" />
			<div className="fields fields-roomy">
				<Field id="provider" label={t('roster.provider')} error={errors.provider}>
					{(aria) => (
						<select className="input" defaultValue={sent.provider} {...aria}>
							{PROVIDERS.map((provider) => (
								<option key={provider} value={provider}>
									{t(`roster.${provider}Provider`)}
								</option>
							))}
						</select>
					)}
				</Field>
				<Field id="name" label={t('roster.name')} hint={t('roster.nameHint')} error={errors.name}>
					{(aria) => (
						<input className="input" maxLength={80} defaultValue={sent.name ?? ''} required {...aria} />
					)}
				</Field>
				<Field id="scope" label={t('roster.scope')} hint={t('roster.scopeHint')} error={errors.scope}>
					{(aria) => (
						<input
							className="input mono"
							maxLength={300}
							spellCheck={false}
							defaultValue={sent.scope ?? ''}
							required
							{...aria}
						/>
					)}
				</Field>
				<Field
					id="approverRole"
					label={t('roster.approverRole')}
					hint={t('roster.approverRoleHint')}
					error={errors.approverRole}
				>
					{(aria) => (
						<input
							className="input"
							list="approver-roles"
							maxLength={120}
							autoComplete="off"
							defaultValue={sent.approverRole ?? ''}
							required
							{...aria}
						/>
					)}
				</Field>
				<datalist id="approver-roles">
					{OFFERED.map((role) => (
						<option key={role} value={role} />
					))}
				</datalist>
				<Field id="holdersNeeded" label={t('roster.holdersNeeded')} error={errors.holdersNeeded}>
					{(aria) => (
						<input
							className="input"
							type="number"
							min={1}
							max={99}
							defaultValue={sent.holdersNeeded ?? '1'}
							required
							{...aria}
						/>
					)}
				</Field>
			</div>
			<p>
				<Button>{t('roster.recordDo')}</Button>
			</p>
		</Form>
	)
}
