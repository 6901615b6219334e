import {
	consumeChallenge,
	endSession,
	findCredential,
	findSession,
	insertChallenge,
	insertSession,
	touchSession,
} from '#db/queries/credentials.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { isDeactivated } from '#db/queries/scim.ts'
import { listLiveGrants } from '#db/queries/requests.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import { dutiesOf, permissionsOf } from '#workflows/people/permissions.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { noteNetwork } from '../presence/network-presence.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { demandUnsuspended } from '../suspension/demand-unsuspended.server.ts'
import { countUse, revoked } from './count-use.server.ts'
import { evidenceOf } from './evidence.server.ts'
import { hashToken, newToken } from './tokens.server.ts'

const CHALLENGE_MS = 120_000
/** A session ends after twelve hours, or one hour without use. */
export const SESSION_MS = 12 * 3_600_000
const IDLE_MS = 3_600_000
/** How often use is noted; more often would be a write for each page. */
const TOUCH_MS = 60_000

/** Starts a sign-in: options for the browser, and the challenge to hand back. */
export async function beginSignIn({ database, now, newId, randomBytes, passkeys }: Deps) {
	const at = now()
	const challenge = randomBytes(32)
	const challengeId = newId()
	await database.withTx((tx) =>
		insertChallenge(tx, {
			id: challengeId,
			purpose: 'sign_in',
			personId: null,
			challenge: toBase64Url(challenge),
			payload: {},
			createdAt: at,
			expiresAt: new Date(at.getTime() + CHALLENGE_MS),
		}),
	)
	return { challengeId, options: await passkeys.assertionOptions(challenge) }
}

/** Ends a sign-in: the session token for the cookie. The challenge is used up before anything is verified. */
export async function finishSignIn(deps: Deps, input: { challengeId: string; response: AssertionResponse }) {
	const { database, now, newId, randomBytes, passkeys, wake } = deps
	const at = now()
	const challenge = await consumeChallenge(database, input.challengeId)
	if (challenge?.purpose !== 'sign_in' || challenge.expiresAt <= at) {
		throw new DomainError('CHALLENGE_INVALID', 'This sign-in has expired or was used already.')
	}
	const credential = await findCredential(database.db, input.response.id)
	if (!credential) throw new DomainError('PASSKEY_UNKNOWN', 'This passkey is not enrolled here.')
	if (credential.revokedAt !== null) throw revoked()
	const signCount = await passkeys.verifyAssertion(input.response, challenge.challenge, credential)
	if ((await deps.backlog.isFull()) && !(await mayEndAnAccess(deps, credential.personId, at)))
		await deps.backlog.demandRoom()
	const { token, tokenSha256 } = newToken(randomBytes)
	const sessionId = newId()
	const expiresAt = new Date(at.getTime() + SESSION_MS)
	await database.withTx(async (tx) => {
		await demandUnsuspended(tx, credential.personId)
		await countUse(tx, credential.id, signCount, at)
		await insertSession(tx, {
			id: sessionId,
			tokenSha256,
			personId: credential.personId,
			createdAt: at,
			expiresAt,
			lastSeenAt: at,
		})
		// After the row, which waits for whoever is ending this person's employment at this moment.
		if (await isDeactivated(tx, credential.personId))
			throw new DomainError('PERSON_DEACTIVATED', 'The directory has deactivated this person.')
		await recordEntry(tx, deps, {
			kind: 'session.signed_in',
			subject: credential.personId,
			actor: credential.personId,
			open: { sessionId, credentialEntry: credential.entryId },
			sealed: { evidence: { challenge: challenge.challenge, assertion: evidenceOf(input.response) } },
			at,
		})
	})
	wake()
	return { token, expiresAt }
}

/** Who holds an access, or may end those of others, is let in however far the record is behind. */
async function mayEndAnAccess({ database, charters }: Deps, personId: string, at: Date): Promise<boolean> {
	if ((await listLiveGrants(database.db, personId, 1)).length > 0) return true
	const { charter } = await charters.inForce(database.db, at)
	const facts = await factsOfPerson(database.db, personId)
	return permissionsOf(dutiesOf(charter, facts, at.toISOString())).has('grant:end_any')
}

/**
 * Who this session token belongs to, with the permissions they have now; null when it is over or unknown. The address they
 * ask from shows at which facilities they are, where the charter asks for that.
 */
export async function findActor(deps: Deps, token: string, address?: string): Promise<Actor | null> {
	const { database, now, charters } = deps
	const at = now()
	const session = await findSession(database.db, hashToken(token), at)
	if (!session || at.getTime() - session.lastSeenAt.getTime() > IDLE_MS) return null
	if (at.getTime() - session.lastSeenAt.getTime() > TOUCH_MS)
		await database.withTx((tx) => touchSession(tx, session.id, at))
	const { charter } = await charters.inForce(database.db, at)
	// Before what they may do is judged, which may hang on where they are.
	if (address !== undefined) await noteNetwork(deps, charter, session.personId, address)
	const facts = await factsOfPerson(database.db, session.personId)
	const permissions = permissionsOf(dutiesOf(charter, facts, at.toISOString()))
	return { personId: session.personId, sessionId: session.id, displayName: session.displayName, permissions }
}

/**
 * As `findActor`, by somebody who merely goes on looking: it neither keeps the session alive nor says where they are. What
 * they may do is read when it is asked for.
 */
export async function peekActor(
	deps: Deps,
	token: string,
): Promise<{ personId: string; whole: () => Promise<Actor> } | null> {
	const { database, now, charters } = deps
	const at = now()
	const session = await findSession(database.db, hashToken(token), at)
	if (!session || at.getTime() - session.lastSeenAt.getTime() > IDLE_MS) return null
	const { personId, id, displayName } = session
	return {
		personId,
		async whole() {
			const { charter } = await charters.inForce(database.db, at)
			const facts = await factsOfPerson(database.db, personId)
			const permissions = permissionsOf(dutiesOf(charter, facts, at.toISOString()))
			return { personId, sessionId: id, displayName, permissions }
		},
	}
}

/** Ends the session on the server, so that a kept cookie is worth nothing. */
export async function signOut(deps: Deps, actor: Actor): Promise<void> {
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		if (!(await endSession(tx, actor.sessionId, at))) return
		await recordEntry(tx, deps, {
			kind: 'session.signed_out',
			subject: actor.personId,
			actor: actor.personId,
			open: { sessionId: actor.sessionId },
			sealed: {},
			at,
		})
	})
	deps.wake()
}
