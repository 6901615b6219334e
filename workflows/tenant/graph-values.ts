import { isInstant, type Instant } from '../shared/instants.ts'

/** Object ids are compared in lower case. */
export const lower = (id: string) => id.toLowerCase()

/** A name, or null where none is told. */
export const nameOf = (text: string | null | undefined): string | null => text ?? null

/** An instant as Graph writes it, with up to seven fractional digits, as ours. Throws RangeError where it is none. */
export function instantOf(text: string | null | undefined): Instant | null {
	if (text === null || text === undefined) return null
	const at = new Date(text)
	const instant = Number.isNaN(at.getTime()) ? '' : at.toISOString()
	if (!isInstant(instant)) throw new RangeError('An instant cannot be read.')
	return instant
}
