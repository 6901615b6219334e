import { Form, Link, useSearchParams } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { RosterView } from '#app/services/roster/views.ts'
import { rowTitle } from './roster-words.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'
import { ZoneField } from './zone-field.tsx'

/** What is shown, in which zone, and who is imagined away: every answer is an address, so that it can be sent. */
export function RosterFilter({
	view,
	zones,
	errors,
}: {
	view: RosterView
	zones: readonly string[]
	errors: FormErrors
}) {
	const { t } = useWords()
	const [search] = useSearchParams()
	const sent = (name: string) => search.get(name) ?? ''
	return (
		<Form className="card no-print" key={search.toString()} aria-label={t('roster.filter')}>
			<div className="fields fields-roomy">
				<Field id="row" label={t('roster.row')}>
					{(aria) => (
						<select className="input" defaultValue={sent('row')} {...aria}>
							<option value="">{t('roster.allRows')}</option>
							{view.choices.map((choice) => (
								<option key={choice.key} value={choice.key}>
									{rowTitle(t, choice)}
								</option>
							))}
						</select>
					)}
				</Field>
				<ZoneField
					label={t('roster.zone')}
					zone={sent('zone') || view.zone}
					zones={zones}
					error={errors.zone}
				/>
			</div>
			{view.maySeePeople ? (
				<details open={sent('absent') !== '' || undefined}>
					<summary>{t('roster.whatIf')}</summary>
					<div className="fields fields-roomy">
						<Field id="absent" label={t('roster.absent')} hint={t('roster.absentHint')} error={errors.absent}>
							{(aria) => (
								<input
									className="input"
									maxLength={200}
									autoComplete="off"
									defaultValue={sent('absent')}
									{...aria}
								/>
							)}
						</Field>
						<Field id="absentFrom" label={t('roster.absentFrom')} error={errors.absentFrom}>
							{(aria) => (
								<input type="datetime-local" className="input" defaultValue={sent('absentFrom')} {...aria} />
							)}
						</Field>
						<Field id="absentUntil" label={t('roster.absentUntil')} error={errors.absentUntil}>
							{(aria) => (
								<input type="datetime-local" className="input" defaultValue={sent('absentUntil')} {...aria} />
							)}
						</Field>
					</div>
				</details>
			) : null}
			<p className="row">
				<Button>{t('roster.show')}</Button>
				{search.size > 0 ? <Link to="/roster">{t('roster.clear')}</Link> : null}
			</p>
		</Form>
	)
}
