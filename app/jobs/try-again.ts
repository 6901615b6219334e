/** A job could not finish now; the queue runs it again, after `afterMs` or its own backoff. */
export class TryAgain extends Error {
	override readonly name = 'TryAgain'
	readonly afterMs: number | null
	/** What kept it, in the tenant's word or ours, where people should learn of it when it lasts. */
	readonly code: string | null

	constructor(
		message: string,
		afterMs: number | null,
		{ code = null, ...options }: ErrorOptions & { code?: string | null } = {},
	) {
		super(message, options)
		this.afterMs = afterMs
		this.code = code
	}
}

/** The tenant takes nothing now, and may later: for the reason that it gave, in the time that it gave. */
export const answeredLater = ({ code, retryAfterMs }: { code: string; retryAfterMs: number | null }) =>
	new TryAgain(`The tenant answered ${code}.`, retryAfterMs, { code })
