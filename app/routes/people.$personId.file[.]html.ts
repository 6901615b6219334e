import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { printPerson } from '#app/components/person-file.server.tsx'
import { languageOf } from '#app/utils/cookies.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'

const paramsSchema = z.object({ personId: z.uuid() })

/** Everything recorded about one person as a page to keep and to print, in the reader's language. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const { personId } = parseParams(paramsSchema, args.params)
		const language = await languageOf(args.request)
		const file = await args.context.services.people.exportFile(actor, personId, {
			extension: 'html',
			write: (data) => printPerson(data, language),
		})
		return new Response(Buffer.from(file.bytes), {
			headers: {
				'content-type': 'text/html; charset=utf-8',
				'content-disposition': `attachment; filename="${file.fileName}"`,
				'x-content-type-options': 'nosniff',
				'cache-control': 'no-store',
			},
		})
	})
}
