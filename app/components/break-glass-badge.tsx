import type { BreakGlassState } from '#workflows/access/break-glass-context.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon, type IconName } from './ui/icon.tsx'

/** The looks of the states of an access stand for what somebody has to do here as well. */
const LOOKS: Readonly<Record<BreakGlassState, readonly [string, IconName]>> = {
	awaitingSecond: ['waiting', 'hourglass'],
	inUse: ['provisioning', 'key'],
	reviewOwed: ['needs_you', 'person'],
	overdue: ['not_confirmed', 'alarm'],
	reviewed: ['active', 'check'],
	refused: ['refused', 'cross'],
	withdrawn: ['voided', 'slash'],
	timedOut: ['timed_out', 'clock'],
	voided: ['voided', 'slash'],
}

/** The state of a use of break-glass, with colour, icon and text. */
export function BreakGlassBadge({ state }: { state: BreakGlassState }) {
	const { t } = useWords()
	const [look, icon] = LOOKS[state]
	return (
		<span className={`badge badge-${look}`}>
			<Icon name={icon} />
			{t(`breakGlass.state_${state}`)}
		</span>
	)
}

/** Marks an access that somebody took in an emergency, wherever accesses of all kinds are listed. */
export function BreakGlassChip() {
	const { t } = useWords()
	return (
		<span className="chip chip-emergency">
			<Icon name="alarm" />
			{t('breakGlass.chip')}
		</span>
	)
}
