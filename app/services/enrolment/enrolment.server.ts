import {
	consumeChallenge,
	findLink,
	insertChallenge,
	insertCredential,
	insertLink,
	retireLinks,
	usableCredentialsOf,
	useLink,
} from '#db/queries/credentials.ts'
import { findPerson } from '#db/queries/people.ts'
import type { RegistrationResponse } from '#app/integrations/webauthn.server.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { demandUnsuspended } from '../suspension/demand-unsuspended.server.ts'
import { hashToken, newToken } from '../sign-in/tokens.server.ts'

const CHALLENGE_MS = 120_000
const LINK_MS = 24 * 3_600_000

/** Makes a one-time enrolment link's token for a person; earlier unused ones stop working. `issuer` null is the start. */
export async function issueLink(
	deps: Deps,
	personId: string,
	issuer: Actor | null,
): Promise<{ token: string; expiresAt: Date }> {
	if (issuer) demand(issuer, 'people:enrol')
	const { database, now, newId, randomBytes, wake } = deps
	const at = now()
	const person = await findPerson(database.db, personId)
	const { token, tokenSha256 } = newToken(randomBytes)
	const linkId = newId()
	const expiresAt = new Date(at.getTime() + LINK_MS)
	await database.withTx(async (tx) => {
		await demandUnsuspended(tx, person.id)
		await retireLinks(tx, person.id, at)
		await insertLink(tx, { id: linkId, personId: person.id, tokenSha256, createdAt: at, expiresAt })
		await recordEntry(tx, deps, {
			kind: 'passkey.link_issued',
			subject: person.id,
			actor: issuer?.personId ?? null,
			open: { linkId, expiresAt: expiresAt.toISOString() },
			sealed: {},
			at,
		})
	})
	wake()
	return { token, expiresAt }
}

/** Whom the link is for; LINK_INVALID when it is used, expired or was never issued. */
export async function showLink({ database, now }: Deps, token: string) {
	const link = await findLink(database.db, hashToken(token), now())
	if (!link) throw new DomainError('LINK_INVALID', 'This enrolment link has been used or has expired.')
	return link
}

/** Starts the enrolment ceremony. The link stays unused until the ceremony succeeds. */
export async function beginEnrolment(deps: Deps, token: string) {
	const { database, now, newId, randomBytes, passkeys } = deps
	const link = await showLink(deps, token)
	const at = now()
	const challenge = randomBytes(32)
	const challengeId = newId()
	// An authenticator whose passkey was revoked may make a new one.
	const enrolled = await usableCredentialsOf(database.db, link.personId)
	await database.withTx((tx) =>
		insertChallenge(tx, {
			id: challengeId,
			purpose: 'enrol',
			personId: link.personId,
			challenge: toBase64Url(challenge),
			payload: { linkId: link.id },
			createdAt: at,
			expiresAt: new Date(at.getTime() + CHALLENGE_MS),
		}),
	)
	const person = {
		id: link.personId,
		userPrincipalName: link.userPrincipalName,
		displayName: link.displayName,
	}
	return { challengeId, options: await passkeys.enrolmentOptions(person, challenge, enrolled) }
}

/** Stores the new passkey and uses up the link, in one transaction. */
export async function finishEnrolment(
	deps: Deps,
	input: { token: string; challengeId: string; response: RegistrationResponse },
): Promise<void> {
	const { database, now, newId, passkeys, wake } = deps
	const at = now()
	const link = await showLink(deps, input.token)
	const challenge = await consumeChallenge(database, input.challengeId)
	const isFitting =
		challenge?.purpose === 'enrol' && challenge.personId === link.personId && challenge.expiresAt > at
	if (!challenge || !isFitting)
		throw new DomainError('CHALLENGE_INVALID', 'This enrolment has expired or was used already.')
	const passkey = await passkeys.verifyEnrolment(input.response, challenge.challenge)
	await database.withTx(async (tx) => {
		if (!(await useLink(tx, link.id, at)))
			throw new DomainError('LINK_INVALID', 'This enrolment link has been used or has expired.')
		const entryId = await recordEntry(tx, deps, {
			kind: 'passkey.enrolled',
			subject: link.personId,
			actor: link.personId,
			open: { linkId: link.id, backupEligible: passkey.backupEligible },
			sealed: {
				credential: {
					credentialId: passkey.credentialId,
					publicKey: toBase64Url(passkey.publicKey),
					aaguid: passkey.aaguid,
					backedUp: passkey.backedUp,
					transports: passkey.transports,
					attestationObject: input.response.response.attestationObject,
					clientDataJson: input.response.response.clientDataJSON,
				},
			},
			at,
		})
		const { credentialId, publicKey, signCount, aaguid, transports, backedUp } = passkey
		await insertCredential(tx, {
			id: newId(),
			personId: link.personId,
			credentialId,
			publicKey,
			signCount,
			aaguid,
			transports,
			backedUp,
			deviceBound: !passkey.backupEligible,
			entryId,
			createdAt: at,
		})
	})
	wake()
}
