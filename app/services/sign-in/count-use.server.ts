import { advanceSignCount } from '#db/queries/credentials.ts'
import type { Tx } from '#db/client.ts'
import { DomainError } from '#workflows/shared/errors.ts'

/**
 * Notes the use of a passkey in the transaction of what it is used for, so that a revocation at the same moment comes
 * wholly before it or wholly after. PASSKEY_CLONED when its counter went back, PASSKEY_REVOKED when it counts no longer.
 */
export async function countUse(tx: Tx, credentialId: string, signCount: number, at: Date): Promise<void> {
	const outcome = await advanceSignCount(tx, credentialId, signCount, at)
	if (outcome === 'revoked') throw revoked()
	if (outcome === 'cloned')
		throw new DomainError(
			'PASSKEY_CLONED',
			"This passkey's counter went back: it may have been copied. Report it to a security officer.",
		)
}

export const revoked = () =>
	new DomainError(
		'PASSKEY_REVOKED',
		'This passkey was revoked: use another one, or ask for an enrolment link.',
	)
