import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { problemSchema, type Problem } from './answers.ts'
import type { ClientSettings } from './settings.ts'

const PAUSES_MS = [250, 1000, 3000]
const CALL_MS = 15_000
/** Longest that a server may have us wait before the same call is made again. */
const LONGEST_WAIT_MS = 30_000

/** The server said no, and why. */
export class Refused extends Error {
	override readonly name = 'Refused'
	readonly problem: Problem

	constructor(problem: Problem) {
		super(problem.detail)
		this.problem = problem
	}
}

/** Nobody answered, or somebody else did. */
export class Unreachable extends Error {
	override readonly name = 'Unreachable'
}

export type Client = <S extends z.ZodType>(
	shape: S,
	method: 'GET' | 'POST',
	path: string,
	more?: { body?: unknown; key?: string },
) => Promise<z.infer<S>>

/**
 * Calls the API, and calls again where no answer came or the server is not ready: reading changes nothing, filing has a key,
 * and withdrawing and ending say the same when they are sent again. Throws Refused or Unreachable.
 */
export function createClient(
	{ url, token }: ClientSettings,
	{ language, wait = pause }: { language: string; wait?: (ms: number) => Promise<unknown> },
): Client {
	return async (shape, method, path, { body, key } = {}) => {
		const address = new URL(path.startsWith('/api/v1/') ? path : `/api/v1${path}`, url)
		for (let attempt = 0; ; attempt++) {
			const outcome = await once(address, {
				method,
				headers: {
					authorization: `Bearer ${token}`,
					accept: 'application/json',
					'accept-language': language,
					...(body === undefined ? {} : { 'content-type': 'application/json' }),
					...(key === undefined ? {} : { 'idempotency-key': key }),
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
				redirect: 'error',
				signal: AbortSignal.timeout(CALL_MS),
			})
			const next = PAUSES_MS[attempt]
			if (outcome.is === 'answered') return readAs(shape, outcome.body, url)
			if (next === undefined || (outcome.is === 'refused' && outcome.againMs === null)) throw outcome.error
			await wait(Math.max(next, outcome.is === 'refused' ? (outcome.againMs ?? 0) : 0))
		}
	}
}

type Outcome =
	| { is: 'answered'; body: unknown }
	/** `againMs`: when the same call may be made again; null where it would be refused again. */
	| { is: 'refused'; error: Error; againMs: number | null }
	| { is: 'lost'; error: Error }

async function once(address: URL, init: RequestInit): Promise<Outcome> {
	let response: Response
	let text: string
	try {
		response = await fetch(address, init)
		text = await response.text()
	} catch (error) {
		return { is: 'lost', error: new Unreachable(`${address.origin} does not answer: ${causeOf(error)}.`) }
	}
	const body = parseJson(text)
	if (response.ok) return { is: 'answered', body }
	const problem = problemSchema.safeParse(body)
	const isPassing = response.status === 429 || response.status === 503
	const again = Math.min(Number(response.headers.get('retry-after') ?? 1) * 1000 || 1000, LONGEST_WAIT_MS)
	if (problem.success)
		return { is: 'refused', error: new Refused(problem.data), againMs: isPassing ? again : null }
	const error = new Unreachable(
		`${address.origin} answered with ${response.status} and not as Charterkeep does: is CHARTERKEEP_URL right?`,
	)
	return response.status >= 500 ? { is: 'lost', error } : { is: 'refused', error, againMs: null }
}

function readAs<S extends z.ZodType>(shape: S, body: unknown, url: URL): z.infer<S> {
	const parsed = shape.safeParse(body)
	if (parsed.success) return parsed.data
	throw new Unreachable(
		`${url.origin} answered something that this version cannot read: ${z.prettifyError(parsed.error)}`,
	)
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown
	} catch {
		// The shapes refuse what is not JSON.
		return undefined
	}
}

/** The innermost cause says more than "fetch failed": refused, unknown host, certificate. */
function causeOf(error: unknown): string {
	let text = String(error)
	for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
		const code = (at as { code?: unknown }).code
		text =
			typeof code === 'string' && !at.message.includes(code) ? `${at.message} (${code})` : at.message || text
	}
	return text
}
