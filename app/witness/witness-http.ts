import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { addCheckpoint, latestCheckpoint, type Reply, type Witness } from './add-checkpoint.ts'

/** 63 hashes and a checkpoint with as many signatures as anybody has. */
const LARGEST_BODY = 64 * 1024
const REQUEST_MS = 10_000
const MOST_CONNECTIONS = 256

/** Every answer: nothing here is a page, and nothing may be guessed from it. */
const HEADERS = {
	'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'cross-origin-resource-policy': 'cross-origin',
}

const text = (status: number, body: string): Reply => ({
	status,
	type: 'text/plain; charset=utf-8',
	body: `${body}\n`,
})

/** The witness over HTTP: add-checkpoint, the checkpoints for monitors, and /healthz. It listens when it is told to. */
export function createWitnessServer(
	witness: Witness,
	{ prefix, requestsPerMinute }: { prefix: string; requestsPerMinute: number },
): Server {
	const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 })
	const server = createServer(
		{ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
		(request, response) => {
			answer(witness, prefix, limiter, request).then(
				(reply) => send(request, response, reply),
				(error: unknown) => {
					// Nothing was signed, or it was and is on disk: the log asks again and learns which.
					witness.log.error({ error }, 'a request could not be answered')
					send(request, response, text(500, 'This witness could not answer.'))
				},
			)
		},
	)
	server.maxConnections = MOST_CONNECTIONS
	return server
}

async function answer(
	witness: Witness,
	prefix: string,
	limiter: RateLimiterMemory,
	request: IncomingMessage,
): Promise<Reply> {
	const { pathname } = new URL(request.url ?? '/', 'http://witness')
	const isReading = request.method === 'GET' || request.method === 'HEAD'
	if (pathname === '/healthz' && isReading) return text(200, 'ok')
	const isFree = await limiter.consume(request.socket.remoteAddress ?? '').then(
		() => true,
		() => false,
	)
	if (!isFree) return text(429, 'Too many requests from this address: wait a minute.')
	if (pathname === `${prefix}/add-checkpoint`) {
		if (request.method !== 'POST') return text(405, 'Send this with POST.')
		const body = await read(request)
		if (body === undefined) return text(413, `A submission has at most ${LARGEST_BODY} bytes.`)
		return body === null ? text(400, 'The request is no UTF-8 text.') : addCheckpoint(witness, body)
	}
	const [, hash] = /^\/([0-9a-f]{64})\/checkpoint$/.exec(pathname.slice(prefix.length)) ?? []
	if (hash === undefined || !pathname.startsWith(prefix))
		return text(404, 'There is nothing at this address.')
	return isReading ? latestCheckpoint(witness, hash) : text(405, 'Ask for this with GET.')
}

/** The body; null when it is no text, undefined when it is too large, in which case the rest is not read. */
async function read(request: IncomingMessage): Promise<string | null | undefined> {
	const chunks: Buffer[] = []
	let length = 0
	if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY) return undefined
	// The connection stays, so that the answer reaches whoever sent too much.
	for await (const chunk of request.iterator({ destroyOnReturn: false })) {
		length += (chunk as Buffer).length
		if (length > LARGEST_BODY) return undefined
		chunks.push(chunk as Buffer)
	}
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
	} catch {
		// No checkpoint is other than UTF-8.
		return null
	}
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Reply): void {
	const more: Record<string, string> = {}
	if (status === 429) more['retry-after'] = '60'
	if (status === 405) more.allow = request.method === 'POST' ? 'GET, HEAD' : 'POST'
	// What was not read of a body that is too large is not waited for.
	if (status === 413) more.connection = 'close'
	const isFresh = status === 200 && request.method !== 'POST'
	response.writeHead(status, {
		...HEADERS,
		...more,
		'content-type': type,
		'content-length': Buffer.byteLength(body),
		'cache-control': isFresh ? 'max-age=5' : 'no-store',
	})
	response.end(request.method === 'HEAD' ? undefined : body)
}
