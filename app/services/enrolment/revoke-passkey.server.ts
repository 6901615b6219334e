import {
	dropSignatureChallenges,
	endSessionsOpenedWith,
	retireLinks,
	revokeCredential,
	usableCredentialsOf,
} from '#db/queries/credentials.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { findPerson, lockPeople } from '#db/queries/people.ts'
import type { RevocationCause } from '#workflows/people/revocation.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { recordEntry } from '../record-entry.server.ts'

/** Links that were meant for the same hands as the passkey: nobody is to come back by one of them. */
const ENDS_LINKS: ReadonlySet<RevocationCause> = new Set(['left', 'compromised'])

/**
 * Revokes a passkey for good. From the commit on it signs nothing and signs nobody in, the sessions opened with it are
 * over, and every signature its owner had begun must be begun anew. What it signed before stands. Officers revoke
 * anybody's; a person their own, as long as another one is left to them, else they would lock themselves out.
 */
export async function revokePasskey(
	deps: Deps,
	actor: Actor,
	{ personId, passkeyId, cause }: { personId: string; passkeyId: string; cause: RevocationCause },
): Promise<{ sessionsEnded: number; endedOwn: boolean }> {
	const isOwn = actor.personId === personId
	if (!isOwn) demand(actor, 'people:enrol')
	if (isOwn && cause === 'left')
		throw new DomainError('INVALID_INPUT', 'Whoever has left cannot say so here.', {
			field: 'cause',
			problem: 'INVALID_INPUT',
		})
	await findPerson(deps.database.db, personId)
	const at = deps.now()
	const ended = await deps.database.withTx(async (tx) => {
		// Passkeys are facts: whoever judges on them at this moment must see all or nothing of this.
		await holdCharter(tx, 'judge')
		await lockPeople(tx, [personId], 'update')
		const usable = await usableCredentialsOf(tx, personId)
		if (isOwn && usable.length < 2 && usable[0]?.id === passkeyId)
			throw new DomainError(
				'LAST_PASSKEY',
				'The last passkey is revoked by an officer: nobody locks themselves out.',
			)
		const passkey = await revokeCredential(tx, { id: passkeyId, personId, at })
		if (passkey === null)
			throw new DomainError('STALE_VERSION', 'This passkey is not there, or was revoked already.')
		const sessions = await endSessionsOpenedWith(tx, { personId, credentialEntry: passkey.entryId, at })
		await dropSignatureChallenges(tx, personId)
		if (ENDS_LINKS.has(cause)) await retireLinks(tx, personId, at)
		await recordEntry(tx, deps, {
			kind: 'passkey.revoked',
			subject: personId,
			actor: actor.personId,
			open: { credentialEntry: passkey.entryId, cause },
			sealed: {},
			at,
		})
		// A passkey is a fact: what rested on it falls with it.
		await factsChanged(tx, deps, [personId])
		return sessions
	})
	deps.wake()
	return { sessionsEnded: ended.length, endedOwn: ended.includes(actor.sessionId) }
}
