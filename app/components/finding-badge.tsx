import type { FindingState } from '#workflows/grants/finding-context.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon, type IconName } from './ui/icon.tsx'

/** The looks of the states of an access stand for what somebody has to do here as well. */
const LOOKS: Readonly<Record<FindingState, readonly [string, IconName]>> = {
	seen: ['waiting', 'hourglass'],
	alerted: ['needs_you', 'alarm'],
	awaiting: ['needs_you', 'person'],
	referred: ['waiting', 'arrow'],
	accepted: ['ended', 'check'],
	ordered: ['ending', 'arrow'],
	held: ['needs_you', 'stop'],
	removing: ['ending', 'arrow'],
	postponed: ['ending', 'clock'],
	notConfirmed: ['not_confirmed', 'alarm'],
	removed: ['active', 'check'],
	gone: ['ended', 'check'],
	explained: ['ended', 'check'],
	neverConfirmed: ['voided', 'slash'],
}

/** The state of a finding, with colour, icon and text. */
export function FindingBadge({ state }: { state: FindingState }) {
	const { t } = useWords()
	const [look, icon] = LOOKS[state]
	return (
		<span className={`badge badge-wraps badge-${look}`}>
			<Icon name={icon} />
			{t(`grants.state_finding_${state}`)}
		</span>
	)
}
