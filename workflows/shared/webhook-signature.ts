import { hmac } from '@noble/hashes/hmac.js'
import { concatBytes, fromBase64, sha256, toBase64, utf8ToBytes } from './bytes.ts'

/** How far the sender's clock may lie from ours before a delivery counts as an old one sent again. */
export const DELIVERY_TOLERANCE_MS = 5 * 60_000

/** A secret of a feed. After `endsAt` nothing that it signs is taken. */
export type FeedKey = { id: string; secret: Uint8Array; endsAt: Date | null }
export type WebhookHeaders = { id: string | null; timestamp: string | null; signature: string | null }
export type SignatureProblem = 'SIGNATURE_MISSING' | 'DELIVERY_OLD' | 'KEY_ENDED' | 'SIGNATURE_WRONG'

/**
 * Whether a delivery is signed by a key of the feed, by the headers `webhook-id`, `webhook-timestamp` and
 * `webhook-signature` (Standard Webhooks: HMAC-SHA-256 over `id.timestamp.body`, `v1,` and base64, several with spaces
 * between). Gives the id of the key, or why it is refused; a key that has ended is told apart from a wrong one.
 */
export function verifyDelivery(
	{ id, timestamp, signature }: WebhookHeaders,
	body: Uint8Array,
	keys: readonly FeedKey[],
	now: Date,
): { keyId: string } | SignatureProblem {
	if (!id || id.length > 200 || !/^\d{1,12}$/.test(timestamp ?? '') || !signature) return 'SIGNATURE_MISSING'
	if (Math.abs(now.getTime() - Number(timestamp) * 1000) > DELIVERY_TOLERANCE_MS) return 'DELIVERY_OLD'
	const given = signature
		.split(' ')
		.flatMap((part) => (part.startsWith('v1,') ? [fromBase64(part.slice(3))] : []))
		.filter((mac) => mac !== null)
	const signed = concatBytes(utf8ToBytes(`${id}.${timestamp}.`), body)
	const matching = keys.filter(({ secret }) => {
		const mac = hmac(sha256, secret, signed)
		return given.some((one) => isSameSecret(one, mac))
	})
	const [current] = matching.filter(({ endsAt }) => endsAt === null || endsAt > now)
	if (current) return { keyId: current.id }
	return matching.length > 0 ? 'KEY_ENDED' : 'SIGNATURE_WRONG'
}

/** The `webhook-signature` of a delivery, for whoever sends one. */
export function signDelivery(
	secret: Uint8Array,
	id: string,
	timestamp: number,
	body: Uint8Array,
): Uint8Array {
	return hmac(sha256, secret, concatBytes(utf8ToBytes(`${id}.${timestamp}.`), body))
}

/** The header of a delivery that is signed by each of these secrets, so that a receiver may be changed over from one to the other. */
export const signatureHeader = (
	secrets: readonly Uint8Array[],
	id: string,
	timestamp: number,
	body: Uint8Array,
): string => secrets.map((secret) => `v1,${toBase64(signDelivery(secret, id, timestamp, body))}`).join(' ')

/** Takes the same time wherever the two differ, so that a signature cannot be guessed byte by byte. */
function isSameSecret(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false
	let difference = 0
	for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!
	return difference === 0
}
