import { Link } from '@remix-run/react'
import type { RequestSummary } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { StateBadge } from './ui/state-badge.tsx'
import { Table } from './ui/table.tsx'
import { Countdown, Time } from './ui/time.tsx'

/** Requests and accesses as a table; each opens its own page. */
export function RequestTable({
	caption,
	requests,
	empty,
}: {
	caption: string
	requests: readonly RequestSummary[]
	empty: string
}) {
	const { t, format } = useWords()
	return (
		<Table
			caption={caption}
			rows={requests}
			keyOf={({ id }) => id}
			empty={empty}
			columns={[
				{
					label: t('requests.number'),
					cell: ({ id, number }) => <Link to={`/requests/${id}`}>R-{number}</Link>,
				},
				{ label: t('requests.who'), cell: ({ requester }) => requester.name },
				{ label: t('requests.role'), cell: ({ role }) => role.title },
				{
					label: t('requests.state'),
					cell: ({ state, waitsFor }) => (
						<>
							<StateBadge state={state} /> {waitsFor ? <span className="muted small">{waitsFor}</span> : null}
						</>
					),
				},
				{
					label: t('requests.duration'),
					cell: ({ durationSeconds }) => format.duration(durationSeconds * 1000),
				},
				{ label: t('requests.filed'), cell: ({ filedAt }) => <Time at={filedAt} /> },
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
			]}
		/>
	)
}
