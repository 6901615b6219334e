import { createHmac } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { bytesToHex } from '#workflows/shared/bytes.ts'
import { writeDurably } from '../utils/durable-file.ts'

/** The secret of a feed's key, by the id of the key. */
export type FeedSecrets = (keyId: string) => Uint8Array

/** The file does not hold the key that feed secrets are made of. The message says what to do. */
export class FeedKeyUnusable extends Error {
	override readonly name = 'FeedKeyUnusable'
}

/**
 * Secrets of badge feeds, each derived (HMAC-SHA-256) from one key in a file that only we can read and the id of the
 * feed's key, so that a copy of the database signs nothing. The file is made at the first start.
 */
export function openFeedSecrets(file: string, randomBytes: (length: number) => Uint8Array): FeedSecrets {
	if (!existsSync(file)) writeDurably(file, `${bytesToHex(randomBytes(32))}\n`)
	const text = readFileSync(file, 'utf8').trim()
	if (!/^[0-9a-f]{64}$/.test(text))
		throw new FeedKeyUnusable(
			`The file ${file} does not hold the key of the badge feeds: put back the one that belongs to this database, or remove the file and give every feed a new key.`,
		)
	const key = Buffer.from(text, 'hex')
	return (keyId) =>
		new Uint8Array(createHmac('sha256', key).update(`charterkeep/badge-feed/v1\n${keyId}`).digest())
}
