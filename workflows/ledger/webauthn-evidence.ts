import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import { z } from 'zod'
import { concatBytes, fromBase64Url, sameBytes, sha256, toBase64Url, utf8ToBytes } from '../shared/bytes.ts'
import type { CoseKey } from './cose-key.ts'
import type { Assertion } from './envelope.schema.ts'

export type EvidenceProblem =
	| 'ENCODING'
	| 'CLIENT_DATA_MALFORMED'
	| 'TYPE'
	| 'CHALLENGE'
	| 'ORIGIN'
	| 'CROSS_ORIGIN'
	| 'RP_ID'
	| 'USER_PRESENCE'
	| 'USER_VERIFICATION'
	| 'BACKUP_FLAGS'

/** Checks one signature over `message`; null when this verifier does not know the algorithm. */
export type VerifySignature = (key: CoseKey, message: Uint8Array, signature: Uint8Array) => boolean | null

/** By @noble/curves, which also runs in a browser; RSA needs a verifier from the platform. */
export const verifySignature: VerifySignature = (key, message, signature) => {
	try {
		switch (key.alg) {
			case 'ES256':
				// WebAuthn signs in DER and knows no low-s rule.
				return p256.verify(signature, message, concatBytes(new Uint8Array([4]), key.x, key.y), {
					format: 'der',
					lowS: false,
				})
			case 'EdDSA':
				return ed25519.verify(signature, message, key.x, { zip215: false })
			case 'RS256':
				return null
		}
	} catch {
		// Malformed points, lengths and DER throw: they verify nothing.
		return false
	}
}

const clientDataSchema = z.looseObject({
	type: z.string(),
	challenge: z.string(),
	origin: z.string(),
	crossOrigin: z.boolean().optional(),
	topOrigin: z.unknown().optional(),
})

const [UP, UV, BE, BS] = [0x01, 0x04, 0x08, 0x10]

type Expected = { challenge: Uint8Array; rpId: string; origin: string }
/** What a passkey signed, with its signature and what it said of itself (WebAuthn Level 3 section 6.1). */
export type SignedEvidence = {
	message: Uint8Array
	signature: Uint8Array
	/** The key may be copied to other devices, and it has been. */
	backupEligible: boolean
	backedUp: boolean
}

/**
 * Reads stored evidence of a ceremony as a relying party would have (WebAuthn Level 3 section 7.2), offline: type,
 * challenge, origin, no foreign frame, RP id, user present and verified, backup flags. What is left to check is the
 * signature over `message`. It proves which key signed what; not what the screen showed.
 */
export function readAssertion(
	assertion: Assertion,
	{ challenge, rpId, origin }: Expected,
	hash: (bytes: Uint8Array) => Uint8Array = sha256,
): SignedEvidence | EvidenceProblem {
	const clientData = fromBase64Url(assertion.clientDataJson)
	const authenticatorData = fromBase64Url(assertion.authenticatorData)
	const signature = fromBase64Url(assertion.signature)
	if (clientData === null || authenticatorData === null || signature === null) return 'ENCODING'
	const problem =
		checkClientData(clientData, { type: 'webauthn.get', challenge: toBase64Url(challenge), origin }) ??
		checkAuthenticatorData(authenticatorData, hash(utf8ToBytes(rpId)))
	if (problem !== null) return problem
	const flags = authenticatorData[32] ?? 0
	return {
		message: concatBytes(authenticatorData, hash(clientData)),
		signature,
		backupEligible: (flags & BE) !== 0,
		backedUp: (flags & BS) !== 0,
	}
}

/** Checks the client data of an enrolment or an assertion; `challenge` null leaves it to the caller. */
export function checkClientData(
	bytes: Uint8Array,
	expected: { type: string; challenge: string | null; origin: string },
): EvidenceProblem | null {
	const parsed = clientDataSchema.safeParse(parseUtf8Json(bytes))
	if (!parsed.success) return 'CLIENT_DATA_MALFORMED'
	const { type, challenge, origin, crossOrigin, topOrigin } = parsed.data
	if (type !== expected.type) return 'TYPE'
	if (expected.challenge !== null && challenge !== expected.challenge) return 'CHALLENGE'
	if (origin !== expected.origin) return 'ORIGIN'
	return crossOrigin === true || topOrigin !== undefined ? 'CROSS_ORIGIN' : null
}

function checkAuthenticatorData(bytes: Uint8Array, rpIdHash: Uint8Array): EvidenceProblem | null {
	const flags = bytes[32]
	if (flags === undefined || bytes.length < 37) return 'ENCODING'
	if (!sameBytes(bytes.subarray(0, 32), rpIdHash)) return 'RP_ID'
	if ((flags & UP) === 0) return 'USER_PRESENCE'
	if ((flags & UV) === 0) return 'USER_VERIFICATION'
	return (flags & BS) !== 0 && (flags & BE) === 0 ? 'BACKUP_FLAGS' : null
}

function parseUtf8Json(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
	} catch {
		// Not UTF-8 or not JSON: the schema refuses it.
		return undefined
	}
}
