import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { EntraStanding as Standing } from '#app/services/tenant/views.ts'
import { whyAndWho } from './trouble-words.ts'
import { Icon } from './ui/icon.tsx'

/** What stands between Charterkeep and the tenant, why, and who mends it; nothing where nothing does. */
export function EntraStanding({ standing }: { standing: Standing | null }) {
	const { t, format } = useWords()
	if (standing === null) return null
	const { connection, accesses, certificates } = standing
	return (
		<section className="stack" role="alert" aria-label={t('trouble.region')}>
			{connection === null ? null : (
				<div className="notice notice-alarm">
					<h2>
						<Icon name="alarm" /> {t('trouble.head')}
					</h2>
					<p>{whyAndWho(connection.code, connection.mender, t)}</p>
					<p>
						{t('trouble.since', { date: format.instant(connection.since) })} {t('trouble.connection')}{' '}
						{t('trouble.goesOn')}
					</p>
				</div>
			)}
			{certificates.map(({ of, endsAt, isOver }) => (
				<p className="notice notice-bad" key={of}>
					<Icon name="hourglass" />{' '}
					{t(isOver ? `trouble.certificateOver_${of}` : `trouble.certificate_${of}`, {
						date: format.instant(endsAt),
					})}{' '}
					{t('trouble.certificateFix')}
				</p>
			))}
			{accesses.length === 0 ? null : (
				<div className="notice notice-bad">
					<h2>
						<Icon name="hourglass" /> {t('trouble.accesses', { count: accesses.length })}
					</h2>
					<ul className="bullets">
						{accesses.map(({ id, number, code, since, mender }) => (
							<li key={id}>
								<Link to={`/requests/${id}`}>R-{number}</Link>:{' '}
								{code === connection?.code ? `${t('trouble.head')}.` : whyAndWho(code, mender, t)}{' '}
								{t('trouble.since', { date: format.instant(since) })}
							</li>
						))}
					</ul>
				</div>
			)}
		</section>
	)
}
