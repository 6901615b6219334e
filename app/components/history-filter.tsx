import { Form, Link } from '@remix-run/react'
import type { HistoryChoices } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { ZoneField } from './zone-field.tsx'
import { Button, Field, type FormErrors } from './ui/form.tsx'

/** The filter as it was sent, for the form to show again; `from` and `until` as local time in `zone`. */
export type SentFilter = {
	people: readonly string[]
	roles: readonly string[]
	facilities: readonly string[]
	boundaries: readonly string[]
	from: string
	until: string
	zone: string
	find: string
}
type Choice = { value: string; title: string }

/** Whom, which roles and facilities, and when: an address that can be sent. Works without JavaScript. */
export function HistoryFilterForm({
	choices,
	zones,
	sent,
	errors,
	isLong,
}: {
	choices: HistoryChoices
	zones: readonly string[]
	sent: SentFilter
	errors: FormErrors
	/** There are more people than a list is good for: they are found by name. */
	isLong: boolean
}) {
	const { t } = useWords()
	const titled = ({ key, title }: { key: string; title: string }) => ({ value: key, title })
	return (
		<Form className="card" key={JSON.stringify(sent)} aria-labelledby="history-filter">
			<div className="head">
				<h2 id="history-filter">{t('audit.filter')}</h2>
				<span className="chip">{t('audit.boundary', { boundary: choices.boundary })}</span>
			</div>
			<div className="picks">
				<Picks
					name="person"
					label={t('audit.people')}
					hint={t('audit.peopleHint')}
					none={t('audit.everyone')}
					choices={choices.people.map(({ id, name }) => ({ value: id, title: name }))}
					chosen={sent.people}
					error={errors.person}
					find={isLong || sent.find !== '' ? sent.find : undefined}
				/>
				<Picks
					name="role"
					label={t('audit.roles')}
					none={t('audit.allRoles')}
					choices={choices.roles.map(titled)}
					chosen={sent.roles}
					error={errors.role}
				/>
				<Picks
					name="facility"
					label={t('audit.facilities')}
					none={t('audit.allFacilities')}
					hint={t('audit.facilitiesHint')}
					choices={choices.facilities.map(titled)}
					chosen={sent.facilities}
					error={errors.facility}
				/>
				<Picks
					name="boundary"
					label={t('audit.boundaries')}
					none={t('audit.allBoundaries')}
					hint={t('audit.boundariesHint')}
					choices={choices.boundaries.map(titled)}
					chosen={sent.boundaries}
					error={errors.boundary}
				/>
			</div>
			<div className="fields">
				<Field id="from" label={t('audit.from')} error={errors.from}>
					{(aria) => <input className="input" type="datetime-local" defaultValue={sent.from} {...aria} />}
				</Field>
				<Field id="until" label={t('audit.until')} error={errors.until}>
					{(aria) => <input className="input" type="datetime-local" defaultValue={sent.until} {...aria} />}
				</Field>
				<ZoneField label={t('audit.zone')} zone={sent.zone} zones={zones} error={errors.zone} />
			</div>
			<p className="hint">{t('audit.periodHint')}</p>
			<p className="row">
				<Button>{t('audit.apply')}</Button>
				<Link className="button" to="/audit">
					{t('audit.clear')}
				</Link>
			</p>
		</Form>
	)
}

/** Any number of choices, folded away; none is all of them, and the fold says so. */
function Picks({
	name,
	label,
	none,
	hint,
	choices,
	chosen,
	error,
	find,
}: {
	name: string
	label: string
	none: string
	hint?: string
	choices: readonly Choice[]
	chosen: readonly string[]
	error?: string | undefined
	/** Set where there are too many for a list: what the names shown contain. */
	find?: string | undefined
}) {
	const { t } = useWords()
	const state = chosen.length === 0 ? none : t('audit.chosen', { count: chosen.length })
	return (
		<details className="pick" open={error !== undefined || (find ?? '') !== ''} id={name}>
			<summary>
				<strong>{label}:</strong> {state}
			</summary>
			<fieldset>
				<legend className="visually-hidden">{label}</legend>
				{hint ? <p className="hint">{hint}</p> : null}
				{error ? <p className="error">{error}</p> : null}
				{find === undefined ? null : (
					<Field id="find" label={t('audit.find')} hint={t('audit.findHint')}>
						{(aria) => <input className="input" maxLength={100} defaultValue={find} {...aria} />}
					</Field>
				)}
				<div className="pick-list">
					{choices.map(({ value, title }) => (
						<label className="choice" key={value}>
							<input type="checkbox" name={name} value={value} defaultChecked={chosen.includes(value)} />
							{title}
						</label>
					))}
					{choices.length === 0 && find !== undefined ? <p>{t('audit.nobodyFound')}</p> : null}
				</div>
			</fieldset>
		</details>
	)
}
