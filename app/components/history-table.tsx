import { Link } from '@remix-run/react'
import type { HistoryRow } from '#app/services/audit/history.server.ts'
import { useWords } from '#app/messages/text.tsx'
import { StateBadge } from './ui/state-badge.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** Requests and what came of them, with who decided and the entries that prove it. */
export function HistoryTable({ rows }: { rows: readonly HistoryRow[] }) {
	const { t } = useWords()
	return (
		<Table
			caption={t('audit.title')}
			rows={rows}
			keyOf={({ requestId }) => requestId}
			empty={t('audit.empty')}
			columns={[
				{
					label: t('requests.number'),
					cell: ({ requestId, number }) => <Link to={`/requests/${requestId}`}>R-{number}</Link>,
				},
				{ label: t('audit.person'), cell: ({ person }) => person },
				{
					label: t('audit.role'),
					cell: ({ role, ticket }) => (
						<>
							{role}
							<br />
							<span className="muted small">{ticket}</span>
						</>
					),
				},
				{ label: t('requests.state'), cell: ({ state }) => <StateBadge state={state} /> },
				{ label: t('requests.filed'), cell: ({ requestedAt }) => <Time at={requestedAt} /> },
				{ label: t('audit.approvals'), cell: ({ approvals }) => <Decisions decisions={approvals} /> },
				{ label: t('audit.activeFrom'), cell: ({ startsAt }) => (startsAt ? <Time at={startsAt} /> : '–') },
				{ label: t('audit.activeTo'), cell: ({ endedAt }) => (endedAt ? <Time at={endedAt} /> : '–') },
			]}
		/>
	)
}

function Decisions({ decisions }: { decisions: HistoryRow['approvals'] }) {
	const { t } = useWords()
	return (
		<ul>
			{decisions.map(({ approver, verdict, at, entryIndex }) => (
				<li key={`${approver} ${at}`}>
					{t(verdict === 'approve' ? 'requests.approvedBy' : 'requests.deniedBy', { name: approver })}
					{entryIndex === null ? null : (
						<>
							{' '}
							<Link className="small" to={`/record/${entryIndex}`}>
								{t('requests.entry', { index: entryIndex })}
							</Link>
						</>
					)}
				</li>
			))}
		</ul>
	)
}
