import { Link } from '@remix-run/react'
import type { LockboxHistoryView } from '#app/services/audit/lockbox-rows.server.ts'
import { useWords } from '#app/messages/text.tsx'
import { LockboxBadge } from './lockbox-badge.tsx'
import { PROVIDER_NAMES } from './lockbox-words.ts'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** Requests for customer content and what came of them, with who decided and the entries that prove it. */
export function LockboxHistoryTable({ rows }: { rows: readonly LockboxHistoryView[] }) {
	const { t } = useWords()
	return (
		<Table
			caption={t('audit.contentTitle')}
			rows={rows}
			keyOf={({ id }) => id}
			empty={t('audit.contentEmpty')}
			columns={[
				{
					label: t('requests.number'),
					cell: ({ id, number }) => <Link to={`/lockbox/${id}`}>L-{number}</Link>,
				},
				{ label: t('audit.person'), cell: ({ person }) => person ?? t('lockbox.undisclosed') },
				{
					label: t('audit.boundaryColumn'),
					cell: ({ provider, boundary, isInside }) => (
						<>
							{t(PROVIDER_NAMES[provider])}
							<br />
							<span className="muted small">
								{[boundary ?? t('audit.noBoundary'), ...(isInside ? [t('audit.fromInside')] : [])].join(
									' · ',
								)}
							</span>
						</>
					),
				},
				{
					label: t('requests.state'),
					cell: ({ state, isOutOfBand }) => (
						<>
							<LockboxBadge state={state} />
							{isOutOfBand ? <div className="small">{t('audit.outOfBand')}</div> : null}
						</>
					),
				},
				{ label: t('audit.cameIn'), cell: ({ requestedAt }) => <Time at={requestedAt} /> },
				{ label: t('audit.approvals'), cell: ({ approvals }) => <Decisions decisions={approvals} /> },
				{ label: t('audit.activeFrom'), cell: ({ openedAt }) => (openedAt ? <Time at={openedAt} /> : '–') },
				{ label: t('audit.activeTo'), cell: ({ endedAt }) => (endedAt ? <Time at={endedAt} /> : '–') },
			]}
		/>
	)
}

function Decisions({ decisions }: { decisions: LockboxHistoryView['approvals'] }) {
	const { t } = useWords()
	return (
		<ul>
			{decisions.map(({ approver, verdict, hasFallen, at, entryIndex }) => (
				<li key={`${approver} ${at}`}>
					{t(verdict === 'approve' ? 'requests.approvedBy' : 'requests.deniedBy', { name: approver })}
					{hasFallen ? ` (${t('audit.fallen')})` : null}
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
