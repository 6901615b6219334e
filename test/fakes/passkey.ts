import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import { concatBytes, sha256, toBase64Url, utf8ToBytes } from '#workflows/shared/bytes.ts'

/** A passkey without a device: it signs as one does, with user presence and verification, and counts its uses. */
export function createPasskey({ rpId, origin }: { rpId: string; origin: string }) {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
	const credentialId = toBase64Url(utf8ToBytes(randomUUID()))
	let count = 0
	return {
		credentialId,
		/** COSE_Key: EC2, ES256, P-256. */
		publicKey: concatBytes(
			new Uint8Array([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20]),
			new Uint8Array(Buffer.from(x, 'base64url')),
			new Uint8Array([0x22, 0x58, 0x20]),
			new Uint8Array(Buffer.from(y, 'base64url')),
		),
		/** The browser's answer to a challenge, which is base64url. */
		answer(challenge: string): AssertionResponse {
			count += 1
			const clientData = utf8ToBytes(JSON.stringify({ type: 'webauthn.get', challenge, origin }))
			const authenticatorData = concatBytes(
				sha256(utf8ToBytes(rpId)),
				new Uint8Array([0x05, count >>> 24, (count >>> 16) & 255, (count >>> 8) & 255, count & 255]),
			)
			const signature = sign('sha256', concatBytes(authenticatorData, sha256(clientData)), privateKey)
			return {
				id: credentialId,
				rawId: credentialId,
				type: 'public-key',
				clientExtensionResults: {},
				response: {
					clientDataJSON: toBase64Url(clientData),
					authenticatorData: toBase64Url(authenticatorData),
					signature: toBase64Url(new Uint8Array(signature)),
					userHandle: undefined,
				},
			}
		},
	}
}
