import { Form } from '@remix-run/react'
import { CLEARANCE_SCHEMES } from '#workflows/charter/clearance-schemes.ts'
import { FACT_RULES, type FactKind } from '#workflows/people/facts/fact-kinds.ts'
import { COUNTRIES } from '#workflows/people/countries.ts'
import { REPORTABLE_EVENTS, whenReported, whoReports } from '#workflows/people/facts/reportable-events.ts'
import { useWords } from '#app/messages/text.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { FACT_FIELDS, type FactField } from './fact-fields.ts'
import { Button, Field, type FieldAria } from './ui/form.tsx'

export type FactChoices = {
	roles: readonly { key: string; title: string }[]
	facilities: readonly { key: string; title: string }[]
	keys: Readonly<Record<string, readonly string[]>>
}
type Props = {
	kind: FactKind
	choices: FactChoices
	errors: Readonly<Record<string, string>>
	/** Values to begin with: what was sent, or what is to be corrected. */
	values: Readonly<Record<string, string>>
	today: string
	/** A correction says why, and keeps the stored file unless another is chosen. */
	correction?: { keepsFile: boolean }
}

/** The form by which a fact of any kind is recorded or corrected. */
export function FactForm({ kind, choices, errors, values, today, correction }: Props) {
	const { t } = useWords()
	return (
		<Form method="post" encType="multipart/form-data" className="stack card">
			{FACT_FIELDS[kind].map((field) => (
				<ValueField
					key={field.name}
					field={field}
					kind={kind}
					choices={choices}
					error={errors[field.name]}
					value={values[field.name] ?? ''}
				/>
			))}
			{kind === 'event' ? <WhoReports /> : null}
			<Interval kind={kind} errors={errors} values={values} today={today} />
			<Evidence errors={errors} values={values} keepsFile={correction?.keepsFile ?? false} />
			{correction ? (
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
			) : null}
			<p>
				<Button>{t(correction ? 'facts.correct' : 'facts.save')}</Button>
			</p>
		</Form>
	)
}

/** Who owes which report, and when. */
function WhoReports() {
	const { t } = useWords()
	return (
		<details>
			<summary>{t('facts.whoReports')}</summary>
			<ul className="bullets small">
				{REPORTABLE_EVENTS.map((event) => (
					<li key={event}>
						{t(`facts.event_${event}`)}: {t(`facts.owed_${whoReports(event)}`)},{' '}
						{t(`facts.reported_${whenReported(event)}`)}
					</li>
				))}
			</ul>
		</details>
	)
}

/** Kinds whose days have names of their own. */
const NAMED_DAYS: ReadonlySet<FactKind> = new Set<FactKind>(['travel', 'visit', 'event'])

function Interval({ kind, errors, values, today }: Pick<Props, 'kind' | 'errors' | 'values' | 'today'>) {
	const { t } = useWords()
	const { needsEnd } = FACT_RULES[kind]
	const names = NAMED_DAYS.has(kind) ? `facts.${kind}_` : 'facts.'
	return (
		<div>
			<div className="fields">
				<Field id="validFrom" label={t(`${names}validFrom` as TextKey)} error={errors.validFrom}>
					{(aria) => (
						<input
							className="input"
							type="date"
							required
							defaultValue={values.validFrom ?? today}
							{...aria}
						/>
					)}
				</Field>
				<Field id="validUntil" label={t(`${names}validUntil` as TextKey)} error={errors.validUntil}>
					{(aria) => (
						<input
							className="input"
							type="date"
							required={needsEnd}
							defaultValue={values.validUntil ?? ''}
							{...aria}
						/>
					)}
				</Field>
			</div>
			<p className="hint">{t(needsEnd ? 'facts.endNeeded' : 'facts.endHint')}</p>
		</div>
	)
}

function Evidence({ errors, values, keepsFile }: Pick<Props, 'errors' | 'values'> & { keepsFile: boolean }) {
	const { t } = useWords()
	return (
		<>
			<Field id="evidence" label={t('facts.evidence')} hint={t('facts.evidenceHint')} error={errors.evidence}>
				{(aria) => <input className="input" maxLength={200} defaultValue={values.evidence ?? ''} {...aria} />}
			</Field>
			<Field
				id="file"
				label={t('facts.file')}
				hint={t(keepsFile ? 'facts.fileKept' : 'facts.fileHint')}
				error={errors.file}
			>
				{(aria) => (
					<input className="input" type="file" accept=".pdf,.jpg,.jpeg,.png,application/pdf" {...aria} />
				)}
			</Field>
			<label className="choice">
				<input type="checkbox" name="isVerified" defaultChecked={values.isVerified === 'on'} />
				<span>
					{t('facts.isVerified')}
					<span className="hint"> {t('facts.isVerifiedHint')}</span>
				</span>
			</label>
		</>
	)
}

type ValueProps = {
	field: FactField
	kind: FactKind
	choices: FactChoices
	error: string | undefined
	value: string
}

function ValueField({ field, kind, choices, error, value }: ValueProps) {
	const { t } = useWords()
	const label = t(`facts.field_${field.name}` as TextKey)
	if (field.control === 'flag') {
		return (
			<label className="choice">
				<input type="checkbox" name={field.name} defaultChecked={value === 'on'} />
				<span>{label}</span>
			</label>
		)
	}
	const hint = HINTED.has(field.name) ? t(`facts.hint_${field.name}` as TextKey) : undefined
	return (
		<Field id={field.name} label={label} error={error} {...(hint === undefined ? {} : { hint })}>
			{(aria) => <Control field={field} kind={kind} choices={choices} value={value} aria={aria} />}
		</Field>
	)
}

const HINTED: ReadonlySet<string> = new Set([
	'countries',
	'key',
	'under',
	'caveat',
	'event',
	'post',
	'sponsor',
	'host',
	'contact',
])

function Control({
	field: { name, control, choices: options = [], max, optional },
	kind,
	choices,
	value,
	aria,
}: Omit<ValueProps, 'error'> & { aria: FieldAria }) {
	const { t } = useWords()
	const countries = useCountries()
	switch (control) {
		case 'area':
			return <textarea className="input" rows={4} maxLength={max} required defaultValue={value} {...aria} />
		case 'text':
			return <input className="input" maxLength={max} required={!optional} defaultValue={value} {...aria} />
		case 'key':
			return (
				<>
					<input
						className="input"
						maxLength={max}
						required
						list={`${name}-known`}
						defaultValue={value}
						{...aria}
					/>
					<datalist id={`${name}-known`}>
						{(choices.keys[kind] ?? []).map((key) => (
							<option key={key} value={key} />
						))}
					</datalist>
				</>
			)
		case 'level':
			return (
				<select className="input" required defaultValue={chosen(value)} {...aria}>
					<option value="">{t('people.choose')}</option>
					{Object.entries(CLEARANCE_SCHEMES).map(([scheme, { name: title, levels }]) => (
						<optgroup key={scheme} label={title}>
							{levels.map((level) => (
								<option key={level.id} value={`${scheme} ${level.id}`}>
									{scheme} {level.name}
								</option>
							))}
						</optgroup>
					))}
				</select>
			)
		case 'countries':
			return (
				<select
					className="input"
					multiple
					size={6}
					required
					defaultValue={chosen(value)?.split(' ')}
					{...aria}
				>
					<Options options={countries} />
				</select>
			)
		default:
			return (
				<select className="input" required defaultValue={chosen(value)} {...aria}>
					<option value="">{t('people.choose')}</option>
					<Options
						options={
							control === 'country'
								? countries
								: control === 'role' || control === 'facility'
									? choices[control === 'role' ? 'roles' : 'facilities'].map(({ key, title }) => ({
											value: key,
											text: title,
										}))
									: options.map((option) => ({
											value: option,
											text: t(`facts.${name}_${option}` as TextKey),
										}))
						}
					/>
				</select>
			)
	}
}

/** Nothing is no choice: React would put an empty one in place of what somebody chose before the page woke up. */
const chosen = (value: string) => (value === '' ? undefined : value)

const Options = ({ options }: { options: readonly { value: string; text: string }[] }) =>
	options.map(({ value, text }) => (
		<option key={value} value={value}>
			{text}
		</option>
	))

/** Countries by name in the reader's order. */
export function useCountries(): { value: string; text: string }[] {
	const { format, language } = useWords()
	return COUNTRIES.map((code) => ({ value: code, text: format.country(code) })).sort((a, b) =>
		a.text.localeCompare(b.text, language),
	)
}
