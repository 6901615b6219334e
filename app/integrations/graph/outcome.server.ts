import { GraphError } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import type { WriteOutcome } from '../grant-port.ts'
import { NoAnswer } from './https-fetch.server.ts'
import { retryAfterOf } from './lanes.server.ts'
import { meaningOf } from './tenant-answers.ts'

type Refusal = { status: number; code: string; message: string; retryAfterMs: number | null }

/** PIM puts a JSON text into `message` when a permission is missing. */
const nestedSchema = z.object({ errorCode: z.string(), message: z.string() })

/** From what a write threw to what became of it. Whatever is not surely a refusal is `unknown`: read back and compare. */
export function outcomeOf(error: unknown): WriteOutcome {
	if (error instanceof NoAnswer) return { kind: 'unknown', message: error.message }
	const refusal = refusalOf(error)
	if (refusal === null)
		return { kind: 'unknown', message: error instanceof Error ? error.message : 'unknown' }
	const { status, message, retryAfterMs } = refusal
	const known = meaningOf(refusal.code, message)
	const code = known?.code ?? refusal.code
	// Statuses of the tenant's own trouble say nothing of what was done, whatever the code beside them.
	if (status >= 500 || status === 408) return { kind: 'unknown', message: `${status} ${code}: ${message}` }
	// The call did not pass the door: nothing was done, and a new token or some time may mend it.
	if (status === 429 || status === 401) return { kind: 'later', code, retryAfterMs }
	switch (known?.meaning) {
		case 'exists':
			return { kind: 'exists' }
		case 'absent':
			return { kind: 'absent' }
		case 'later':
			return { kind: 'later', code, retryAfterMs }
		case 'refused':
		case undefined:
			return { kind: 'refused', code, message }
	}
}

/** What Graph said, unfolded; null when the error did not come from an answer of Graph. */
export function refusalOf(error: unknown): Refusal | null {
	if (!(error instanceof GraphError) || error.statusCode < 400) return null
	const nested = nestedSchema.safeParse(parseJson(error.message))
	return {
		status: error.statusCode,
		code: nested.success ? nested.data.errorCode : (error.code ?? 'UnknownError'),
		message: nested.success ? nested.data.message : error.message,
		retryAfterMs: retryAfterOf(error.headers, Date.now()),
	}
}

const ABSENT: ReadonlySet<string> = new Set(['Request_ResourceNotFound', 'ResourceNotFound'])

/** The tenant's own word that there is no such object; a 404 of anybody else, such as a proxy, says nothing. */
export const saysAbsent = (code: string | null): boolean => code !== null && ABSENT.has(code)

/** The same of an answer that was thrown. */
export function isAbsent(error: unknown): boolean {
	const refusal = refusalOf(error)
	return refusal?.status === 404 && saysAbsent(refusal.code)
}

/** What a removal is answered with where the person, the role, the group or the scope is not there any more. */
const GONE: ReadonlySet<string> = new Set([...ABSENT, 'SubjectNotFound', 'RoleNotFound', 'InvalidScope'])
export const saysGone = (code: string): boolean => GONE.has(code)

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		// An ordinary message, which is the common case.
		return undefined
	}
}
