import { useWords } from '#app/messages/text.tsx'
import type { NotificationsView } from '#app/services/notifications/show-notifications.server.ts'
import { Ago } from './ui/time.tsx'

/** Whether Entra ID tells of changes by itself. Looks go on in any case, so what stands in the way is no alarm. */
export function NotificationsState({ standing, live, wanted, heardAt, troubles }: NotificationsView) {
	const { t, format } = useWords()
	if (standing !== 'on')
		return (
			<p className="muted" data-testid="notifications">
				{t(standing === 'off' ? 'findings.toldOff' : 'findings.toldUnsupported')}
			</p>
		)
	return (
		<div className="stack" data-testid="notifications">
			<p className="muted">
				{t('findings.toldOf', { live: format.number(live), wanted: format.number(wanted) })}{' '}
				{heardAt === null ? (
					t('findings.toldNever')
				) : (
					<>
						{t('findings.toldLast')} <Ago at={heardAt} />.
					</>
				)}
			</p>
			{troubles.length === 0 ? null : (
				<div className="notice notice-bad">
					<ul className="bullets">
						{troubles.map(({ trouble, code }) => (
							<li key={trouble}>
								{t(`findings.told_${trouble}`)}
								{code === null ? null : <span className="muted small"> ({code})</span>}
							</li>
						))}
					</ul>
				</div>
			)}
		</div>
	)
}
