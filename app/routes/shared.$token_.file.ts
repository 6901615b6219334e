import { createReadableStreamFromReadable, type LoaderFunctionArgs } from '@remix-run/node'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { requireNobody } from '#app/utils/guards.server.ts'
import { handledFile, parseParams } from '#app/utils/http.server.ts'

const paramsSchema = z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) })

/** The bundle behind a share link, for whoever holds it. */
export async function loader(args: LoaderFunctionArgs) {
	await requireNobody(args)
	const { token } = parseParams(paramsSchema, args.params)
	return handledFile(args.request, `/shared/${token}`, async () => {
		const { fileName, fileBytes, pieces } = await args.context.services.audit.takeShare(token)
		return new Response(createReadableStreamFromReadable(Readable.from(pieces)), {
			headers: {
				'content-type': 'application/octet-stream',
				'content-length': String(fileBytes),
				'content-disposition': `attachment; filename="${fileName}"`,
				'cache-control': 'no-store',
				'referrer-policy': 'no-referrer',
				'x-robots-tag': 'noindex, nofollow',
			},
		})
	})
}
