import { Form } from '@remix-run/react'
import type { ManyRow } from '#app/services/people/change-many.server.ts'
import type { PersonName } from '#app/services/views.ts'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { FactChoices } from './fact-form.tsx'
import { Button, Field, type FieldAria } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'

type Sent = Readonly<Record<string, string>>

/** Whom to change and how; sending it shows what that would do, and changes nothing. */
export function ManyForm({
	people,
	chosen,
	choices,
	errors,
	sent,
	today,
}: {
	people: readonly PersonName[]
	chosen: readonly string[]
	choices: Pick<FactChoices, 'roles' | 'facilities'>
	errors: Sent
	sent: Sent
	today: string
}) {
	const { t } = useWords()
	const select = (name: string, options: readonly { key: string; title: string }[]) => (aria: FieldAria) => (
		<select className="input" defaultValue={sent[name] || undefined} {...aria}>
			<option value="">{t('people.choose')}</option>
			{options.map(({ key, title }) => (
				<option key={key} value={key}>
					{title}
				</option>
			))}
		</select>
	)
	const date = (name: string, value: string) => (aria: FieldAria) => (
		<input
			className="input"
			type="date"
			required={name === 'day'}
			defaultValue={sent[name] ?? value}
			{...aria}
		/>
	)
	return (
		<Form method="post" className="card stack">
			<fieldset className="stack stack-tight" id="personIds">
				<legend>
					<strong>{t('people.selected')}</strong>
				</legend>
				<div className="fields">
					{people.map(({ id, name }) => (
						<label key={id} className="choice">
							<input type="checkbox" name="person" value={id} defaultChecked={chosen.includes(id)} />
							<span>{name}</span>
						</label>
					))}
				</div>
			</fieldset>
			<Field id="change" label={t('people.manyChange')} error={errors.change}>
				{select(
					'change',
					(['appoint', 'authorise', 'endAppointment'] as const).map((key) => ({
						key,
						title: t(`people.many_${key}`),
					})),
				)}
			</Field>
			<div className="fields">
				<Field id="role" label={t('people.manyRole')} error={errors.role}>
					{select('role', choices.roles)}
				</Field>
				<Field id="facility" label={t('people.manyFacility')} error={errors.facility}>
					{select('facility', choices.facilities)}
				</Field>
				<Field id="day" label={t('people.manyDay')} error={errors.day ?? errors.validFrom}>
					{date('day', today)}
				</Field>
				<Field id="validUntil" label={t('facts.validUntil')} error={errors.validUntil}>
					{date('validUntil', '')}
				</Field>
			</div>
			<Field id="evidence" label={t('people.manyEvidence')} error={errors.evidence}>
				{(aria) => (
					<input className="input" maxLength={200} required defaultValue={sent.evidence ?? ''} {...aria} />
				)}
			</Field>
			<p>
				<Button look="plain">{t('people.manyPreview')}</Button>
			</p>
		</Form>
	)
}

/** What stands in the way first, then what ends something. */
const rankOf = ({ problem, ends }: ManyRow) => (problem !== null ? 0 : ends > 0 ? 1 : 2)

/** What the change would do to each person, and the one confirmation where nothing stands in its way. */
export function ManyPreview({ rows, sent }: { rows: readonly ManyRow[]; sent: Sent }) {
	const { t } = useWords()
	const isPossible = rows.every(({ problem }) => problem === null)
	return (
		<section className="card card-signing">
			<h2>{t('people.manyPreviewTitle')}</h2>
			<Table
				caption={t('people.manyPreviewTitle')}
				rows={[...rows].sort((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name))}
				keyOf={({ personId }) => personId}
				empty={t('people.manyNobody')}
				columns={[
					{ label: t('people.name'), cell: ({ name }) => name },
					{
						label: t('people.manyResult'),
						cell: ({ problem, ends }) => (
							<span
								className={`badge badge-${problem === null ? (ends > 0 ? 'waiting' : 'active') : 'refused'}`}
							>
								<Icon name={problem === null ? (ends > 0 ? 'alarm' : 'check') : 'cross'} />
								{problem === null
									? ends > 0
										? t('people.manyEnds', { count: ends })
										: t('people.manyEndsNone')
									: t(`errors.${problem}` as TextKey)}
							</span>
						),
					},
				]}
			/>
			{isPossible ? (
				<Form method="post">
					{rows.map(({ personId }) => (
						<input key={personId} type="hidden" name="person" value={personId} />
					))}
					{Object.entries(sent)
						.filter(([name]) => name !== 'person')
						.map(([name, value]) => (
							<input key={name} type="hidden" name={name} value={value} />
						))}
					<input type="hidden" name="confirmed" value="yes" />
					<Button>{t('people.manyConfirm', { count: rows.length })}</Button>
				</Form>
			) : (
				<p className="notice notice-bad">{t('people.manyBlocked')}</p>
			)}
		</section>
	)
}
