import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { QueueView } from '#app/services/access/queue.server.ts'
import type { PersonName } from '#app/services/views.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'
import { Time } from './ui/time.tsx'

/** When the reader is away and who stands in for them, and for whom they stand in. */
export function AbsenceCard({
	absences,
	standIns,
	errors,
	sent,
}: {
	absences: QueueView['absences']
	standIns: readonly PersonName[]
	errors: FormErrors
	sent: Readonly<Record<string, string>>
}) {
	const { t } = useWords()
	return (
		<section className="card" aria-labelledby="absence">
			<h2 id="absence">{t('queue.absence')}</h2>
			{absences.map(({ id, isOwn, name, standIn, from, until }) => (
				<div key={id} className="row">
					<p>
						{isOwn
							? t(standIn === null ? 'queue.youAreAway' : 'queue.youAreAwayStandIn', {
									standIn: standIn ?? '',
								})
							: t('queue.youStandIn', { name })}{' '}
						<Time at={from} /> – <Time at={until} />
					</p>
					{isOwn ? (
						<Form method="post">
							<input type="hidden" name="intent" value="back" />
							<input type="hidden" name="absenceId" value={id} />
							<Button look="small">{t('queue.endAbsence')}</Button>
						</Form>
					) : null}
				</div>
			))}
			<details key={absences.length} open={Boolean(errors.from ?? errors.until ?? errors.standIn)}>
				<summary>{t('queue.record')}</summary>
				<p className="hint">{t('queue.absenceLead')}</p>
				<Form method="post" className="stack">
					<input type="hidden" name="intent" value="away" />
					<Field id="from" label={t('queue.absentFrom')} hint={t('queue.absentFromHint')} error={errors.from}>
						{(aria) => (
							<input type="datetime-local" className="input" defaultValue={sent.from ?? ''} {...aria} />
						)}
					</Field>
					<Field id="until" label={t('queue.absentUntil')} error={errors.until}>
						{(aria) => (
							<input
								type="datetime-local"
								className="input"
								defaultValue={sent.until ?? ''}
								required
								{...aria}
							/>
						)}
					</Field>
					<Field id="standIn" label={t('queue.standIn')} hint={t('queue.standInHint')} error={errors.standIn}>
						{(aria) => (
							<select className="input" defaultValue={sent.standIn ?? ''} {...aria}>
								<option value="">{t('queue.nobody')}</option>
								{standIns.map(({ id, name }) => (
									<option key={id} value={id}>
										{name}
									</option>
								))}
							</select>
						)}
					</Field>
					<p>
						<Button look="plain">{t('queue.recordAbsence')}</Button>
					</p>
				</Form>
			</details>
		</section>
	)
}
