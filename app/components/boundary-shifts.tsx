import { Form, Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { BoundaryView, ShiftView } from '#app/services/roster/views.ts'
import { DAYS } from '#workflows/charter/person-rules.schema.ts'
import type { BoundaryProps } from './boundary-card.tsx'
import { fieldsOf } from './boundary-fields.ts'
import { Button, Field } from './ui/form.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** Everything that is planned, and nothing where nothing is: then everybody counts. */
export function ShiftTable({
	boundary,
	shifts,
	mayManage,
}: {
	boundary: BoundaryView
	shifts: readonly ShiftView[]
	mayManage: boolean
}) {
	const { t } = useWords()
	return (
		<Table
			caption={t('roster.shiftsOf', { name: boundary.name })}
			rows={shifts}
			keyOf={({ id }) => id}
			empty={t('roster.shiftsEmpty')}
			columns={[
				{
					label: t('roster.person'),
					cell: ({ person }) => <Link to={`/people/${person.id}`}>{person.name}</Link>,
				},
				{
					label: t('roster.kind'),
					cell: ({ kind, days, startsAt, endsAt, zone }) =>
						kind === 'weekly'
							? t('roster.week', {
									days: days.map((day) => t(`reasons.${day}`)).join(', '),
									from: startsAt ?? '',
									until: endsAt ?? '',
									zone: zone ?? '',
								})
							: t(`roster.kind_${kind}`),
				},
				{ label: t('roster.from'), cell: ({ from }) => <Time at={from} /> },
				{
					label: t('roster.until'),
					cell: ({ until }) => (until === null ? t('roster.open') : <Time at={until} />),
				},
				...(mayManage
					? [
							{
								label: t('roster.change'),
								cell: ({ id, person }: ShiftView) => (
									<Form method="post">
										<input type="hidden" name="intent" value="remove" />
										<input type="hidden" name="shiftId" value={id} />
										<Button look="small">
											{t('roster.remove')}
											<span className="visually-hidden">: {person.name}</span>
										</Button>
									</Form>
								),
							},
						]
					: []),
			]}
		/>
	)
}

/** Plans duty: every week, or once. */
export function ShiftForms(props: BoundaryProps) {
	const { t } = useWords()
	const { boundary, answer } = props
	const isOpen = answer.sent.intent === 'weekly' || answer.sent.intent === 'once'
	return (
		<details open={isOpen || undefined}>
			<summary>{t('roster.shiftNew')}</summary>
			<div className="stack">
				<WeeklyForm {...props} key={`weekly ${boundary.id}`} />
				<OnceForm {...props} key={`once ${boundary.id}`} />
			</div>
		</details>
	)
}

function WeeklyForm({ boundary, zone, answer }: BoundaryProps) {
	const { t } = useWords()
	const { idOf, sent, error } = fieldsOf('weekly', boundary.id, answer)
	const chosen = answer.sent.intent === 'weekly' ? answer.days : DAYS
	return (
		<Form method="post" className="stack">
			<h4>{t('roster.weekly')}</h4>
			<input type="hidden" name="intent" value="weekly" />
			<input type="hidden" name="boundaryId" value={boundary.id} />
			<div className="fields fields-roomy">
				<PersonField id={idOf('person')} value={sent('person')} error={error('person')} />
				<fieldset id={idOf('days')}>
					<legend>{t('roster.days')}</legend>
					{error('days') ? <p className="error">{error('days')}</p> : null}
					<div className="row">
						{DAYS.map((day) => (
							<label key={day} className="choice">
								<input type="checkbox" name="days" value={day} defaultChecked={chosen.includes(day)} />{' '}
								{t(`reasons.${day}`)}
							</label>
						))}
					</div>
				</fieldset>
				<Field id={idOf('startsAt')} label={t('roster.startsAt')} error={error('startsAt')}>
					{(aria) => (
						<input
							className="input"
							type="time"
							defaultValue={sent('startsAt')}
							required
							{...aria}
							name="startsAt"
						/>
					)}
				</Field>
				<Field
					id={idOf('endsAt')}
					label={t('roster.endsAt')}
					hint={t('roster.endsAtHint')}
					error={error('endsAt')}
				>
					{(aria) => (
						<input
							className="input"
							type="time"
							defaultValue={sent('endsAt')}
							required
							{...aria}
							name="endsAt"
						/>
					)}
				</Field>
				<Field id={idOf('zone')} label={t('roster.zone')} error={error('zone')}>
					{(aria) => (
						<input
							className="input"
							maxLength={60}
							autoComplete="off"
							spellCheck={false}
							defaultValue={sent('zone') || zone}
							required
							{...aria}
							name="zone"
						/>
					)}
				</Field>
				<PeriodFields {...{ idOf, sent, error, zone }} isNeeded={false} />
			</div>
			<p>
				<Button look="plain">{t('roster.weeklyDo')}</Button>
			</p>
		</Form>
	)
}

function OnceForm({ boundary, zone, answer }: BoundaryProps) {
	const { t } = useWords()
	const { idOf, sent, error } = fieldsOf('once', boundary.id, answer)
	return (
		<Form method="post" className="stack">
			<h4>{t('roster.once')}</h4>
			<input type="hidden" name="intent" value="once" />
			<input type="hidden" name="boundaryId" value={boundary.id} />
			<input type="hidden" name="zone" value={zone} />
			<div className="fields fields-roomy">
				<PersonField id={idOf('person')} value={sent('person')} error={error('person')} />
				<Field id={idOf('kind')} label={t('roster.onceKind')} error={error('kind')}>
					{(aria) => (
						<select className="input" defaultValue={sent('kind') || 'on'} {...aria} name="kind">
							<option value="on">{t('roster.kind_on')}</option>
							<option value="off">{t('roster.kind_off')}</option>
						</select>
					)}
				</Field>
				<PeriodFields {...{ idOf, sent, error, zone }} isNeeded />
			</div>
			<p>
				<Button look="plain">{t('roster.onceDo')}</Button>
			</p>
		</Form>
	)
}

function PersonField({ id, value, error }: { id: string; value: string; error: string | undefined }) {
	const { t } = useWords()
	return (
		<Field id={id} label={t('roster.person')} hint={t('roster.personHint')} error={error}>
			{(aria) => (
				<input
					className="input"
					maxLength={200}
					autoComplete="off"
					defaultValue={value}
					required
					{...aria}
					name="person"
				/>
			)}
		</Field>
	)
}

function PeriodFields({
	idOf,
	sent,
	error,
	zone,
	isNeeded,
}: Pick<ReturnType<typeof fieldsOf>, 'idOf' | 'sent' | 'error'> & { zone: string; isNeeded: boolean }) {
	const { t } = useWords()
	return (
		<>
			<Field
				id={idOf('from')}
				label={t('roster.from')}
				hint={t('roster.fromHint', { zone })}
				error={error('from')}
			>
				{(aria) => (
					<input className="input" type="datetime-local" defaultValue={sent('from')} {...aria} name="from" />
				)}
			</Field>
			<Field
				id={idOf('until')}
				label={t('roster.until')}
				hint={t(isNeeded ? 'roster.untilNeeded' : 'roster.untilHint', { zone })}
				error={error('until')}
			>
				{(aria) => (
					<input
						className="input"
						type="datetime-local"
						defaultValue={sent('until')}
						required={isNeeded}
						{...aria}
						name="until"
					/>
				)}
			</Field>
		</>
	)
}
