import { z } from 'zod'
import { badRequest } from './errors.ts'
import type { Answer } from './surface.ts'

const MOST = 20
const bodySchema = z.strictObject({
	requests: z.array(
		z.strictObject({
			id: z.string().min(1),
			method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']),
			url: z.string().startsWith('/'),
			headers: z.record(z.string(), z.string()).optional(),
			body: z.unknown().optional(),
			dependsOn: z.array(z.string()).optional(),
		}),
	),
})

/**
 * `POST /$batch`: up to twenty calls in one, each answered and throttled by itself. What depends on one that failed is 424;
 * a body needs its Content-Type; ids are told apart without case. The answers come in another order than the questions.
 * https://learn.microsoft.com/graph/json-batching
 */
export function answerBatch(
	input: unknown,
	one: (call: { method: string; path: string; body: unknown; language: string | null }) => Answer,
): Answer {
	const parsed = bodySchema.safeParse(input)
	if (!parsed.success) throw badRequest('BadRequest', `Invalid batch payload format: ${parsed.error.message}`)
	const { requests } = parsed.data
	if (requests.length > MOST)
		throw badRequest('BadRequest', `Number of batch request steps exceeds the maximum value of ${MOST}.`)
	if (new Set(requests.map(({ id }) => id.toLowerCase())).size !== requests.length)
		throw badRequest('BadRequest', 'Request Id has to be unique in a batch.')
	const answers = new Map<string, Answer>()
	for (const { id, method, url, headers = {}, body, dependsOn = [] } of requests) {
		const header = (wanted: string) =>
			Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null
		if (body !== undefined && header('content-type') === null)
			throw badRequest('BadRequest', 'Write request has a body and no Content-Type header.')
		const hasFailed = dependsOn.some((needed) => (answers.get(needed.toLowerCase())?.status ?? 500) >= 400)
		answers.set(
			id.toLowerCase(),
			hasFailed
				? {
						status: 424,
						result: { error: { code: 'FailedDependency', message: 'A call that this one needs failed.' } },
					}
				: one({ method, path: url, body: body ?? null, language: header('accept-language') }),
		)
	}
	const responses = requests.map(({ id }) => {
		const { status, result, headers = {} } = answers.get(id.toLowerCase()) ?? { status: 500, result: null }
		return {
			id,
			status,
			headers: { 'Content-Type': 'application/json', ...headers },
			...(result === null ? {} : { body: result }),
		}
	})
	return { status: 200, result: { responses: responses.reverse() } }
}
