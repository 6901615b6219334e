import type { ActionFunctionArgs } from '@remix-run/node'
import { readBounded } from '#app/utils/bounded-body.server.ts'
import { requireNobody } from '#app/utils/guards.server.ts'

/** Longer tokens than Graph's are nobody's. */
const LONGEST_TOKEN = 4096
/** Nobody has signed in for it, and what sends it may not say how long it is. */
const LARGEST_DELIVERY = 1_000_000
const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }

/**
 * Takes change notifications of Microsoft Graph, and answers its question whether this address is ours. Each notification is known by
 * its secret; one that is not is answered like the others and has no effect, so that nobody learns what there is.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export async function action(args: ActionFunctionArgs) {
	// The secret of the subscription says who sends this; there is no session.
	await requireNobody(args)
	const { request, context } = args
	if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } })
	const { notifications } = context.services
	if (!notifications.isWanted()) return new Response(null, { status: 404 })
	const token = new URL(request.url).searchParams.get('validationToken')
	if (token !== null)
		return token.length <= LONGEST_TOKEN
			? new Response(token, { headers: PLAIN })
			: new Response('The token is too long.', { status: 400, headers: PLAIN })
	const told = Number(request.headers.get('content-length') ?? 0)
	const body = await readBounded(request.body, { told, most: LARGEST_DELIVERY })
	if (body === null)
		return new Response(`A delivery has at most ${LARGEST_DELIVERY} bytes.`, { status: 413, headers: PLAIN })
	const taken = await notifications.take(new TextDecoder().decode(body))
	if (taken === null)
		return new Response('This is no delivery of change notifications.', { status: 400, headers: PLAIN })
	if (taken.strange > 0)
		context.log.warn({ count: taken.strange }, 'change notifications of nobody were passed over')
	return new Response(null, { status: 202 })
}
