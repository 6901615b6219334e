/** English words: state. */
export const state = {
	waiting: 'waiting',
	needs_you: 'needs you',
	provisioning: 'approved, provisioning',
	active: 'active, confirmed by Entra',
	ending: 'ending',
	ended: 'ended',
	refused: 'refused',
	timed_out: 'timed out',
	voided: 'voided',
	not_confirmed: 'removal not confirmed',
}
