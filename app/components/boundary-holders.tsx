import { Form, Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { BoundaryView, HoldingView } from '#app/services/roster/views.ts'
import type { BoundaryProps } from './boundary-card.tsx'
import { fieldsOf } from './boundary-fields.ts'
import { Icon } from './ui/icon.tsx'
import { Button, Field } from './ui/form.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** Everybody who is said to hold the role, where that is known from, and whether it counts. */
export function HolderTable({
	boundary,
	holdings,
}: {
	boundary: BoundaryView
	holdings: readonly HoldingView[]
}) {
	const { t } = useWords()
	return (
		<Table
			caption={t('roster.holdersOf', { name: boundary.name })}
			rows={holdings}
			keyOf={({ key }) => key}
			empty={t('roster.holdersEmpty')}
			columns={[
				{
					label: t('roster.person'),
					cell: ({ person, account }) =>
						person ? (
							<Link to={`/people/${person.id}`}>{person.name}</Link>
						) : (
							t('roster.account', { id: account ?? '' })
						),
				},
				{
					label: t('roster.source'),
					cell: ({ source, evidence }) => (
						<>
							{t(`roster.source_${source}`)}
							{evidence === null ? null : <p className="small muted">{evidence}</p>}
						</>
					),
				},
				{ label: t('roster.from'), cell: ({ from }) => (from === null ? '–' : <Time at={from} />) },
				{
					label: t('roster.until'),
					cell: ({ until }) => (until === null ? t('roster.open') : <Time at={until} />),
				},
				{
					label: t('roster.counts'),
					cell: ({ void: why }) =>
						why === null ? (
							<span className="badge badge-active">
								<Icon name="check" />
								{t('roster.countsYes')}
							</span>
						) : (
							<span className="badge badge-wraps badge-refused">
								<Icon name="cross" />
								{t(`roster.void_${why}`)}
							</span>
						),
				},
				{
					label: t('roster.change'),
					cell: ({ holderId, person }) =>
						holderId === null ? (
							'–'
						) : (
							<Form method="post">
								<input type="hidden" name="intent" value="end" />
								<input type="hidden" name="holderId" value={holderId} />
								<Button look="small">
									{t('roster.end')}
									<span className="visually-hidden">: {person?.name ?? ''}</span>
								</Button>
							</Form>
						),
				},
			]}
		/>
	)
}

/** Records that somebody holds the role. */
export function HolderForm({ boundary, zone, answer }: BoundaryProps) {
	const { t } = useWords()
	const { isOpen, idOf, sent, error } = fieldsOf('holder', boundary.id, answer)
	return (
		<details open={isOpen}>
			<summary>{t('roster.holderNew')}</summary>
			<Form method="post" className="stack">
				<input type="hidden" name="intent" value="holder" />
				<input type="hidden" name="boundaryId" value={boundary.id} />
				<input type="hidden" name="zone" value={zone} />
				<div className="fields fields-roomy">
					<Field
						id={idOf('person')}
						label={t('roster.person')}
						hint={t('roster.personHint')}
						error={error('person')}
					>
						{(aria) => (
							<input
								className="input"
								maxLength={200}
								autoComplete="off"
								defaultValue={sent('person')}
								required
								{...aria}
								name="person"
							/>
						)}
					</Field>
					<Field
						id={idOf('from')}
						label={t('roster.from')}
						hint={t('roster.fromHint', { zone })}
						error={error('from')}
					>
						{(aria) => (
							<input
								className="input"
								type="datetime-local"
								defaultValue={sent('from')}
								{...aria}
								name="from"
							/>
						)}
					</Field>
					<Field
						id={idOf('until')}
						label={t('roster.until')}
						hint={t('roster.untilHint', { zone })}
						error={error('until')}
					>
						{(aria) => (
							<input
								className="input"
								type="datetime-local"
								defaultValue={sent('until')}
								{...aria}
								name="until"
							/>
						)}
					</Field>
					<Field
						id={idOf('evidence')}
						label={t('roster.evidence')}
						hint={t('roster.evidenceHint')}
						error={error('evidence')}
					>
						{(aria) => (
							<input
								className="input"
								maxLength={500}
								defaultValue={sent('evidence')}
								required
								{...aria}
								name="evidence"
							/>
						)}
					</Field>
				</div>
				<p>
					<Button look="plain">{t('roster.holderDo')}</Button>
				</p>
			</Form>
		</details>
	)
}
