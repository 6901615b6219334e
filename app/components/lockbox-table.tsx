import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { LockboxesView, LockboxSummary } from '#app/services/lockbox/views.ts'
import type { TextKey } from '#app/messages/create-text.ts'
import { PROVIDER_NAMES } from './lockbox-words.ts'
import { LockboxBadge } from './lockbox-badge.tsx'
import { Table } from './ui/table.tsx'
import { Countdown, Time } from './ui/time.tsx'

/** Requests for customer content as a table; each opens its own page. */
export function LockboxTable({
	caption,
	empty,
	requests,
	isOver = false,
}: {
	caption: string
	empty: string
	requests: readonly LockboxSummary[]
	isOver?: boolean
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
					label: t('lockbox.number'),
					cell: ({ id, number, cause }) => (
						<>
							<Link to={`/lockbox/${id}`}>L-{number}</Link>
							<div className="muted small">{shorten(cause)}</div>
						</>
					),
				},
				{
					label: t('lockbox.provider'),
					cell: ({ provider, isInside, providerRequestId }) =>
						isInside ? (
							t('lockbox.inside')
						) : (
							<>
								{t(PROVIDER_NAMES[provider])}
								<div className="muted small breaks">{providerRequestId}</div>
							</>
						),
				},
				{ label: t('lockbox.boundary'), cell: ({ boundary }) => boundary ?? t('lockbox.noBoundary') },
				{
					label: t('lockbox.state'),
					cell: ({ state, needsYou, stage, isOutOfBand }) => (
						<>
							<LockboxBadge state={state} />
							{needsYou === null ? null : (
								<div>
									<strong>{t(`lockbox.needs_${needsYou}`)}</strong>
								</div>
							)}
							{stage === null ? null : <div className="muted small">{t('lockbox.stageOf', stage)}</div>}
							{isOutOfBand ? <div className="error small">{t('lockbox.outOfBand')}</div> : null}
						</>
					),
				},
				{ label: t('lockbox.asked'), cell: ({ askedAt }) => <Time at={askedAt} /> },
				isOver
					? {
							label: t('lockbox.ended'),
							cell: ({ closedAt }) => (closedAt === null ? '–' : <Time at={closedAt} />),
						}
					: {
							label: t('lockbox.deadline'),
							cell: ({ deadline }) =>
								deadline === null ? (
									'–'
								) : (
									<>
										<Countdown to={deadline} />{' '}
										<span className="muted small">{format.instant(deadline)}</span>
									</>
								),
						},
			]}
		/>
	)
}

const shorten = (text: string) => (text.length > 90 ? `${text.slice(0, 89)}…` : text)

/** Each boundary with how its requests come in, and what is wrong with that. */
export function LockboxSources({ boundaries }: Pick<LockboxesView, 'boundaries'>) {
	const { t, format } = useWords()
	return (
		<section className="card">
			<h2>{t('lockbox.sources')}</h2>
			{boundaries.length === 0 ? <p>{t('lockbox.noSources')}</p> : null}
			<ul className="bullets">
				{boundaries.map(({ id, provider, name, isRead, okAt, trouble }) => (
					<li key={id}>
						<strong>{name}</strong> ({t(PROVIDER_NAMES[provider])}):{' '}
						{!isRead
							? t('lockbox.sourceByHand')
							: okAt === null
								? t('lockbox.sourceNever')
								: t('lockbox.sourceRead', { time: format.instant(okAt) })}
						{trouble === null ? null : <p className="error">{t(`lockbox.trouble_${trouble}` as TextKey)}</p>}
					</li>
				))}
			</ul>
		</section>
	)
}
