/** What Entra ID may lack of somebody who is to be given access. The record names them so: they stay as they are. */
export const ASSURANCE_CODES = [
	'ACCOUNT_ABSENT',
	'ACCOUNT_DISABLED',
	'ACCOUNT_UNKNOWN',
	'METHOD_MISSING',
	'METHOD_UNKNOWN',
	'CONDITIONAL_ACCESS_MISSING',
	'CONDITIONAL_ACCESS_UNKNOWN',
] as const
export type AssuranceCode = (typeof ASSURANCE_CODES)[number]

/** What may be waited for, to the last, before anything is sent; every other code that a wait ends with tells only that Entra was not reached. */
const WAITED_FOR = ['TENANT_UNREACHABLE', 'PLACE_NOT_FREE', 'LIST_TOO_LONG']
const UNSENT: ReadonlySet<string> = new Set([...ASSURANCE_CODES, ...WAITED_FOR])

/** Whether an access that failed with this code was never sent to Entra. */
export const isUnsentCode = (code: string): boolean => UNSENT.has(code)
