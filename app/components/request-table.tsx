import { Link } from '@remix-run/react'
import type { RequestSummary } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { BreakGlassChip } from './break-glass-badge.tsx'
import { StateBadge } from './ui/state-badge.tsx'
import { Table } from './ui/table.tsx'
import { Countdown, Time } from './ui/time.tsx'

const OVER: ReadonlySet<RequestSummary['state']> = new Set(['ended', 'refused', 'timed_out', 'voided'])

const mayAskAgain = ({ requester, state, isRepeatable }: RequestSummary, reader: string | undefined) =>
	reader === requester.id && isRepeatable && OVER.has(state)

/** Requests and accesses as a table; each opens its own page. */
export function RequestTable({
	caption,
	requests,
	empty,
	askAgain,
}: {
	caption: string
	requests: readonly RequestSummary[]
	empty: string
	/** The reader, where they may ask: those of theirs that are over can be asked for again. */
	askAgain?: string | undefined
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
					cell: ({ id, number, isBreakGlass }) => (
						<>
							<Link to={`/requests/${id}`}>R-{number}</Link> {isBreakGlass ? <BreakGlassChip /> : null}
						</>
					),
				},
				{ label: t('requests.who'), cell: ({ requester }) => requester.name },
				{ label: t('requests.role'), cell: ({ role }) => role.title },
				{
					label: t('requests.state'),
					cell: (request) => (
						<>
							<StateBadge state={request.state} />{' '}
							{request.waitsFor ? <span className="muted small">{request.waitsFor}</span> : null}
							{mayAskAgain(request, askAgain) ? (
								<Link
									className="small"
									to={`/requests/new?like=${request.id}`}
									aria-label={t('requests.askAgainFor', { number: request.number })}
								>
									{t('requests.askAgain')}
								</Link>
							) : null}
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
