/** English words: home. */
export const home = {
	nothing: 'Nothing waits for you',
	title_one: '{{count}} request needs your decision',
	title_other: '{{count}} requests need your decision',
	own_one: 'You have {{count}} open request or access',
	own_other: 'You have {{count}} open requests and accesses',
	alarm:
		'Entra has not confirmed a removal, or holds something else than was approved: assume that the access is live',
	toSign: 'Amendments of the charter to sign',
	toSignEmpty: 'No amendment waits for your signature.',
	headSign: 'An amendment of the charter waits for your signature',
	toDecide: 'To decide',
	toDecideEmpty: 'No request waits for your decision.',
	yours: 'Your open requests',
	over: 'Yours that are over',
	yoursEmpty: 'You have no open request.',
	live: 'Access now',
	liveEmpty: 'Nobody holds privileged access through Charterkeep now.',
	ask: 'Ask for access',
	auditLead: 'Filter the access history and take the evidence away.',
	auditLink: 'Open the access history',
	lockbox: 'Customer content: what waits for you, and what is open',
	lockboxAlarm:
		'Customer content is open to somebody whom nobody here let in, or who may not have it any more',
}
