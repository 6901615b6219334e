import type { z } from 'zod'
import {
	consumeChallenge,
	credentialsOf,
	insertChallenge,
	usableCredentialsOf,
} from '#db/queries/credentials.ts'
import type { Tx } from '#db/client.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import { sha256, toBase64Url } from '#workflows/shared/bytes.ts'
import { canonicalBytes, type Json } from '#workflows/shared/canonical-json.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { evidenceOf } from '../sign-in/evidence.server.ts'
import { countUse, revoked } from '../sign-in/count-use.server.ts'

/** How long a prepared signature may be given. */
export const SIGN_WITHIN_MS = 120_000

export type StepUpPurpose =
	'decision' | 'amendment' | 'suspension' | 'vetting' | 'break_glass' | 'api_token' | 'lockbox' | 'finding'
type Envelope = { readonly [key: string]: Json | undefined } & { expiresAt: string }

/** What a challenge keeps until it is used. */
type Kept = { envelope: Envelope; beside: Json }

export type PreparedSignature<E> = {
	challengeId: string
	/** Exactly what will be signed. */
	envelope: E
	/** SHA-256 of the envelope, hex: the challenge of the ceremony. */
	digest: string
	options: Awaited<ReturnType<Deps['passkeys']['assertionOptions']>>
}

/**
 * Makes the hash of an envelope the challenge of a ceremony, for this person and this purpose only. `beside` is kept
 * with it until the signature comes: what the envelope names by its digest alone.
 */
export async function prepareSignature<E extends Envelope>(
	{ database, newId, passkeys }: Deps,
	actor: Actor,
	purpose: StepUpPurpose,
	envelope: E,
	at: Date,
	beside: Json = null,
): Promise<PreparedSignature<E>> {
	const challenge = sha256(canonicalBytes(envelope))
	const challengeId = newId()
	const own = await usableCredentialsOf(database.db, actor.personId)
	await database.withTx((tx) =>
		insertChallenge(tx, {
			id: challengeId,
			purpose,
			personId: actor.personId,
			challenge: toBase64Url(challenge),
			payload: { envelope, beside } satisfies Kept,
			createdAt: at,
			expiresAt: new Date(envelope.expiresAt),
		}),
	)
	const options = await passkeys.assertionOptions(challenge, own)
	return { challengeId, envelope, digest: digestOf(envelope), options }
}

/**
 * Uses a challenge up, in a transaction of its own, and gives what was kept with it. CHALLENGE_INVALID when it was
 * used, has expired, or is for somebody else, another purpose or another subject.
 */
export async function consumeSignature<S extends z.ZodType>(
	{ database }: Deps,
	actor: Actor,
	purpose: StepUpPurpose,
	challengeId: string,
	schema: S,
	isFitting: (envelope: z.infer<S>) => boolean,
	at: Date,
): Promise<{ envelope: z.infer<S>; beside: Json }> {
	const challenge = await consumeChallenge(database, challengeId)
	const kept = challenge?.payload as Kept | undefined
	const envelope = schema.safeParse(kept?.envelope)
	const isValid =
		challenge?.purpose === purpose &&
		challenge.personId === actor.personId &&
		challenge.expiresAt > at &&
		envelope.success &&
		isFitting(envelope.data)
	if (!isValid)
		throw new DomainError(
			'CHALLENGE_INVALID',
			'This decision has expired or was signed already: prepare it again.',
		)
	return { envelope: envelope.data, beside: kept?.beside ?? null }
}

export type GivenSignature = Awaited<ReturnType<typeof verifySignature>>

/**
 * Checks that one of the actor's own passkeys signed the envelope. PASSKEY_UNKNOWN, PASSKEY_REVOKED or ASSERTION_REFUSED
 * otherwise.
 */
export async function verifySignature(
	{ database, passkeys }: Deps,
	actor: Actor,
	envelope: Envelope,
	response: AssertionResponse,
) {
	const own = await credentialsOf(database.db, actor.personId)
	const credential = own.find(({ credentialId }) => credentialId === response.id)
	if (!credential)
		throw new DomainError('PASSKEY_UNKNOWN', 'This is not a passkey of the person who is signed in.')
	if (credential.revokedAt !== null) throw revoked()
	const challenge = toBase64Url(sha256(canonicalBytes(envelope)))
	const signCount = await passkeys.verifyAssertion(response, challenge, credential)
	return { credential, signCount, assertion: evidenceOf(response) }
}

/**
 * Moves the passkey's counter on with the signature's own transaction. PASSKEY_CLONED when it went back,
 * PASSKEY_REVOKED when the passkey was revoked in the meantime.
 */
export async function countSignature(
	tx: Tx,
	{ credential, signCount }: Pick<GivenSignature, 'credential' | 'signCount'>,
	at: Date,
): Promise<void> {
	await countUse(tx, credential.id, signCount, at)
}
