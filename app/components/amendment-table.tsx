import { Link } from '@remix-run/react'
import type { AmendmentSummary } from '#app/services/amendments/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { AmendmentBadge } from './amendment-badge.tsx'
import { Table } from './ui/table.tsx'
import { Countdown, Time } from './ui/time.tsx'

/** Amendments as a list; each row opens the amendment. */
export function AmendmentTable({
	caption,
	amendments,
	empty,
}: {
	caption: string
	amendments: readonly AmendmentSummary[]
	empty: string
}) {
	const { t } = useWords()
	return (
		<Table
			caption={caption}
			rows={amendments}
			keyOf={({ id }) => id}
			empty={empty}
			columns={[
				{
					label: t('amendments.amendment'),
					cell: ({ id, version, reason }) => (
						<>
							<Link to={`/charter/amendments/${id}`}>{t('amendments.version', { version })}</Link>
							<br />
							<span className="muted small">{reason}</span>
						</>
					),
				},
				{ label: t('requests.state'), cell: ({ state }) => <AmendmentBadge state={state} /> },
				{ label: t('amendments.drafter'), cell: ({ drafter }) => drafter.name },
				{ label: t('amendments.drafted'), cell: ({ createdAt }) => <Time at={createdAt} /> },
				{
					label: t('amendments.deadline'),
					cell: ({ state, signBy, inForceFrom }) => {
						const next = state === 'proposed' ? signBy : state === 'signed' ? inForceFrom : null
						if (next === null) return '–'
						return (
							<>
								<Time at={next} />{' '}
								<span className="muted">
									(<Countdown to={next} />)
								</span>
							</>
						)
					},
				},
			]}
		/>
	)
}
