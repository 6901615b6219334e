import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'

const paramsSchema = z.object({ personId: z.uuid() })

/** Everything recorded about one person, for that person. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const { personId } = parseParams(paramsSchema, args.params)
		const file = await args.context.services.people.exportFile(actor, personId)
		return new Response(Buffer.from(file.bytes), {
			headers: {
				'content-type': 'application/json; charset=utf-8',
				'content-disposition': `attachment; filename="${file.fileName}"`,
				'x-content-type-options': 'nosniff',
				'cache-control': 'no-store',
			},
		})
	})
}
