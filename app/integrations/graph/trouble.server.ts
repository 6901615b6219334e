import { GraphError } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { DirectoryUnavailable } from '../directory-port.ts'
import { NoAnswer } from './https-fetch.server.ts'
import { refusalOf } from './outcome.server.ts'

const NO_ANSWER = 'NoAnswer'

/** What stands in the way, in our words and the tenant's. What is not understood is `unavailable`. */
export function troubleOf(error: unknown): DirectoryUnavailable {
	if (error instanceof DirectoryUnavailable) return error
	if (error instanceof NoAnswer) return new DirectoryUnavailable('unavailable', NO_ANSWER)
	if (error instanceof z.ZodError) return new DirectoryUnavailable('unavailable', 'UnreadableAnswer')
	const refusal = refusalOf(error)
	if (refusal === null) {
		// The library of Graph makes its own error of one that was thrown, and keeps the name.
		const isUnanswered = error instanceof GraphError && error.code === NO_ANSWER
		return new DirectoryUnavailable('unavailable', isUnanswered ? NO_ANSWER : 'NoToken')
	}
	const { status, code, message, retryAfterMs } = refusal
	const trouble = (): DirectoryUnavailable['trouble'] => {
		if (status === 429) return 'throttled'
		if (status === 403) return 'forbidden'
		// Graph answers an unknown part of an address with 400; a cloud without the service may say 404 or 501.
		if (status === 501 || (status === 400 && message.startsWith('Resource not found for the segment')))
			return 'unsupported'
		if (status === 404) return 'unsupported'
		return 'unavailable'
	}
	return new DirectoryUnavailable(trouble(), code.slice(0, 80), retryAfterMs)
}
