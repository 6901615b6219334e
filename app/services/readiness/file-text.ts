/**
 * What a text is written in: UTF-16 in either order as a mark at the beginning says, or as the first character does, which in JSON is
 * ASCII, so that one of its two bytes is 0; else UTF-8, in which no JSON begins so.
 */
function encodingOf([first, second]: Uint8Array): string {
	if (first === 0xff && second === 0xfe) return 'utf-16le'
	if (first === 0xfe && second === 0xff) return 'utf-16be'
	if (first === undefined || second === undefined || (first === 0) === (second === 0)) return 'utf-8'
	return second === 0 ? 'utf-16le' : 'utf-16be'
}

/** The text of UTF-8, or of UTF-16 as Windows PowerShell writes it, with or without a mark at the beginning; null where it is neither. */
export function textOf(bytes: Uint8Array): string | null {
	const encoding = encodingOf(bytes)
	try {
		return new TextDecoder(encoding, { fatal: true }).decode(bytes)
	} catch {
		// Bytes that are no text of either kind.
		return null
	}
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
