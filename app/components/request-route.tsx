import { useWords } from '#app/messages/text.tsx'
import type { RequestableRole } from '#app/services/views.ts'

/** Who will decide, stage by stage, how many of them are able to, and by when: shown before anything is sent. */
export function RequestRoute({ role }: { role: Pick<RequestableRole, 'stages' | 'gap'> }) {
	const { t, format } = useWords()
	return (
		<>
			<ol className="numbers small">
				{role.stages.map(({ groups, withinMs, escalation }, i) => (
					<li key={i}>
						{groups
							.map(({ title, quorum, able, away }) =>
								t(away > 0 ? 'requests.routeGroupAway' : 'requests.routeGroup', {
									role: title,
									quorum,
									able,
									away,
								}),
							)
							.join('; ')}
						{' · '}
						{t('requests.routeWithin', { time: format.duration(withinMs) })}
						{escalation === null ? null : (
							<>
								{' · '}
								{t('requests.routeEscalates', {
									time: format.duration(escalation.afterMs),
									role: escalation.title,
								})}
							</>
						)}
					</li>
				))}
			</ol>
			{role.gap === null ? null : (
				<p className="notice notice-bad">
					{t('requests.routeGap', {
						role: role.gap.title,
						needed: role.gap.needed,
						able: role.gap.able,
					})}
				</p>
			)}
		</>
	)
}
