import { createPrivateKey, sign as signWith } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ed25519 } from '@noble/curves/ed25519.js'
import { z } from 'zod'
import type { LogSigner } from '#app/services/deps.ts'
import { bytesToHex, hexToBytes } from '#workflows/shared/bytes.ts'
import { vkeyOf } from '#workflows/ledger/signed-note.ts'

const fileSchema = z.strictObject({ origin: z.string().min(1), seed: z.string().regex(/^[0-9a-f]{64}$/) })
const PKCS8_ED25519 = '302e020100300506032b657004220420'

/** The verifier key that belongs to the text of a key file. Throws when it is none. */
export function readVerifierKey(text: string): string {
	const { origin, seed } = fileSchema.parse(JSON.parse(text))
	return vkeyOf(origin, ed25519.getPublicKey(hexToBytes(seed)))
}

/**
 * The log's signing key, kept in a file that only we can read; made at the first start together with the log's
 * origin, which never changes afterwards.
 */
export function openLogKey(
	file: string,
	originIfNew: string,
	randomBytes: (length: number) => Uint8Array,
): LogSigner {
	if (!existsSync(file)) {
		mkdirSync(dirname(file), { recursive: true })
		const draft = `${file}.draft`
		writeFileSync(draft, JSON.stringify({ origin: originIfNew, seed: bytesToHex(randomBytes(32)) }), {
			mode: 0o600,
		})
		try {
			// Linking never replaces: a key that exists is never overwritten.
			linkSync(draft, file)
		} finally {
			rmSync(draft, { force: true })
		}
	}
	const { origin, seed } = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
	const key = createPrivateKey({
		key: Buffer.from(PKCS8_ED25519 + seed, 'hex'),
		format: 'der',
		type: 'pkcs8',
	})
	const publicKey = ed25519.getPublicKey(hexToBytes(seed))
	return {
		origin,
		publicKey,
		vkey: vkeyOf(origin, publicKey),
		sign: (bytes) => new Uint8Array(signWith(null, bytes, key)),
	}
}
