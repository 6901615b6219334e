import type { AccessState } from '#app/services/views.ts'
import { useWords } from '#app/messages/text.tsx'
import { Icon, type IconName } from './icon.tsx'

const ICONS: Readonly<Record<AccessState, IconName>> = {
	waiting: 'hourglass',
	needs_you: 'person',
	provisioning: 'arrow',
	scheduled: 'clock',
	active: 'check',
	drifted: 'alarm',
	ending: 'arrow',
	ended: 'stop',
	refused: 'cross',
	timed_out: 'clock',
	voided: 'slash',
	not_confirmed: 'alarm',
}

/** The state of an access, always in the same words, with colour, icon and text. */
export function StateBadge({ state }: { state: AccessState }) {
	const { t } = useWords()
	return (
		<span className={`badge badge-${state}`}>
			<Icon name={ICONS[state]} />
			{t(`state.${state}`)}
		</span>
	)
}
