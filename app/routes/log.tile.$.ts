import type { LoaderFunctionArgs } from '@remix-run/node'
import { requireNobody } from '#app/utils/guards.server.ts'

/** Tiles and entry bundles of the log (C2SP tlog-tiles), for anybody. What has been served once never changes. */
export async function loader(args: LoaderFunctionArgs) {
	await requireNobody(args)
	const bytes = await args.context.services.record.tile(`tile/${args.params['*'] ?? ''}`)
	if (bytes === null) return new Response('there is no such tile\n', { status: 404 })
	return new Response(Uint8Array.from(bytes), {
		headers: {
			'content-type': 'application/octet-stream',
			'cache-control': 'public, max-age=31536000, immutable',
		},
	})
}
