/** A public key as COSE_Key (RFC 9052) in the three shapes that passkeys here may have. */
export type CoseKey =
	| { alg: 'ES256'; x: Uint8Array; y: Uint8Array }
	| { alg: 'EdDSA'; x: Uint8Array }
	| { alg: 'RS256'; n: Uint8Array; e: Uint8Array }

type Item = number | Uint8Array | ReadonlyMap<number, Item>

const [KTY, ALG] = [1, 3]

/** Reads a COSE_Key: strict CBOR of one flat map with integer labels, nothing after it. Null for any other shape. */
export function parseCoseKey(bytes: Uint8Array): CoseKey | null {
	const reader = new CborReader(bytes)
	const map = reader.map()
	if (map === null || !reader.isAtEnd()) return null
	const bytesAt = (label: number) => {
		const value = map.get(label)
		return value instanceof Uint8Array ? value : null
	}
	const [kty, alg] = [map.get(KTY), map.get(ALG)]
	if (kty === 2 && alg === -7 && map.get(-1) === 1) {
		const [x, y] = [bytesAt(-2), bytesAt(-3)]
		return x?.length === 32 && y?.length === 32 ? { alg: 'ES256', x, y } : null
	}
	if (kty === 1 && alg === -8 && map.get(-1) === 6) {
		const x = bytesAt(-2)
		return x?.length === 32 ? { alg: 'EdDSA', x } : null
	}
	if (kty === 3 && alg === -257) {
		const [n, e] = [bytesAt(-1), bytesAt(-2)]
		return n && e && n.length >= 256 ? { alg: 'RS256', n, e } : null
	}
	return null
}

/** As much of CBOR (RFC 8949) as a COSE_Key needs: integers, byte strings and one map, in definite lengths. */
class CborReader {
	readonly #bytes: Uint8Array
	#at = 0

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes
	}

	isAtEnd(): boolean {
		return this.#at === this.#bytes.length
	}

	map(): Map<number, Item> | null {
		const head = this.#head()
		if (head?.major !== 5 || head.value > 16) return null
		const entries = new Map<number, Item>()
		for (let i = 0; i < head.value; i++) {
			const label = this.#item()
			const value = this.#item()
			if (typeof label !== 'number' || value === null || entries.has(label)) return null
			entries.set(label, value)
		}
		return entries
	}

	#item(): Item | null {
		const head = this.#head()
		if (head === null) return null
		if (head.major === 0) return head.value
		if (head.major === 1) return -1 - head.value
		if (head.major !== 2 || this.#at + head.value > this.#bytes.length) return null
		this.#at += head.value
		return this.#bytes.slice(this.#at - head.value, this.#at)
	}

	#head(): { major: number; value: number } | null {
		const first = this.#bytes[this.#at++]
		if (first === undefined) return null
		const [major, info] = [first >> 5, first & 31]
		if (info < 24) return { major, value: info }
		const width = info === 24 ? 1 : info === 25 ? 2 : 0
		if (width === 0 || this.#at + width > this.#bytes.length) return null
		let value = 0
		for (let i = 0; i < width; i++) value = value * 256 + (this.#bytes[this.#at++] ?? 0)
		return { major, value }
	}
}
