import { readCharter } from '#app/services/charter/read-charter.server.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { isDomainError } from '#workflows/shared/errors.ts'

/** The charter of a text; null where this version cannot read it, and the verifier says so. */
export function readCharterText(yaml: string): Charter | null {
	try {
		return readCharter(yaml).charter
	} catch (error) {
		if (isDomainError(error)) return null
		throw error
	}
}
