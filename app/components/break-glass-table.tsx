import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { UseSummary } from '#app/services/break-glass/views.ts'
import { BreakGlassBadge } from './break-glass-badge.tsx'
import { Icon } from './ui/icon.tsx'
import { StateBadge } from './ui/state-badge.tsx'
import { Table } from './ui/table.tsx'
import { Countdown, Time } from './ui/time.tsx'

const NEEDS = { second: 'breakGlass.needsSecond', review: 'breakGlass.needsReview' } as const

/** Uses of break-glass as a table; each opens its own page. */
export function BreakGlassTable({ caption, uses }: { caption: string; uses: readonly UseSummary[] }) {
	const { t, format } = useWords()
	return (
		<Table
			caption={caption}
			rows={uses}
			keyOf={({ id }) => id}
			empty={t('breakGlass.noUses')}
			columns={[
				{
					label: t('breakGlass.number'),
					cell: ({ id, number }) => <Link to={`/break-glass/${id}`}>B-{number}</Link>,
				},
				{ label: t('breakGlass.who'), cell: ({ user }) => user.name },
				{
					label: t('breakGlass.what'),
					cell: ({ role, account }) =>
						role?.title ?? t('breakGlass.offlineAccount', { account: account ?? '' }),
				},
				{
					label: t('breakGlass.state'),
					cell: ({ state, needsYou }) => (
						<>
							<BreakGlassBadge state={state} />{' '}
							{needsYou === null ? null : <strong>{t(NEEDS[needsYou])}</strong>}
						</>
					),
				},
				{
					label: t('breakGlass.access'),
					cell: ({ access }) => (access === null ? '–' : <StateBadge state={access} />),
				},
				{
					label: t('breakGlass.reviews'),
					cell: ({ reviews: { given, needed, notJustified } }) => (
						<>
							{t('breakGlass.reviewsOf', { given, needed })}
							{notJustified === 0 ? null : (
								<div className="error small">{t('breakGlass.notJustified', { count: notJustified })}</div>
							)}
						</>
					),
				},
				{ label: t('breakGlass.when'), cell: ({ at }) => <Time at={at} /> },
				{
					label: t('breakGlass.deadline'),
					cell: ({ deadline }) =>
						deadline === null ? (
							'–'
						) : (
							<>
								<Countdown to={deadline} /> <span className="muted small">{format.instant(deadline)}</span>
							</>
						),
				},
			]}
		/>
	)
}

/** Every use that is open or not reviewed, for those whom it concerns: it cannot be put away, only settled. */
export function BreakGlassBanner({ uses }: { uses: readonly UseSummary[] }) {
	const { t } = useWords()
	if (uses.length === 0) return null
	const isLoud = uses.some(({ state, needsYou }) => state !== 'reviewOwed' || needsYou !== null)
	return (
		<section className="stack">
			<h2 className={`notice ${isLoud ? 'notice-alarm' : ''}`}>
				<Icon name="alarm" /> {t('breakGlass.bannerOpen', { count: uses.length })}
			</h2>
			<BreakGlassTable caption={t('breakGlass.bannerOpen', { count: uses.length })} uses={uses} />
		</section>
	)
}
