import type { ActionFunctionArgs } from '@remix-run/node'
import type { Delivered } from '#app/services/presence/take-delivery.server.ts'
import { requireNobody } from '#app/utils/guards.server.ts'

/** What a system that sends badge events is told, and whether sending the same again may help. */
const SAID: Readonly<Record<string, string>> = {
	SIGNATURE_MISSING: 'Send webhook-id, webhook-timestamp and webhook-signature (Standard Webhooks).',
	DELIVERY_OLD:
		'The time of this delivery is more than five minutes from ours: set the clock, or send it anew.',
	KEY_ENDED: 'The key that signed this has ended: use the new one.',
	SIGNATURE_WRONG: 'The signature does not fit: the key is another one, or the body was changed on the way.',
	UNKNOWN_FEED: 'There is no such feed.',
	FEED_ENDED: 'This feed has ended.',
}

/** Takes badge events from a physical access control system: signed, each delivery once, whole or not at all. */
export async function action(args: ActionFunctionArgs) {
	// The signature says who sends this; there is no session.
	await requireNobody(args)
	const { request, params, context } = args
	if (request.method !== 'POST')
		return Response.json({ error: 'POST_ONLY' }, { status: 405, headers: { allow: 'POST' } })
	const format = request.headers.get('content-type')?.startsWith('text/csv') ? 'csv' : 'json'
	const header = (name: string) => request.headers.get(name)
	const body = new Uint8Array(await request.arrayBuffer())
	const feedId = /^[0-9a-f-]{36}$/.test(params.feedId ?? '') ? (params.feedId ?? '') : NOBODY
	const delivered = await context.services.presence.deliver(
		feedId,
		{
			id: header('webhook-id'),
			timestamp: header('webhook-timestamp'),
			signature: header('webhook-signature'),
		},
		body,
		format,
	)
	if (delivered.outcome === 'unsigned')
		context.log.warn({ feedId, code: delivered.code }, 'a delivery of badge events was refused')
	return answer(delivered)
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

function answer(delivered: Delivered) {
	switch (delivered.outcome) {
		case 'taken': {
			const { stored, duplicates, unknownBadges } = delivered
			return Response.json({ stored, duplicates, unknownBadges })
		}
		case 'again':
			return Response.json({ stored: 0, again: true })
		case 'unsigned': {
			const { code } = delivered
			return Response.json(
				{ error: code, message: SAID[code] },
				{ status: code === 'UNKNOWN_FEED' ? 404 : 401 },
			)
		}
		case 'id_used':
			return Response.json(
				{
					error: 'ID_USED',
					message: 'Another delivery had this webhook-id: give each its own. Nothing was stored.',
				},
				{ status: 409 },
			)
		case 'unreadable':
			return Response.json(
				{ error: 'UNREADABLE', message: `${delivered.message} Nothing was stored.` },
				{ status: 422 },
			)
		case 'refused':
			return Response.json(
				{
					error: 'EVENTS_REFUSED',
					message: 'Nothing of this delivery was stored: mend these events and send all of it again.',
					problems: delivered.problems.slice(0, 1000),
				},
				{ status: 422 },
			)
	}
}
