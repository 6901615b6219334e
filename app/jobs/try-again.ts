/** A job could not finish now; the queue runs it again, after `afterMs` or its own backoff. */
export class TryAgain extends Error {
	override readonly name = 'TryAgain'
	readonly afterMs: number | null

	constructor(message: string, afterMs: number | null, options?: ErrorOptions) {
		super(message, options)
		this.afterMs = afterMs
	}
}
