/** What one look at the tenant found, as the command prints it. */
export type Finding = {
	/** What was looked at, such as a permission or a role. */
	about: string
	level: 'ok' | 'warning' | 'error'
	sentence: string
	/** Who mends it; null where there is nothing to mend. */
	mender: 'tenant administrator' | 'charter owner' | 'operator of Charterkeep' | null
}

export const ok = (about: string, sentence: string): Finding => ({
	about,
	level: 'ok',
	sentence,
	mender: null,
})
export const warning = (about: string, sentence: string, mender: Finding['mender']): Finding => ({
	about,
	level: 'warning',
	sentence,
	mender,
})
export const wrong = (about: string, sentence: string, mender: Finding['mender']): Finding => ({
	about,
	level: 'error',
	sentence,
	mender,
})
