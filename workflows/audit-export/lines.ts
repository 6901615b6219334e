import { MAX_LINE_BYTES } from './bundle.ts'

export type Line = { bytes: Uint8Array; text: string }
export type LineProblem = 'LINE_TOO_LONG' | 'NOT_UTF8' | 'BYTE_ORDER_MARK' | 'NO_FINAL_NEWLINE'

const NEWLINE = 10

/** A line that cannot be read. */
export class BadLine extends Error {
	override readonly name = 'BadLine'
	readonly problem: LineProblem

	constructor(problem: LineProblem) {
		super(problem)
		this.problem = problem
	}
}

/**
 * Splits bytes into lines without holding the whole: each with its raw bytes (newline included) and its text. Throws
 * BadLine for what is not strict UTF-8, is too long, or does not end in a newline.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
	const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
	let parts: Uint8Array[] = []
	let held = 0
	const take = (last: Uint8Array): Line => {
		const bytes = new Uint8Array(held + last.length)
		let at = 0
		for (const part of [...parts, last]) {
			bytes.set(part, at)
			at += part.length
		}
		parts = []
		held = 0
		return { bytes, text: decode(decoder, bytes.subarray(0, -1)) }
	}
	for await (const chunk of chunks) {
		let from = 0
		for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
			if (held + to + 1 - from > MAX_LINE_BYTES) throw new BadLine('LINE_TOO_LONG')
			yield take(chunk.subarray(from, to + 1))
			from = to + 1
		}
		const rest = chunk.subarray(from)
		held += rest.length
		if (held > MAX_LINE_BYTES) throw new BadLine('LINE_TOO_LONG')
		if (rest.length > 0) parts.push(rest.slice())
	}
	if (held > 0) throw new BadLine('NO_FINAL_NEWLINE')
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string {
	if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw new BadLine('BYTE_ORDER_MARK')
	try {
		return decoder.decode(bytes)
	} catch {
		throw new BadLine('NOT_UTF8')
	}
}
