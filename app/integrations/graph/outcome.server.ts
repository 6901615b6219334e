import { GraphError } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import type { WriteOutcome } from '../grant-port.ts'
import { NoAnswer } from './https-fetch.server.ts'

type Refusal = { status: number; code: string; message: string; retryAfterMs: number | null }

/** PIM puts a JSON text into `message` when a permission is missing. */
const nestedSchema = z.object({ errorCode: z.string(), message: z.string() })

const EXISTS = new Set(['RoleAssignmentExists'])
const ABSENT = new Set(['RoleAssignmentDoesNotExist'])
/** A later attempt may succeed: not replicated yet, one pending already, or too early to end it. */
const LATER = new Set(['SubjectNotFound', 'PendingRoleAssignmentRequest', 'ActiveDurationTooShort'])

/** The one table from what a write threw to what became of it. Whatever is not surely a refusal is `unknown`. */
export function outcomeOf(error: unknown): WriteOutcome {
	if (error instanceof NoAnswer) return { kind: 'unknown', message: error.message }
	const refusal = refusalOf(error)
	if (refusal === null)
		return { kind: 'unknown', message: error instanceof Error ? error.message : 'unknown' }
	const { status, code, message, retryAfterMs } = refusal
	if (EXISTS.has(code)) return { kind: 'exists' }
	if (ABSENT.has(code)) return { kind: 'absent' }
	if (status === 429 || LATER.has(code)) return { kind: 'later', code, retryAfterMs }
	// The call did not pass the door: nothing was done, and a new token may mend it.
	if (status === 401) return { kind: 'later', code, retryAfterMs }
	if (status >= 400 && status < 500 && status !== 408) return { kind: 'refused', code, message }
	return { kind: 'unknown', message: `${status} ${code}: ${message}` }
}

/** What Graph said, unfolded; null when the error did not come from an answer of Graph. */
export function refusalOf(error: unknown): Refusal | null {
	if (!(error instanceof GraphError) || error.statusCode < 400) return null
	const nested = nestedSchema.safeParse(parseJson(error.message))
	return {
		status: error.statusCode,
		code: nested.success ? nested.data.errorCode : (error.code ?? 'UnknownError'),
		message: nested.success ? nested.data.message : error.message,
		retryAfterMs: retryAfterOf(error.headers),
	}
}

/** Retry-After in seconds or as a date; null when absent or malformed. */
function retryAfterOf(headers: Headers | undefined): number | null {
	const text = headers?.get('retry-after')
	if (!text) return null
	return /^\d{1,6}$/.test(text) ? Number(text) * 1000 : null
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		// An ordinary message, which is the common case.
		return undefined
	}
}
