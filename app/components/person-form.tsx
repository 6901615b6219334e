import { Form } from '@remix-run/react'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { Button, Field } from './ui/form.tsx'

const FIELDS: readonly { name: string; label: TextKey; max: number; optional?: true }[] = [
	{ name: 'displayName', label: 'people.name', max: 200 },
	{ name: 'userPrincipalName', label: 'people.upn', max: 200 },
	{ name: 'entraObjectId', label: 'people.entra', max: 36 },
	{ name: 'employer', label: 'people.employer', max: 200 },
	{ name: 'personnelNumber', label: 'people.number', max: 60, optional: true },
]

/** The form by which a person is registered or put right. */
export function PersonForm({
	values,
	errors,
	change,
}: {
	values: Readonly<Record<string, string>>
	errors: Readonly<Record<string, string>>
	/** A change says why, and leaves the Entra object as it is. */
	change: boolean
}) {
	const { t } = useWords()
	return (
		<Form method="post" className="card stack">
			{FIELDS.map(({ name, label, max, optional }) => {
				const isFixed = change && name === 'entraObjectId'
				return (
					<Field
						key={name}
						id={name}
						label={t(label)}
						error={errors[name]}
						{...(isFixed ? { hint: t('people.identityFixed') } : {})}
					>
						{(aria) => (
							<input
								className="input"
								maxLength={max}
								required={!optional}
								readOnly={isFixed}
								defaultValue={values[name] ?? ''}
								{...aria}
							/>
						)}
					</Field>
				)
			})}
			{change ? (
				<>
					<Field
						id="manager"
						label={t('vetting.manager')}
						hint={t('people.managerHint')}
						error={errors.manager}
					>
						{(aria) => (
							<input className="input" maxLength={200} defaultValue={values.manager ?? ''} {...aria} />
						)}
					</Field>
					<Field id="reason" label={t('facts.reason')} hint={t('facts.reasonHint')} error={errors.reason}>
						{(aria) => (
							<textarea
								className="input"
								rows={2}
								maxLength={500}
								required
								defaultValue={values.reason ?? ''}
								{...aria}
							/>
						)}
					</Field>
				</>
			) : null}
			<p>
				<Button>{t(change ? 'people.identitySave' : 'people.newSave')}</Button>
			</p>
		</Form>
	)
}
