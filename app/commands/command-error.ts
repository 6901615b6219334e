/** Why a command cannot do its work: wrong usage, or an input that cannot be used. The message says what to do. */
export class CommandError extends Error {
	override readonly name = 'CommandError'
}
