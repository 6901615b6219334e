import { GraphError } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { DirectoryUnavailable } from '../directory-port.ts'
import { NoAnswer } from './https-fetch.server.ts'
import { refusalOf } from './outcome.server.ts'

/** The call broke off, or took longer than an answer is waited for. */
export const NO_ANSWER = 'NoAnswer'

/** Whether nobody answered. The library of Graph makes its own error of one that was thrown, and keeps the name. */
export const isUnanswered = (error: unknown): boolean =>
	error instanceof NoAnswer || (error instanceof GraphError && error.code === NO_ANSWER)

/** What stands in the way, in our words and the tenant's. What is not understood is `unavailable`. */
export function troubleOf(error: unknown): DirectoryUnavailable {
	if (error instanceof DirectoryUnavailable) return error
	if (isUnanswered(error)) return new DirectoryUnavailable('unavailable', NO_ANSWER)
	if (error instanceof z.ZodError) return new DirectoryUnavailable('unavailable', 'UnreadableAnswer')
	const refusal = refusalOf(error)
	if (refusal === null) return new DirectoryUnavailable('unavailable', 'NoToken')
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
