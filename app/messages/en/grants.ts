/** English words: grants. */
export const grants = {
	title: 'Access now',
	lead: 'Everything that Entra holds or is about to through Charterkeep.',
	empty: 'Nobody holds privileged access through Charterkeep now.',
	ends: 'Ends',
}
