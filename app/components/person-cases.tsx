import { Link } from '@remix-run/react'
import type { CaseSummary } from '#app/services/vetting/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon } from './ui/icon.tsx'
import { VettingBadge } from './vetting-badge.tsx'

/** The vetting cases of one person, the closed ones too, and the way to open another. */
export function PersonCases({
	personId,
	cases,
	mayVet,
}: {
	personId: string
	cases: readonly CaseSummary[]
	mayVet: boolean
}) {
	const { t } = useWords()
	if (cases.length === 0 && !mayVet) return null
	return (
		<section className="card">
			<h2>{t('vetting.personCases')}</h2>
			{cases.length === 0 ? <p className="muted">{t('vetting.personNone')}</p> : null}
			<ul className="reasons">
				{cases.map(({ id, number, scheme, level, state }) => (
					<li key={id} className="row">
						<Link className="index-link" to={`/vetting/${id}`}>
							{t('vetting.number', { number })}
						</Link>
						<span>
							{scheme} {level}
						</span>
						<VettingBadge state={state} />
					</li>
				))}
			</ul>
			{mayVet ? (
				<p>
					<Link className="button" to={`/vetting/new?person=${personId}`}>
						<Icon name="shield" />
						{t('vetting.open')}
					</Link>
				</p>
			) : null}
		</section>
	)
}
