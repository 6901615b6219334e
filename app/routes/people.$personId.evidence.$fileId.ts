import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'

const paramsSchema = z.object({ personId: z.uuid(), fileId: z.uuid() })

/** An evidence file, always to save and never to show: its content is somebody else's. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const file = await args.context.services.people.evidence(actor, parseParams(paramsSchema, args.params))
		return new Response(Buffer.from(file.bytes), {
			headers: {
				'content-type': file.contentType,
				'content-disposition': `attachment; filename="${file.fileName}"`,
				'x-content-type-options': 'nosniff',
				'cache-control': 'no-store',
			},
		})
	})
}
