import type { VettingState } from '#workflows/people/vetting-case.events.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon, type IconName } from './ui/icon.tsx'

const WAITING = { icon: 'hourglass', colour: 'waiting' } as const
const OFFICER = { icon: 'person', colour: 'needs_you' } as const
const OVER = { icon: 'stop', colour: 'ended' } as const
const STOPPED = { icon: 'cross', colour: 'refused' } as const

const LOOK: Readonly<Record<VettingState, { icon: IconName; colour: string }>> = {
	requested: WAITING,
	sponsored: OFFICER,
	invited: WAITING,
	submitted: OFFICER,
	checks_running: WAITING,
	clarification: WAITING,
	adjudication: OFFICER,
	granted: OFFICER,
	granted_with_conditions: OFFICER,
	denied: STOPPED,
	briefed_active: { icon: 'check', colour: 'active' },
	review_for_cause: STOPPED,
	suspended: STOPPED,
	revoked: STOPPED,
	appeal: WAITING,
	expired: { icon: 'clock', colour: 'timed_out' },
	lapsed_no_sponsor: { icon: 'clock', colour: 'timed_out' },
	admin_withdrawn: { icon: 'slash', colour: 'voided' },
	transferred_out: { icon: 'slash', colour: 'voided' },
	debriefed: OVER,
	cancelled: { icon: 'slash', colour: 'voided' },
}

/** The state of a case, always in the same words, with colour, icon and text. */
export function VettingBadge({ state }: { state: VettingState }) {
	const { t } = useWords()
	const { icon, colour } = LOOK[state]
	return (
		<span className={`badge badge-${colour} badge-wraps`}>
			<Icon name={icon} />
			{t(`vetting.state_${state}`)}
		</span>
	)
}
