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
