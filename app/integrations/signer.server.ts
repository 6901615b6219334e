import { createPrivateKey, sign as signWith } from 'node:crypto'
import {
	closeSync,
	existsSync,
	fsyncSync,
	linkSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ed25519 } from '@noble/curves/ed25519.js'
import { z } from 'zod'
import type { LogSigner } from '#app/services/deps.ts'
import { bytesToHex, hexToBytes } from '#workflows/shared/bytes.ts'
import { parseVkey, vkeyOf } from '#workflows/ledger/signed-note.ts'

const fileSchema = z.strictObject({ origin: z.string().min(1), seed: z.string().regex(/^[0-9a-f]{64}$/) })
const PKCS8_ED25519 = '302e020100300506032b657004220420'

type RandomBytes = (length: number) => Uint8Array

/** The verifier key that belongs to the text of a key file. Throws when it is none. */
export function readVerifierKey(text: string): string {
	const { origin, seed } = fileSchema.parse(JSON.parse(text))
	return vkeyOf(origin, ed25519.getPublicKey(hexToBytes(seed)))
}

/** Makes a new signing key in a file that only we can read, durable when this returns. A key that exists is never replaced. */
function makeKeyFile(file: string, origin: string, seed: Uint8Array): void {
	mkdirSync(dirname(file), { recursive: true })
	const draft = `${file}.${process.pid}.draft`
	const handle = openSync(draft, 'w', 0o600)
	try {
		writeSync(handle, JSON.stringify({ origin, seed: bytesToHex(seed) }))
		fsyncSync(handle)
	} finally {
		closeSync(handle)
	}
	try {
		linkSync(draft, file)
	} finally {
		rmSync(draft, { force: true })
	}
}

/** A signer from the text of a key file. */
function fileSigner(text: string): LogSigner {
	const { origin, seed } = fileSchema.parse(JSON.parse(text))
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
		sign: (bytes) => Promise.resolve(new Uint8Array(signWith(null, bytes, key))),
	}
}

/**
 * The log's key, made at the first start together with the log's origin, which never changes afterwards. Keys that took
 * over from it lie beside it (see `rotatedKeyFile`).
 */
export function openLogKey(file: string, originIfNew: string, randomBytes: RandomBytes): LogSigner {
	if (!existsSync(file)) {
		const [rotated] = keyFilesBeside(file)
		if (rotated !== undefined) return readKeyFile(rotated)
		makeKeyFile(file, originIfNew, randomBytes(32))
	}
	return readKeyFile(file)
}

/** Makes the key that is to take over from the one in `file`, beside it, and gives its signer. */
export function makeNextKey(file: string, origin: string, randomBytes: RandomBytes): LogSigner {
	const seed = randomBytes(32)
	const vkey = vkeyOf(origin, ed25519.getPublicKey(seed))
	const path = rotatedKeyFile(file, vkey)
	makeKeyFile(path, origin, seed)
	return readKeyFile(path)
}

/** The signer of this verifier key among the key file and those beside it; null where none is of this key. */
export function findKeyFile(file: string, vkey: string): LogSigner | null {
	const files = [file, ...keyFilesBeside(file)].filter((path) => existsSync(path))
	return files.map(readKeyFile).find((key) => key.vkey === vkey) ?? null
}

/** Where the private key of this verifier key lies: `log-key.1a2b3c4d.json` beside `log-key.json`. */
function rotatedKeyFile(file: string, vkey: string): string {
	const id = bytesToHex(parseVkey(vkey)?.id ?? new Uint8Array())
	return join(dirname(file), `${basename(file).replace(/\.json$/, '')}.${id}.json`)
}

function keyFilesBeside(file: string): string[] {
	if (!existsSync(dirname(file))) return []
	const stem = basename(file).replace(/\.json$/, '')
	return readdirSync(dirname(file))
		.filter((name) => name.startsWith(`${stem}.`) && /^[0-9a-f]{8}\.json$/.test(name.slice(stem.length + 1)))
		.sort()
		.map((name) => join(dirname(file), name))
}

function readKeyFile(file: string): LogSigner {
	try {
		return fileSigner(readFileSync(file, 'utf8'))
	} catch (cause) {
		throw new Error(`The log's key file ${file} cannot be used: ${(cause as Error).message}`, { cause })
	}
}
