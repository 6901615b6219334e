import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:https'
import { badRequest } from './errors.ts'

const MAX_BODY_BYTES = 64_000

/** The ids by which Graph and its caller find a call again. */
export function correlation(request: IncomingMessage): Record<string, string> {
	return {
		'request-id': randomUUID(),
		'client-request-id': String(request.headers['client-request-id'] ?? randomUUID()),
	}
}

/** Sends `result` as JSON; null for an answer without a body. */
export function send(
	response: ServerResponse,
	status: number,
	result: unknown,
	headers: Record<string, string> = {},
): void {
	const text = result === null ? undefined : JSON.stringify(result)
	response
		.writeHead(status, { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
		.end(text)
}

export async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = []
	let size = 0
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length
		if (size > MAX_BODY_BYTES) throw new Error('The body is too large.')
		chunks.push(chunk)
	}
	return Buffer.concat(chunks).toString('utf8')
}

/** Throws GraphError where it is no JSON. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		throw badRequest('BadRequest', 'Unable to read JSON request payload.')
	}
}

/** Rejects when the port is taken. */
export function listen(server: Server, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject)
		server.listen(port, '127.0.0.1', resolve)
	})
}
