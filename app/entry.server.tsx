import { PassThrough } from 'node:stream'
import { createReadableStreamFromReadable, type AppLoadContext, type EntryContext } from '@remix-run/node'
import { isRouteErrorResponse, RemixServer } from '@remix-run/react'
import { isbot } from 'isbot'
import { renderToPipeableStream } from 'react-dom/server'
import { NonceContext } from '#app/utils/nonce.ts'
import { withoutParameters } from '#db/transaction.ts'

const ABORT_MS = 10_000
export const streamTimeout = 5000

/** Renders a page as a stream; the nonce goes to every script that the page may run. */
export default function handleRequest(
	request: Request,
	status: number,
	headers: Headers,
	remixContext: EntryContext,
	{ cspNonce }: AppLoadContext,
): Promise<Response> {
	return new Promise((resolve, reject) => {
		let statusCode = status
		let isShellSent = false
		const { pipe, abort } = renderToPipeableStream(
			<NonceContext.Provider value={cspNonce}>
				<RemixServer context={remixContext} url={request.url} abortDelay={ABORT_MS} nonce={cspNonce} />
			</NonceContext.Provider>,
			{
				nonce: cspNonce,
				[isbot(request.headers.get('user-agent') ?? '') ? 'onAllReady' : 'onShellReady']() {
					isShellSent = true
					const body = new PassThrough()
					headers.set('content-type', 'text/html; charset=utf-8')
					resolve(new Response(createReadableStreamFromReadable(body), { headers, status: statusCode }))
					pipe(body)
				},
				onShellError: (error: unknown) =>
					reject(error instanceof Error ? error : new Error('The page could not be rendered.')),
				onError() {
					statusCode = 500
					if (isShellSent) return
				},
			},
		)
		setTimeout(abort, ABORT_MS)
	})
}

/** Unexpected failures are logged once, with the request's id and without anybody's data. */
export function handleError(
	error: unknown,
	{ request, context }: { request: Request; context: AppLoadContext },
): void {
	if (request.signal.aborted) return
	// A refusal that was meant: a file that is not there, or not for whoever asks.
	if (isRouteErrorResponse(error) && error.status < 500) {
		context.log.info({ requestId: context.requestId, status: error.status }, 'a file was refused')
		return
	}
	context.log.error({ requestId: context.requestId, error: withoutParameters(error) }, 'a request failed')
}
