import { useWords } from '#app/messages/text.tsx'
import type { GroupChangesView } from '#app/services/tenant/show-group-changes.server.ts'
import { Ago, Time } from './ui/time.tsx'

/** Whether Entra ID can be asked what changed in governed groups. Looks go on in any case, so what stands in the way is no alarm. */
export function GroupChangesState({ groups, askedAt, troubles }: GroupChangesView) {
	const { t } = useWords()
	if (groups === 0) return null
	return (
		<div className="stack" data-testid="group-changes">
			<p className="muted">
				{t('findings.delta', { count: groups })}{' '}
				{askedAt === null ? (
					t('findings.deltaNever')
				) : (
					<>
						{t('findings.deltaLast')} <Ago at={askedAt} />.
					</>
				)}
			</p>
			{troubles.map(({ trouble, code, groups: count, since }) => (
				<div key={trouble} className="notice notice-bad">
					<p>
						<strong>
							{t('findings.deltaTrouble', { count, all: groups })} <Time at={since} />.
						</strong>{' '}
						{t('findings.deltaMeans')}
					</p>
					<p>
						{t(`findings.delta_${trouble}`)}
						{code === null ? null : <span className="muted small"> ({code})</span>}
					</p>
				</div>
			))}
		</div>
	)
}
