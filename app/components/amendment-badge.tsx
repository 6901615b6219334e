import type { AmendmentState } from '#workflows/charter/amendment.machine.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon, type IconName } from './ui/icon.tsx'

const LOOK: Readonly<Record<AmendmentState, { icon: IconName; colour: string }>> = {
	draft: { icon: 'charter', colour: 'ended' },
	proposed: { icon: 'hourglass', colour: 'waiting' },
	signed: { icon: 'clock', colour: 'provisioning' },
	inForce: { icon: 'check', colour: 'active' },
	superseded: { icon: 'stop', colour: 'ended' },
	withdrawn: { icon: 'slash', colour: 'voided' },
	rejected: { icon: 'cross', colour: 'refused' },
	lapsed: { icon: 'clock', colour: 'timed_out' },
	stopped: { icon: 'cross', colour: 'refused' },
}

/** The state of an amendment, always in the same words, with colour, icon and text. */
export function AmendmentBadge({ state }: { state: AmendmentState }) {
	const { t } = useWords()
	const { icon, colour } = LOOK[state]
	return (
		<span className={`badge badge-${colour}`}>
			<Icon name={icon} />
			{t(`amendments.state_${state}`)}
		</span>
	)
}
