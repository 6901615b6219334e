import { request as httpsRequest } from 'node:https'
import { rootCertificates } from 'node:tls'

/** What came back: a status, or nothing. `retryAfterMs` where the receiver says when it wants to be asked again. */
export type WebhookAnswer = { status: number; retryAfterMs: number | null } | { status: null; code: string }

/** Calls webhooks. `hosts` are those that the configuration names: nothing else is ever called. */
export type WebhookPort = {
	hosts: readonly string[]
	post(url: string, headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<WebhookAnswer>
}

/** What a receiver says is not read further than this; whoever sends more is cut off, and its status counts. */
const MOST_READ = 64 * 1024
const LONGEST_WAIT_MS = 24 * 3_600_000

/**
 * One POST over https with the certificate verified, by the system's authorities and the one that is configured. A
 * redirect is an answer like any other and is not followed: what is signed for one place goes nowhere else.
 */
export function openWebhookClient({
	hosts,
	caPem,
	timeoutMs,
}: {
	hosts: readonly string[]
	caPem: string | null
	timeoutMs: number
}): WebhookPort {
	const ca = caPem === null ? {} : { ca: [...rootCertificates, caPem] }
	return {
		hosts,
		post: (url, headers, body) =>
			new Promise((resolve) => {
				const fail = ({ code, name }: NodeJS.ErrnoException) =>
					resolve({
						status: null,
						code: name === 'TimeoutError' || name === 'AbortError' ? 'TIMEOUT' : (code ?? 'UNREACHABLE'),
					})
				const outgoing = httpsRequest(
					url,
					{
						method: 'POST',
						headers: {
							...headers,
							'content-type': 'application/json',
							'content-length': body.length,
							'user-agent': 'Charterkeep',
						},
						signal: AbortSignal.timeout(timeoutMs),
						agent: false,
						...ca,
					},
					(incoming) => {
						const answer = {
							status: incoming.statusCode ?? 0,
							retryAfterMs: retryAfterMs(incoming.headers['retry-after']),
						}
						let read = 0
						incoming.on('data', (chunk: Buffer) => {
							read += chunk.length
							if (read <= MOST_READ) return
							resolve(answer)
							incoming.destroy()
						})
						incoming.once('error', () => resolve(answer))
						incoming.once('end', () => resolve(answer))
					},
				)
				outgoing.once('error', fail)
				outgoing.end(body)
			}),
	}
}

/** Seconds as a number; a date is not looked at, since our own schedule is as good. */
function retryAfterMs(header: string | undefined): number | null {
	return header !== undefined && /^\d{1,6}$/.test(header)
		? Math.min(Number(header) * 1000, LONGEST_WAIT_MS)
		: null
}
