/** The witness cannot start, or must not sign. The message is one sentence that says what to do. */
export class WitnessError extends Error {
	override readonly name = 'WitnessError'
}
