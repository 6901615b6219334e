import { createHmac } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { bytesToHex } from '#workflows/shared/bytes.ts'
import { writeDurably } from '../utils/durable-file.ts'

/** The secret of a key, by the id of the key. */
export type KeySecrets = (keyId: string) => Uint8Array
/** What the secret is for. Secrets of badge feeds verify what comes in, those of webhooks sign what goes out. */
export type SecretPurpose = 'badge-feed' | 'webhook'

/** The file does not hold the key that feed secrets are made of. The message says what to do. */
export class FeedKeyUnusable extends Error {
	override readonly name = 'FeedKeyUnusable'
}

/**
 * Secrets of badge feeds or webhooks, each derived (HMAC-SHA-256) from one key in a file that only we can read, the
 * purpose and the id of the key, so that a copy of the database signs nothing. The file is made at the first start.
 */
export function openFeedSecrets(
	file: string,
	randomBytes: (length: number) => Uint8Array,
	purpose: SecretPurpose = 'badge-feed',
): KeySecrets {
	if (!existsSync(file)) writeDurably(file, `${bytesToHex(randomBytes(32))}\n`)
	const text = readFileSync(file, 'utf8').trim()
	if (!/^[0-9a-f]{64}$/.test(text))
		throw new FeedKeyUnusable(
			`The file ${file} does not hold the key of the badge feeds: put back the one that belongs to this database, or remove the file and give every feed and webhook a new key.`,
		)
	const key = Buffer.from(text, 'hex')
	return (keyId) =>
		new Uint8Array(createHmac('sha256', key).update(`charterkeep/${purpose}/v1\n${keyId}`).digest())
}
