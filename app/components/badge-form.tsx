import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import { Button, Field, type FormErrors } from './ui/form.tsx'

/** Records whose badge a number is. */
export function BadgeForm({ sent, errors }: { sent: Readonly<Record<string, string>>; errors: FormErrors }) {
	const { t } = useWords()
	return (
		<Form method="post" className="card stack">
			<h3>{t('facilities.issue')}</h3>
			<input type="hidden" name="intent" value="badge" />
			<Field id="person" label={t('facilities.whose')} error={errors.person}>
				{(aria) => (
					<input {...aria} className="input" defaultValue={sent.person} autoComplete="off" required />
				)}
			</Field>
			<Field id="number" label={t('facilities.number')} error={errors.number}>
				{(aria) => (
					<input {...aria} className="input" defaultValue={sent.number} autoComplete="off" required />
				)}
			</Field>
			<Field id="issuedAt" label={t('facilities.issuedAt')} error={errors.issuedAt}>
				{(aria) => (
					<input {...aria} type="datetime-local" className="input" defaultValue={sent.issuedAt} required />
				)}
			</Field>
			<div>
				<Button>{t('facilities.issueDo')}</Button>
			</div>
		</Form>
	)
}
