import type { LeafOf } from '../ledger/entry.schema.ts'

/** Why a passkey is revoked, as its entry says it. */
export type RevocationCause = LeafOf<'passkey.revoked'>['open']['cause']
export const REVOCATION_CAUSES = [
	'lost',
	'replaced',
	'compromised',
	'left',
] as const satisfies readonly RevocationCause[]

/** What a person may say of their own passkey: that somebody has left is for an officer to say. */
export const OWN_REVOCATION_CAUSES = REVOCATION_CAUSES.filter((cause) => cause !== 'left')
