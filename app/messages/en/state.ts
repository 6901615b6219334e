/** English words: state. */
export const state = {
	waiting: 'waiting',
	needs_you: 'needs you',
	scheduled: 'approved, begins later',
	provisioning: 'approved, provisioning',
	active: 'active, confirmed by Entra',
	drifted: 'Entra differs',
	ending: 'ending',
	ended: 'ended',
	refused: 'refused',
	timed_out: 'timed out',
	voided: 'voided',
	not_confirmed: 'removal not confirmed',
}
