import type { state as english } from '../en/state.ts'

/** German words: state. */
export const state = {
	waiting: 'wartet',
	needs_you: 'braucht Sie',
	scheduled: 'genehmigt, beginnt später',
	provisioning: 'genehmigt, wird eingerichtet',
	active: 'aktiv, von Entra bestätigt',
	drifted: 'Entra weicht ab',
	ending: 'wird beendet',
	ended: 'beendet',
	refused: 'abgelehnt',
	timed_out: 'abgelaufen',
	voided: 'hinfällig',
	not_confirmed: 'Entzug nicht bestätigt',
} satisfies Record<keyof typeof english, string>
