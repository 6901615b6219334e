import { Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { EffectView } from '#app/services/suspension/views.ts'
import { Icon, type IconName } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

const LOOK: Readonly<Record<EffectView['state'], { badge: string; icon: IconName }>> = {
	waiting: { badge: 'badge-ending', icon: 'arrow' },
	postponed: { badge: 'badge-ending', icon: 'clock' },
	alarm: { badge: 'badge-not_confirmed', icon: 'alarm' },
	done: { badge: 'badge-ended', icon: 'check' },
}

/** What a suspension ended, each line with whether it is confirmed, and by whom. */
export function SuspensionEffects({ effects }: { effects: readonly EffectView[] }) {
	const { t } = useWords()
	return (
		<Table
			caption={t('suspension.effects')}
			rows={effects}
			keyOf={({ kind, id }) => `${kind} ${id}`}
			empty=""
			columns={[
				{ label: t('suspension.effect'), cell: (effect) => <Effect effect={effect} /> },
				{ label: t('suspension.state'), cell: (effect) => <State effect={effect} /> },
				{ label: t('suspension.when'), cell: ({ at }) => (at === null ? '–' : <Time at={at} />) },
			]}
		/>
	)
}

function Effect({ effect: { kind, request, lockbox } }: { effect: EffectView }) {
	const { t } = useWords()
	if (lockbox !== null)
		return (
			<Link to={`/lockbox/${lockbox.id}`}>
				{t(`suspension.effect_${kind}`, { number: `L-${lockbox.number}` })}
			</Link>
		)
	if (request === null) return t(`suspension.effect_${kind}`)
	const words = t(`suspension.effect_${kind}`, { number: `R-${request.number}`, role: request.role })
	return <Link to={`/requests/${request.id}`}>{words}</Link>
}

function State({ effect: { kind, state } }: { effect: EffectView }) {
	const { t } = useWords()
	const { badge, icon } = LOOK[state]
	const isByTenant = state === 'done' && (kind === 'grant' || kind === 'tenant_sessions')
	return (
		<span className={`badge ${badge}`}>
			<Icon name={icon} />
			{t(isByTenant ? 'suspension.state_confirmed' : `suspension.state_${state}`)}
		</span>
	)
}
