/** Cuts what comes into parts of this many. */
export async function* batches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
	let part: T[] = []
	for await (const item of items) {
		part.push(item)
		if (part.length < size) continue
		yield part
		part = []
	}
	if (part.length > 0) yield part
}

/** The same of what is there already. */
export function inParts<T>(items: readonly T[], size: number): T[][] {
	const parts: T[][] = []
	for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size))
	return parts
}
