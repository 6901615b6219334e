import type { LoaderFunctionArgs } from '@remix-run/node'
import { requireNobody } from '#app/utils/guards.server.ts'

/** The newest signed checkpoint (C2SP tlog-checkpoint), for anybody: the more copies there are, the harder a fork. */
export async function loader(args: LoaderFunctionArgs) {
	await requireNobody(args)
	const checkpoint = await args.context.services.record.checkpoint()
	if (checkpoint === null) return new Response('no checkpoint yet\n', { status: 404 })
	return new Response(checkpoint, {
		headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'max-age=5' },
	})
}
