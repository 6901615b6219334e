import { Form } from '@remix-run/react'
import { CLEARANCE_SCHEMES } from '#workflows/charter/clearance-schemes.ts'
import { COUNTRIES } from '#workflows/people/countries.ts'
import { useWords } from '#app/messages/text.tsx'
import { Button, Field } from './ui/form.tsx'

type Props = { errors: Record<string, string>; sent: Record<string, string>; today: string }

/** The two forms by which a security officer records a citizenship or a clearance. */
export function RecordFacts(props: Props) {
	return (
		<>
			<CitizenshipForm {...props} />
			<ClearanceForm {...props} />
		</>
	)
}

function CitizenshipForm({ errors, sent, today }: Props) {
	const { t, format, language } = useWords()
	const isMine = sent.intent === 'citizenship'
	const countries = COUNTRIES.map((code) => ({ code, name: format.country(code) })).sort((a, b) =>
		a.name.localeCompare(b.name, language),
	)
	const error = (id: string) => (isMine ? errors[id] : undefined)
	return (
		<section className="card" aria-labelledby="add-citizenship">
			<h2 id="add-citizenship">{t('people.addCitizenship')}</h2>
			<Form method="post" className="stack">
				<input type="hidden" name="intent" value="citizenship" />
				<Field id="country" label={t('people.country')} error={error('country')}>
					{(aria) => (
						<select className="input" defaultValue={isMine ? sent.country : ''} required {...aria}>
							<option value="">{t('people.choose')}</option>
							{countries.map(({ code, name }) => (
								<option key={code} value={code}>
									{name}
								</option>
							))}
						</select>
					)}
				</Field>
				<IntervalFields prefix="citizenship" error={error} sent={isMine ? sent : {}} today={today} />
				<Button>{t('people.addCitizenship')}</Button>
			</Form>
		</section>
	)
}

function ClearanceForm({ errors, sent, today }: Props) {
	const { t } = useWords()
	const isMine = sent.intent === 'clearance'
	const error = (id: string) => (isMine ? errors[id] : undefined)
	return (
		<section className="card" aria-labelledby="add-clearance">
			<h2 id="add-clearance">{t('people.addClearance')}</h2>
			<Form method="post" className="stack">
				<input type="hidden" name="intent" value="clearance" />
				<Field id="level" label={t('people.scheme')} error={error('level')}>
					{(aria) => (
						<select className="input" defaultValue={isMine ? sent.level : ''} required {...aria}>
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
				<Field id="issuer" label={t('people.issuer')} error={error('issuer')}>
					{(aria) => (
						<input className="input" maxLength={120} defaultValue={isMine ? sent.issuer : ''} {...aria} />
					)}
				</Field>
				<IntervalFields prefix="clearance" error={error} sent={isMine ? sent : {}} today={today} />
				<Button>{t('people.addClearance')}</Button>
			</Form>
		</section>
	)
}

function IntervalFields({
	prefix,
	error,
	sent,
	today,
}: {
	prefix: string
	error: (id: string) => string | undefined
	sent: Record<string, string>
	today: string
}) {
	const { t } = useWords()
	const named = (name: string) => ({ id: `${prefix}-${name}`, name })
	return (
		<>
			<div className="fields">
				<Field id={`${prefix}-validFrom`} label={t('people.validFrom')} error={error('validFrom')}>
					{(aria) => (
						<input
							className="input"
							type="date"
							defaultValue={sent.validFrom ?? today}
							required
							{...aria}
							{...named('validFrom')}
						/>
					)}
				</Field>
				<Field id={`${prefix}-validUntil`} label={t('people.validUntil')} error={error('validUntil')}>
					{(aria) => (
						<input
							className="input"
							type="date"
							defaultValue={sent.validUntil ?? ''}
							{...aria}
							{...named('validUntil')}
						/>
					)}
				</Field>
			</div>
			<p className="hint">{t('people.validUntilHint')}</p>
			<Field
				id={`${prefix}-evidence`}
				label={t('people.evidence')}
				hint={t('people.evidenceHint')}
				error={error('evidence')}
			>
				{(aria) => (
					<input
						className="input"
						maxLength={200}
						defaultValue={sent.evidence ?? ''}
						{...aria}
						{...named('evidence')}
					/>
				)}
			</Field>
		</>
	)
}
