import { useWords } from '#app/messages/text.tsx'
import type { LackView } from '#app/services/views.ts'
import { Icon } from './ui/icon.tsx'

/** What Entra ID lacked when it was last read, before anybody files or decides: a hint, and no refusal. Nothing where nothing lacks. */
export function Lacking({ lacking }: { lacking: readonly LackView[] }) {
	const { t } = useWords()
	if (lacking.length === 0) return null
	return (
		<section className="notice notice-bad" aria-labelledby="lacking">
			<h2 id="lacking">
				<Icon name="alarm" /> {t('grants.lacking')}
			</h2>
			<ul className="bullets">
				{lacking.map(({ code, isRefused, roles }) => (
					<li key={code}>
						{t(`grants.lack_${code}`)}{' '}
						<strong>{t(isRefused ? 'grants.lackingRefused' : 'grants.lackingWarned')}</strong>{' '}
						<span className="small">{t('grants.lackingRoles', { roles: roles.join(', ') })}</span>
					</li>
				))}
			</ul>
			<p className="small">{t('grants.lackingHint')}</p>
		</section>
	)
}
