import { digestOf } from '#workflows/ledger/leaf.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import { bytesToHex, sha256, utf8ToBytes } from '#workflows/shared/bytes.ts'
import { ApiProblem } from './problems.server.ts'

const FORM = /^[\u0021-\u007e]{8,200}$/

/**
 * The filing that a person's `Idempotency-Key` stands for: a UUID (version 8) of its hash, so that the row of the filing
 * itself is what makes sure that a key files once. With the digest of the body in canonical form, by which the same key with
 * something else is found out. KEY_MISSING where there is no key that could be one.
 */
export function filingOf(
	personId: string,
	header: string | null,
	body: unknown,
): { filingKey: string; bodySha256: string } {
	// A structured field (RFC 9651) puts strings into quotes; most programs do not.
	const key = (header ?? '').trim().replace(/^"(.*)"$/, '$1')
	if (!FORM.test(key))
		throw new ApiProblem('KEY_MISSING', {
			fields: [{ at: { parameter: 'Idempotency-Key' }, message: 'api.keyForm' }],
		})
	const hex = bytesToHex(sha256(utf8ToBytes(`idempotency-key\0${personId}\0${key}`))).slice(0, 32)
	const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4)
	const filingKey = [
		hex.slice(0, 8),
		hex.slice(8, 12),
		`8${hex.slice(13, 16)}`,
		`${variant}${hex.slice(17, 20)}`,
		hex.slice(20, 32),
	].join('-')
	return { filingKey, bodySha256: digestOf(body as Json) }
}
