/** How far a body that is too long is read, so that whoever sends it hears why; the rest is cut off. */
const READ_ON = 16

/**
 * A body of `most` bytes at most, however it is sent and whatever it says of its length; null where it is longer. No more of it is
 * held than may be taken.
 */
export async function readBounded(
	stream: ReadableStream<Uint8Array> | null,
	{ told, most }: { told: number; most: number },
): Promise<Uint8Array | null> {
	if (told > most) return null
	const chunks: Uint8Array[] = []
	let length = 0
	const reader = stream?.getReader()
	for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
		length += read.value.length
		if (length <= most) chunks.push(read.value)
		else if (length > READ_ON * most) await reader?.cancel()
	}
	return length > most ? null : Buffer.concat(chunks)
}
