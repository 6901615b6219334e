import { Agent, request as httpsRequest } from 'node:https'

export type HttpAnswer = { status: number; headers: Headers; body: string }

/** No answer arrived: the call may or may not have had its effect. */
export class NoAnswer extends Error {
	override readonly name = 'NoAnswer'
}

const MAX_ANSWER_BYTES = 8_000_000

/**
 * Connections are kept and used again, one set for each host and trusted authority. There are more than all lanes of two
 * applications may use at once (see `lanes.server.ts`), so that a place for a removal is a connection for it as well. Those
 * that rest are closed before a front end would do it under a call that is being sent.
 */
const agent = new Agent({ keepAlive: true, maxSockets: 48, maxFreeSockets: 16, timeout: 15_000 })

/**
 * One HTTPS call with its own trusted authority (`ca`; null for the system's), a time limit, and no retry. Node's
 * `fetch` takes no authority without a global setting, which would trust it for every other connection as well.
 */
export function httpsCall(
	url: URL,
	{
		method,
		headers,
		body,
		ca,
		timeoutMs,
	}: { method: string; headers: Headers; body: string | undefined; ca: string | null; timeoutMs: number },
): Promise<HttpAnswer> {
	return new Promise((resolve, reject) => {
		const fail = (error: Error) => reject(new NoAnswer(error.message, { cause: error }))
		const signal = AbortSignal.timeout(timeoutMs)
		const options = {
			agent,
			method,
			headers: Object.fromEntries(headers),
			signal,
			...(ca === null ? {} : { ca }),
		}
		const outgoing = httpsRequest(url, options, (incoming) => {
			const chunks: Buffer[] = []
			let size = 0
			incoming.on('data', (chunk: Buffer) => {
				size += chunk.length
				if (size > MAX_ANSWER_BYTES) incoming.destroy(new Error('The answer is too large.'))
				else chunks.push(chunk)
			})
			incoming.once('error', fail)
			incoming.once('end', () => {
				const answerHeaders = new Headers()
				for (const [name, value] of Object.entries(incoming.headers)) answerHeaders.set(name, String(value))
				resolve({
					status: incoming.statusCode ?? 0,
					headers: answerHeaders,
					body: Buffer.concat(chunks).toString('utf8'),
				})
			})
		})
		outgoing.once('error', fail)
		outgoing.end(body)
	})
}
