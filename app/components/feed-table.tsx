import { useWords } from '#app/messages/text.tsx'
import type { FacilitiesView, FeedView } from '#app/services/presence/show-facilities.server.ts'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'
import { Ago, Time } from './ui/time.tsx'

/** The systems that tell of badges: when each was last heard, and whether its keys are being changed. */
export function FeedTable({ feeds }: { feeds: readonly FeedView[] }) {
	const { t, format } = useWords()
	return (
		<Table
			caption={t('facilities.feeds')}
			rows={feeds}
			keyOf={({ id }) => id}
			empty={t('facilities.feedsEmpty')}
			columns={[
				{ label: t('facilities.name'), cell: ({ name }) => name },
				{ label: t('facilities.covers'), cell: ({ facilities }) => facilities.join(', ') },
				{
					label: t('facilities.lastHeard'),
					cell: ({ lastAt }) => (lastAt === null ? t('facilities.never') : <Ago at={lastAt} />),
				},
				{
					label: t('facilities.state'),
					cell: ({ endedAt, overlapUntil }) => (
						<>
							<span className={`badge ${endedAt === null ? 'badge-active' : 'badge-ended'}`}>
								<Icon name={endedAt === null ? 'check' : 'slash'} />
								{t(endedAt === null ? 'facilities.connected' : 'facilities.ended')}
							</span>
							{endedAt === null && overlapUntil !== null ? (
								<p className="hint">{t('facilities.oldKeyUntil', { at: format.instant(overlapUntil) })}</p>
							) : null}
						</>
					),
				},
			]}
		/>
	)
}

/** Badges whose events are kept for whoever they turn out to belong to. */
export function UnknownBadges({ unknown }: { unknown: FacilitiesView['unknown'] }) {
	const { t, format } = useWords()
	return (
		<>
			{unknown.length > 0 ? <p className="hint">{t('facilities.unknownHint')}</p> : null}
			<Table
				caption={t('facilities.unknown')}
				rows={unknown}
				keyOf={({ badge }) => badge}
				empty={t('facilities.unknownEmpty')}
				columns={[
					{ label: t('facilities.badge'), cell: ({ badge }) => <code>{badge}</code> },
					{ label: t('facilities.lastSeen'), cell: ({ lastAt }) => <Time at={lastAt} /> },
					{ label: t('facilities.at'), cell: ({ facility }) => facility },
					{ label: t('facilities.events'), cell: ({ events }) => format.number(events) },
				]}
			/>
		</>
	)
}
