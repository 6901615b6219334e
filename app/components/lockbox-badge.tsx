import type { LockboxState } from '#workflows/lockbox/lockbox-context.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon, type IconName } from './ui/icon.tsx'

/** The looks of the states of an access stand for what somebody has to do here as well. */
const LOOKS: Readonly<Record<LockboxState, readonly [string, IconName]>> = {
	pending: ['waiting', 'hourglass'],
	approving: ['provisioning', 'send'],
	denying: ['provisioning', 'send'],
	sendFailed: ['not_confirmed', 'alarm'],
	approvedAtProvider: ['needs_you', 'key'],
	overtaken: ['not_confirmed', 'alarm'],
	accessEnding: ['provisioning', 'clock'],
	accessEnded: ['active', 'check'],
	denied: ['refused', 'cross'],
	deniedElsewhere: ['refused', 'cross'],
	expired: ['timed_out', 'clock'],
	withdrawnByProvider: ['voided', 'slash'],
}

/** The state of a request for customer content, with colour, icon and text. */
export function LockboxBadge({ state }: { state: LockboxState }) {
	const { t } = useWords()
	const [look, icon] = LOOKS[state]
	return (
		<span className={`badge badge-${look}`}>
			<Icon name={icon} />
			{t(`grants.state_lockbox_${state}`)}
		</span>
	)
}
