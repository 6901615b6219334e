export type EmbeddedErrorCode =
	| 'NO_BINARIES'
	| 'CANNOT_RUN'
	| 'NO_RUN_AS_USER'
	| 'DIRECTORY_IN_USE'
	| 'DIRECTORY_UNREACHABLE'
	| 'DID_NOT_START'

/** Why our own PostgreSQL cannot run here. The message is one sentence for the person at the terminal. */
export class EmbeddedError extends Error {
	override readonly name = 'EmbeddedError'
	readonly code: EmbeddedErrorCode

	constructor(code: EmbeddedErrorCode, message: string, options?: ErrorOptions) {
		super(message, options)
		this.code = code
	}
}
