import { bytesToHex, sha256, toBase64Url, utf8ToBytes } from '#workflows/shared/bytes.ts'

/** A secret that is shown once; only its hash is stored. */
export function newToken(randomBytes: (length: number) => Uint8Array): {
	token: string
	tokenSha256: string
} {
	const token = toBase64Url(randomBytes(32))
	return { token, tokenSha256: hashToken(token) }
}

export function hashToken(token: string): string {
	return bytesToHex(sha256(utf8ToBytes(token)))
}
