import { sha256, toBase64Url, utf8ToBytes } from '#workflows/shared/bytes.ts'

/** What a token begins with, so that a scanner for leaked secrets knows it when it sees it. */
const PREFIX = 'ckp_'
/** 256 random bits, and the first 36 bits of their hash: whoever scans or mistypes can tell without asking anybody. */
const FORM = /^ckp_([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{6})$/

const checksumOf = (body: string) => toBase64Url(sha256(utf8ToBytes(PREFIX + body))).slice(0, 6)

/** A new token. It is shown once; only its hash is stored. */
export function newTokenText(randomBytes: (length: number) => Uint8Array): string {
	const body = toBase64Url(randomBytes(32))
	return PREFIX + body + checksumOf(body)
}

/** The token of an `Authorization` header (RFC 6750); null where it is none of ours, whatever else it is. */
export function tokenIn(authorization: string | null): string | null {
	const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? ''
	const [, body, checksum] = FORM.exec(token) ?? []
	return body !== undefined && checksumOf(body) === checksum ? token : null
}
