import { createCipheriv, createDecipheriv } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeDurably } from '#app/utils/durable-file.ts'
import { bytesToHex, hexToBytes, utf8ToBytes } from '#workflows/shared/bytes.ts'

const fileSchema = z.strictObject({
	keys: z
		.array(
			z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,40}$/), key: z.string().regex(/^[0-9a-f]{64}$/) }),
		)
		.min(1),
})

export type Sealed = { keyId: string; nonce: Uint8Array; tag: Uint8Array; bytes: Uint8Array }

/** What evidence files are encrypted with. Associated data binds each to its file id and person. */
export type EvidenceKeys = {
	seal(bytes: Uint8Array, bound: { fileId: string; personId: string }): Sealed
	/** Throws when the key is not here, or when anything was changed or moved to another file or person. */
	open(sealed: Sealed, bound: { fileId: string; personId: string }): Uint8Array
}

/**
 * The keys in this file, made with one at the first start, readable by its owner alone. AES-256-GCM with a random nonce
 * of 96 bits (NIST SP 800-38D); the last key encrypts, all of them decrypt, so adding one rotates.
 */
export function openEvidenceKeys(file: string, randomBytes: (length: number) => Uint8Array): EvidenceKeys {
	if (!existsSync(file)) {
		const key = { id: `k-${bytesToHex(randomBytes(4))}`, key: bytesToHex(randomBytes(32)) }
		writeDurably(file, `${JSON.stringify({ keys: [key] }, null, '\t')}\n`)
	}
	const keys = readKeys(file)
	const find = (id: string) => {
		const found = keys.find((key) => key.id === id)
		if (!found) throw new Error(`The key "${id}" of an evidence file is not in ${file}: put it back.`)
		return hexToBytes(found.key)
	}
	return {
		seal(bytes, bound) {
			const { id } = keys.at(-1) as { id: string }
			const nonce = randomBytes(12)
			const cipher = createCipheriv('aes-256-gcm', find(id), nonce).setAAD(associated(bound))
			const sealed = Buffer.concat([cipher.update(bytes), cipher.final()])
			return { keyId: id, nonce, tag: cipher.getAuthTag(), bytes: sealed }
		},
		open({ keyId, nonce, tag, bytes }, bound) {
			const decipher = createDecipheriv('aes-256-gcm', find(keyId), nonce, { authTagLength: 16 })
				.setAAD(associated(bound))
				.setAuthTag(tag)
			return Buffer.concat([decipher.update(bytes), decipher.final()])
		},
	}
}

const associated = ({ fileId, personId }: { fileId: string; personId: string }) =>
	utf8ToBytes(`charterkeep/evidence/v1\n${fileId}\n${personId}`)

function readKeys(file: string) {
	try {
		return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).keys
	} catch (cause) {
		throw new Error(
			`The evidence key file ${file} cannot be used: ${cause instanceof z.ZodError ? 'it must hold {"keys":[{"id":"…","key":"64 hex digits"}]}' : (cause as Error).message}`,
			{ cause },
		)
	}
}
