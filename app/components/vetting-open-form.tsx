import { Form } from '@remix-run/react'
import type { ReactNode } from 'react'
import { CLEARANCE_SCHEMES } from '#workflows/charter/clearance-schemes.ts'
import { useWords } from '#app/messages/text.tsx'
import { Button, Field, type FieldAria, type FormErrors } from './ui/form.tsx'

type Texts = Readonly<Record<string, string>>

/** The form that opens a case for one person. */
export function OpenCaseFields({
	begun,
	errors,
	sent,
}: {
	begun: { id: string; manager: string; today: string }
	errors: FormErrors
	sent: Texts
}) {
	const { t } = useWords()
	const text = (id: string, fallback = '', type = 'text') => {
		const input = (aria: FieldAria): ReactNode => (
			<input
				className="input"
				type={type}
				maxLength={200}
				autoComplete="off"
				defaultValue={sent[id] ?? fallback}
				{...aria}
			/>
		)
		return input
	}
	return (
		<Form method="post" className="card">
			<input type="hidden" name="personId" value={begun.id} />
			<Field id="level" label={t('vetting.level')} hint={t('vetting.levelHint')} error={errors.level}>
				{(aria) => (
					<select className="input" defaultValue={sent.level ?? ''} required {...aria}>
						<option value="">{t('people.choose')}</option>
						{Object.entries(CLEARANCE_SCHEMES).map(([scheme, { name, levels }]) => (
							<optgroup key={scheme} label={name}>
								{levels.map((level) => (
									<option key={level.id} value={`${scheme} ${level.id}`}>
										{scheme} {level.name}
									</option>
								))}
							</optgroup>
						))}
					</select>
				)}
			</Field>
			<Field id="post" label={t('vetting.post')} hint={t('vetting.postHint')} error={errors.post}>
				{text('post')}
			</Field>
			<Field id="sponsor" label={t('vetting.sponsor')} hint={t('vetting.sponsorHint')} error={errors.sponsor}>
				{text('sponsor')}
			</Field>
			<Field id="manager" label={t('vetting.manager')} hint={t('vetting.managerHint')} error={errors.manager}>
				{text('manager', begun.manager)}
			</Field>
			<div className="fields">
				<Field id="neededFrom" label={t('vetting.neededFrom')} error={errors.neededFrom}>
					{text('neededFrom', begun.today, 'date')}
				</Field>
				<Field id="neededUntil" label={t('vetting.neededUntil')} error={errors.neededUntil}>
					{text('neededUntil', '', 'date')}
				</Field>
			</div>
			<p className="hint">{t('vetting.neededHint')}</p>
			<Field id="reason" label={t('vetting.reason')} hint={t('vetting.reasonHint')} error={errors.reason}>
				{(aria) => (
					<textarea className="input" rows={2} maxLength={500} defaultValue={sent.reason ?? ''} {...aria} />
				)}
			</Field>
			<p>
				<Button>{t('vetting.openButton')}</Button>
			</p>
		</Form>
	)
}
