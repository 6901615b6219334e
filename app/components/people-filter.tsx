import { Form, useSearchParams } from '@remix-run/react'
import { CLEARANCE_SCHEMES } from '#workflows/charter/clearance-schemes.ts'
import { useWords } from '#app/messages/text.tsx'
import { useCountries, type FactChoices } from './fact-form.tsx'
import { Button } from './ui/form.tsx'

type Option = { value: string; text: string }

/** Whom to find: by words, and by what they hold now. Every search is a link that one can send. */
export function PeopleFilter({
	choices,
	maySeeValues,
}: {
	choices: Pick<FactChoices, 'roles' | 'facilities'>
	maySeeValues: boolean
}) {
	const { t } = useWords()
	const [search] = useSearchParams()
	const countries = useCountries()
	const levels = Object.entries(CLEARANCE_SCHEMES).flatMap(([scheme, { levels: all }]) =>
		all.map(({ id, name }) => ({ value: `${scheme} ${id}`, text: `${scheme} ${name}` })),
	)
	const titled = (list: FactChoices['roles']) => list.map(({ key, title }) => ({ value: key, text: title }))
	const select = (name: string, label: string, any: string, options: readonly Option[]) => (
		<div className="field">
			<label htmlFor={`filter-${name}`}>{label}</label>
			<select
				className="input"
				id={`filter-${name}`}
				name={name}
				key={search.get(name)}
				defaultValue={search.get(name) ?? ''}
			>
				<option value="">{any}</option>
				{options.map(({ value, text }) => (
					<option key={value} value={value}>
						{text}
					</option>
				))}
			</select>
		</div>
	)
	return (
		<Form className="stack stack-tight" role="search" aria-label={t('people.searchButton')}>
			<div className="fields">
				<div className="field">
					<label htmlFor="search">{t('people.search')}</label>
					<input
						className="input"
						id="search"
						name="search"
						type="search"
						maxLength={200}
						defaultValue={search.get('search') ?? ''}
					/>
				</div>
				{select('role', t('people.filterRole'), t('people.anyRole'), titled(choices.roles))}
				{select('facility', t('people.filterFacility'), t('people.anyFacility'), titled(choices.facilities))}
				{maySeeValues
					? select('country', t('people.filterCountry'), t('people.anyCountry'), countries)
					: null}
				{maySeeValues ? select('level', t('people.filterLevel'), t('people.anyLevel'), levels) : null}
			</div>
			<p>
				<Button look="plain">{t('people.searchButton')}</Button>
			</p>
		</Form>
	)
}
