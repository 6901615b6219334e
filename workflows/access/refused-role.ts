import type { ClauseResult } from '../charter/verdict.ts'
import type { ErrorCode } from '../shared/errors.ts'

/** A role that was asked for together with others and could not be filed: why, as far as a sentence needs to know. */
export type RefusedRole = {
	role: string
	code: ErrorCode
	/** Every clause of the charter that stands against it. */
	denials: readonly ClauseResult[]
	/** Numbers that the sentence of this code names. */
	numbers: Readonly<Record<string, number>>
	/** Title of the role of which too few could decide. */
	gap: string | null
	/** A ticket of the form that the charter asks for. */
	example: string | null
}
