import { Form, Link, useSearchParams } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { PersonName } from '#app/services/views.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'

/** Whom to imagine gone, and when. One form whose every answer is an address, so that it can be sent to somebody. */
export function WhatIfForm({
	chosen,
	found,
	errors,
}: {
	chosen: readonly PersonName[]
	/** Who was found by what stands in the search, without those who are chosen; null: nothing was searched for. */
	found: readonly PersonName[] | null
	errors: FormErrors
}) {
	const { t } = useWords()
	const [search] = useSearchParams()
	return (
		<Form
			className="card no-print"
			role="search"
			key={search.toString()}
			aria-label={t('forecast.whatIfTitle')}
		>
			<div className="fields">
				<Field id="search" label={t('forecast.find')} hint={t('forecast.findHint')}>
					{(aria) => (
						<input
							className="input"
							type="search"
							maxLength={120}
							autoComplete="off"
							defaultValue={search.get('search') ?? ''}
							{...aria}
						/>
					)}
				</Field>
				<Field id="day" label={t('forecast.day')} hint={t('forecast.dayHint')} error={errors.day}>
					{(aria) => <input className="input" type="date" defaultValue={search.get('day') ?? ''} {...aria} />}
				</Field>
			</div>
			<People legend={t('forecast.chosen')} people={chosen} isChosen />
			{found === null ? null : found.length === 0 ? (
				<p>{t('forecast.foundNone')}</p>
			) : (
				<People legend={t('forecast.found')} people={found} isChosen={false} />
			)}
			<p className="row">
				<Button>
					{chosen.length === 0 && found === null ? t('forecast.findButton') : t('forecast.compare')}
				</Button>
				{search.size > 0 ? <Link to="/forecast/what-if">{t('forecast.clear')}</Link> : null}
			</p>
		</Form>
	)
}

function People({
	legend,
	people,
	isChosen,
}: {
	legend: string
	people: readonly PersonName[]
	isChosen: boolean
}) {
	if (people.length === 0) return null
	return (
		<fieldset className="stack stack-tight">
			<legend>{legend}</legend>
			<div className="row">
				{people.map(({ id, name }) => (
					<label key={id} className="choice" htmlFor={`person-${id}`}>
						<input type="checkbox" id={`person-${id}`} name="person" value={id} defaultChecked={isChosen} />
						{name}
					</label>
				))}
			</div>
		</fieldset>
	)
}
