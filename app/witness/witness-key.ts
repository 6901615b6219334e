import { existsSync, linkSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { ed25519 } from '@noble/curves/ed25519.js'
import { z } from 'zod'
import { writeDurably } from '#app/utils/durable-file.ts'
import { bytesToHex, hexToBytes } from '#workflows/shared/bytes.ts'
import { cosignerVkeyOf } from '#workflows/ledger/cosignature.ts'
import { WitnessError } from './witness-error.ts'

export type WitnessKey = {
	name: string
	publicKey: Uint8Array
	vkey: string
	/** Ed25519 over the bytes. */
	sign(bytes: Uint8Array): Uint8Array
}

const fileSchema = z.strictObject({ name: z.string().min(1), seed: z.string().regex(/^[0-9a-f]{64}$/) })

/** The witness's key, in a file that only its owner can read; made at the first start under the name that is wanted. */
export function openWitnessKey(
	file: string,
	wanted: string | null,
	randomBytes: (length: number) => Uint8Array,
): WitnessKey {
	if (!existsSync(file)) {
		if (wanted === null) {
			throw new WitnessError(
				'WITNESS_NAME is not set: the key of this witness is made now and needs a name that stays, best its address without https://, such as witness.agency.example.',
			)
		}
		make(file, { name: wanted, seed: bytesToHex(randomBytes(32)) })
	}
	const { name, seed } = read(file)
	if (wanted !== null && wanted !== name) {
		throw new WitnessError(
			`The key in ${file} has the name ${name}, and WITNESS_NAME is ${wanted}: a key keeps its name. Set WITNESS_NAME to ${name}, or WITNESS_DIR to an empty folder for another witness.`,
		)
	}
	const secret = hexToBytes(seed)
	const publicKey = ed25519.getPublicKey(secret)
	return {
		name,
		publicKey,
		vkey: cosignerVkeyOf(name, publicKey),
		sign: (bytes) => ed25519.sign(bytes, secret),
	}
}

function make(file: string, key: z.infer<typeof fileSchema>): void {
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
	const draft = `${file}.new`
	writeDurably(draft, JSON.stringify(key))
	try {
		// Linking never replaces: a key that exists is never overwritten.
		linkSync(draft, file)
	} finally {
		rmSync(draft, { force: true })
	}
}

function read(file: string): z.infer<typeof fileSchema> {
	try {
		return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
	} catch (cause) {
		throw new WitnessError(
			`The file ${file} does not hold the key of a witness: put it back from a backup, or set WITNESS_DIR to an empty folder for another witness.`,
			{ cause },
		)
	}
}
