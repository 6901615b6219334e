const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of these bytes; null where they are not UTF-8 in its shortest form. A byte order mark stays in the text. */
export function strictUtf8(bytes: Uint8Array): string | null {
	try {
		return decoder.decode(bytes)
	} catch {
		// Not UTF-8: the caller says what that means.
		return null
	}
}
