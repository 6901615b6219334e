import { Link } from '@remix-run/react'
import type { FindingHistoryView } from '#app/services/audit/finding-rows.server.ts'
import { useWords } from '#app/messages/text.tsx'
import { FindingBadge } from './finding-badge.tsx'
import { aboutText, Begins, Holder } from './finding-words.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** Findings and what became of them, with who decided and the entries that prove it. */
export function FindingHistoryTable({ rows }: { rows: readonly FindingHistoryView[] }) {
	const { t, format } = useWords()
	return (
		<Table
			caption={t('audit.findingsTitle')}
			rows={rows}
			keyOf={({ id }) => id}
			empty={t('audit.findingsEmpty')}
			columns={[
				{
					label: t('findings.what'),
					cell: ({ id, number, kinds, standing, beginsAt, closedAt }) => (
						<>
							<Link to={`/findings/${id}`}>F-{number}</Link>
							{kinds.map((kind) => (
								<div key={kind}>{t(`charter.finding_${kind}`)}</div>
							))}
							{standing === 'eligible' ? <div className="muted small">{t('findings.eligible')}</div> : null}
							{standing === 'scheduled' && closedAt === null ? (
								<div className="small">
									<Begins at={beginsAt} />
								</div>
							) : null}
						</>
					),
				},
				{
					label: t('findings.who'),
					cell: ({ holder, through }) => (
						<>
							<Holder holder={holder} />
							{through === null ? null : (
								<div className="muted small breaks">{t('findings.through', { name: through })}</div>
							)}
						</>
					),
				},
				{ label: t('findings.where'), cell: (finding) => aboutText(finding, t) },
				{
					label: t('requests.state'),
					cell: ({ state, reopened }) => (
						<>
							<FindingBadge state={state} />
							{reopened === 0 ? null : (
								<div className="small">{t('audit.findingAgain', { count: reopened })}</div>
							)}
						</>
					),
				},
				{
					label: t('audit.firstSeen'),
					cell: ({ foundAt, secondAt, entryIndex }) => (
						<>
							<Time at={foundAt} />
							<div className="muted small">
								{secondAt === null
									? t('audit.notSeenAgain')
									: t('audit.seenAgain', { time: format.instant(secondAt) })}
							</div>
							<Entry index={entryIndex} />
						</>
					),
				},
				{
					label: t('audit.approvals'),
					cell: ({ decisions }) => (decisions.length === 0 ? '–' : <Decisions decisions={decisions} />),
				},
				{
					label: t('findings.ended'),
					cell: ({ closedAt, tookMs }) => (
						<>
							{closedAt === null ? '–' : <Time at={closedAt} />}
							{tookMs === null ? null : (
								<div className="muted small">{t('audit.after', { time: format.duration(tookMs) })}</div>
							)}
						</>
					),
				},
			]}
		/>
	)
}

function Decisions({ decisions }: { decisions: FindingHistoryView['decisions'] }) {
	const { t, format } = useWords()
	return (
		<ul>
			{decisions.map(({ officer, step, acceptedUntil, at, entryIndex }) => (
				<li key={`${officer} ${at}`}>
					{officer} {t(`findings.did_${step}`)}
					{acceptedUntil === null
						? null
						: `, ${t('findings.untilThen', { time: format.instant(acceptedUntil) })}`}{' '}
					<Entry index={entryIndex} />
				</li>
			))}
		</ul>
	)
}

function Entry({ index }: { index: number | null }) {
	const { t } = useWords()
	if (index === null) return null
	return (
		<Link className="small" to={`/record/${index}`}>
			{t('requests.entry', { index })}
		</Link>
	)
}
