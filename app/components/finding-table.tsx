import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { FindingSummary } from '#app/services/findings/views.ts'
import { FindingBadge } from './finding-badge.tsx'
import { aboutText, Begins, Holder, reactionText } from './finding-words.tsx'
import { Table } from './ui/table.tsx'
import { Ago, Countdown, Time } from './ui/time.tsx'

/** Findings as a table; each opens its own page. */
export function FindingTable({
	caption,
	empty,
	findings,
	isOver = false,
}: {
	caption: string
	empty: string
	findings: readonly FindingSummary[]
	isOver?: boolean
}) {
	const { t, format } = useWords()
	return (
		<Table
			caption={caption}
			rows={findings}
			keyOf={({ id }) => id}
			empty={empty}
			columns={[
				{
					label: t('findings.what'),
					cell: ({ id, number, kinds, standing, beginsAt }) => (
						<>
							<Link to={`/findings/${id}`}>F-{number}</Link>
							{kinds.map((kind, i) => (
								<div key={kind} className={i === 0 ? '' : 'muted small'}>
									{i === 0 ? <strong>{t(`charter.finding_${kind}`)}</strong> : t(`charter.finding_${kind}`)}
								</div>
							))}
							{standing === 'eligible' ? <div className="muted small">{t('findings.eligible')}</div> : null}
							{standing === 'scheduled' && !isOver ? (
								<div className="small">
									<Begins at={beginsAt} />
								</div>
							) : null}
						</>
					),
				},
				{
					label: t('findings.who'),
					cell: ({ holder, through, people }) => (
						<>
							<Holder holder={holder} />
							{people === 0 ? null : (
								<div className="muted small">{t('findings.people', { count: people })}</div>
							)}
							{through === null ? null : (
								<div className="muted small breaks">{t('findings.through', { name: through })}</div>
							)}
						</>
					),
				},
				{
					label: t('findings.where'),
					cell: (finding) => aboutText(finding, t),
				},
				{
					label: t('findings.state'),
					cell: ({ state, needsYou, decideBy }) => (
						<>
							<FindingBadge state={state} />
							{needsYou === null || isOver ? null : (
								<div>
									<strong>{t(`findings.needs_${needsYou}`)}</strong>
								</div>
							)}
							{decideBy === null ? null : (
								<div className="small">
									<Countdown to={decideBy} /> <span className="muted">{format.instant(decideBy)}</span>
								</div>
							)}
						</>
					),
				},
				isOver
					? {
							label: t('findings.ended'),
							cell: ({ closedAt, removedAfterMs }) => (
								<>
									{closedAt === null ? '–' : <Time at={closedAt} />}
									{removedAfterMs === null ? null : (
										<div className="muted small">
											{t('findings.removedAfter', { time: format.duration(removedAfterMs) })}
										</div>
									)}
								</>
							),
						}
					: { label: t('findings.since'), cell: ({ foundAt }) => <Ago at={foundAt} /> },
				{
					label: t('findings.owner'),
					cell: ({ owner, reaction }) => (
						<>
							{owner ?? <span className="muted">{t('findings.noOwner')}</span>}
							{isOver ? null : (
								<div className="muted small">{reactionText(reaction, t, format.duration)}</div>
							)}
						</>
					),
				},
			]}
		/>
	)
}
