import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import type { Watched } from '#app/services/access/watch-request.server.ts'
import { sessionTokenOf } from '#app/utils/cookies.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'

const paramsSchema = z.object({ requestId: z.uuid() })

/** Says as it happens that something about a request changed (server-sent events); what, the page asks for itself. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const { requestId } = parseParams(paramsSchema, args.params)
		const token = (await sessionTokenOf(args.request)) ?? ''
		// What Remix says of a reader that has gone comes late or never; the stream is told when it is let go.
		const gone = new AbortController()
		const signal = AbortSignal.any([gone.signal, args.request.signal])
		const events = await args.context.services.access.watch(actor, token, requestId, signal)
		const encoder = new TextEncoder()
		const body = new ReadableStream<Uint8Array>({
			async pull(controller) {
				const next: IteratorResult<Watched, void> = await events.next()
				controller.enqueue(encoder.encode(textOf(next.done === true ? 'end' : next.value)))
				if (next.done === true) controller.close()
			},
			async cancel() {
				gone.abort()
				await events.return(undefined)
			},
		})
		return new Response(body, {
			headers: {
				'content-type': 'text/event-stream; charset=utf-8',
				// Neither kept, nor held back to be compressed.
				'cache-control': 'no-store, no-transform',
				'x-accel-buffering': 'no',
			},
		})
	})
}

const textOf = (event: Watched | 'end') => (event === 'beat' ? ': beat\n\n' : `event: ${event}\ndata: {}\n\n`)
