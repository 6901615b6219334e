import type { RunningSha256 } from '../platform.ts'

/** Bytes that come in chunks, taken in the pieces that the reader wants; everything taken goes into the digest. */
export class ByteSource {
	readonly #chunks: AsyncIterator<Uint8Array>
	readonly #running: RunningSha256
	#held: Uint8Array = new Uint8Array()
	#isEnded = false
	#offset = 0

	constructor(chunks: AsyncIterable<Uint8Array>, running: RunningSha256) {
		this.#chunks = chunks[Symbol.asyncIterator]()
		this.#running = running
	}

	/** How many bytes have been taken. */
	get offset(): number {
		return this.#offset
	}

	/** SHA-256 of everything taken so far; nothing goes into it after that. */
	digest(): Uint8Array {
		return this.#running.digest()
	}

	/** The next bytes without taking them; null where there are fewer. */
	async peek(length: number): Promise<Uint8Array | null> {
		if (this.#held.length < length) await this.#fill(length)
		return this.#held.length < length ? null : this.#held.subarray(0, length)
	}

	/** The next bytes; null where there are fewer. */
	async take(length: number): Promise<Uint8Array | null> {
		const bytes = await this.peek(length)
		if (bytes === null) return null
		this.#held = this.#held.subarray(length)
		this.#offset += length
		this.#running.update(bytes)
		return bytes
	}

	async #fill(length: number): Promise<void> {
		const parts = [this.#held]
		let has = this.#held.length
		while (has < length && !this.#isEnded) {
			const next = await this.#chunks.next()
			if (next.done) this.#isEnded = true
			else {
				parts.push(next.value)
				has += next.value.length
			}
		}
		if (parts.length === 1) return
		if (parts.length === 2 && this.#held.length === 0) {
			this.#held = parts[1]!
			return
		}
		const joined = new Uint8Array(has)
		let at = 0
		for (const part of parts) {
			joined.set(part, at)
			at += part.length
		}
		this.#held = joined
	}
}
