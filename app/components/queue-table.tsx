import { Form, Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { QueueRow } from '#app/services/access/queue.server.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'
import { Table } from './ui/table.tsx'
import { Countdown, Time } from './ui/time.tsx'

/**
 * What waits for the reader's decision, the most urgent on top. A verdict can be chosen for several of one role, to be
 * signed in one ceremony; a request's own page decides it alone.
 */
export function QueueTable({
	rows,
	sent,
	errors,
}: {
	rows: readonly QueueRow[]
	sent: Readonly<Record<string, string>>
	errors: FormErrors
}) {
	const { t, format } = useWords()
	const table = (
		<Table
			caption={t('queue.title')}
			rows={rows}
			keyOf={({ id }) => id}
			empty={t('queue.empty')}
			columns={[
				{
					label: t('requests.number'),
					cell: ({ id, number }) => <Link to={`/requests/${id}`}>R-{number}</Link>,
				},
				{
					label: t('requests.deadline'),
					cell: ({ deadline }) =>
						deadline === null ? (
							'–'
						) : (
							<>
								<Countdown to={deadline} /> <span className="muted small">{format.time(deadline)}</span>
							</>
						),
				},
				{ label: t('requests.who'), cell: ({ requester }) => requester.name },
				{
					label: t('requests.role'),
					cell: ({ role, inPlaceOf }) => (
						<>
							{role.title}
							{inPlaceOf ? <span className="muted small"> · {t('queue.inPlaceOf')}</span> : null}
						</>
					),
				},
				{
					label: t('queue.what'),
					cell: ({ id, reason, ticket, isAsked, filingKey }) => (
						<>
							{reason} <span className="muted small">{ticket}</span>
							<Together others={rows.filter((row) => row.filingKey === filingKey && row.id !== id)} />
							{isAsked ? <span className="muted small"> · {t('queue.isAsked')}</span> : null}
						</>
					),
				},
				{
					label: t('requests.duration'),
					cell: ({ durationSeconds, startAt }) => (
						<>
							{format.duration(durationSeconds * 1000)}
							{startAt === null ? null : (
								<span className="muted small">
									{' '}
									{t('queue.from')} <Time at={startAt} />
								</span>
							)}
						</>
					),
				},
				{
					label: t('requests.verdict'),
					cell: ({ id, number }) => (
						<select
							className="input input-small"
							name={`verdict-${id}`}
							aria-label={t('queue.verdictFor', { number })}
							defaultValue={sent[`verdict-${id}`] ?? ''}
						>
							<option value="">{t('queue.later')}</option>
							<option value="approve">{t('requests.approve')}</option>
							<option value="deny">{t('requests.deny')}</option>
						</select>
					),
				},
			]}
		/>
	)
	if (rows.length === 0) return table
	return (
		<Form method="post" className="stack" id="form">
			<input type="hidden" name="intent" value="prepare" />
			{table}
			<section className="card stack">
				<p>{t('queue.severalLead')}</p>
				<Field
					id="reason"
					label={t('requests.decisionReason')}
					hint={t('requests.decisionReasonHint')}
					error={errors.reason}
				>
					{(aria) => (
						<textarea className="input" rows={2} maxLength={500} defaultValue={sent.reason ?? ''} {...aria} />
					)}
				</Field>
				<p>
					<Button>{t('requests.review')}</Button>
				</p>
			</section>
		</Form>
	)
}

/** What else on this page was asked for in the same form. */
function Together({ others }: { others: readonly QueueRow[] }) {
	const { t } = useWords()
	const together = others.filter(({ filingKey }) => filingKey !== null)
	if (together.length === 0) return null
	const numbers = together.map(({ number }) => `R-${number}`).join(', ')
	return <span className="muted small"> · {t('queue.filedWith', { numbers })}</span>
}
