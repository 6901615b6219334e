import { Link } from '@remix-run/react'
import { presenceText } from '#app/messages/charter-in-words.ts'
import { useWords } from '#app/messages/text.tsx'
import type { FacilityView } from '#app/services/presence/show-facilities.server.ts'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

/** Every facility with what the charter asks for there, and who is there now. */
export function FacilityCards({ facilities }: { facilities: readonly FacilityView[] }) {
	const words = useWords()
	const { t, format } = words
	return (
		<div className="stack">
			{facilities.map(({ key, title, city, country, networks, presence, present }) => (
				<section className="card" key={key} aria-labelledby={`facility-${key}`}>
					<h2 id={`facility-${key}`}>{title}</h2>
					<dl className="facts">
						<dt>{t('facilities.at')}</dt>
						<dd>{t('facilities.inCity', { city, country: format.country(country) })}</dd>
						<dt>{t('facilities.networks')}</dt>
						<dd>{networks.join(', ')}</dd>
						<dt>{t('facilities.presence')}</dt>
						<dd>{presenceText(words, presence)}</dd>
					</dl>
					<p>
						<strong>
							{t('facilities.presentCount', { count: new Set(present.map(({ personId }) => personId)).size })}
						</strong>
					</p>
					{present.length === 0 ? null : (
						<Table
							caption={t('facilities.presentCaption', { facility: title })}
							rows={present}
							keyOf={({ personId, by }) => `${personId} ${by}`}
							empty=""
							columns={[
								{
									label: t('facilities.person'),
									cell: ({ personId, name }) => <Link to={`/people/${personId}`}>{name}</Link>,
								},
								{ label: t('facilities.shownBy'), cell: ({ by }) => t(`facilities.by_${by}`) },
								{ label: t('facilities.since'), cell: ({ since }) => <Time at={since} /> },
								{
									label: t('facilities.until'),
									cell: ({ until }) => (until === null ? '–' : <Time at={until} />),
								},
							]}
						/>
					)}
				</section>
			))}
		</div>
	)
}
