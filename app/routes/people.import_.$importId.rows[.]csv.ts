import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { attachment } from '#app/utils/attachment.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, parseParams, queryOf } from '#app/utils/http.server.ts'

const paramsSchema = z.object({ importId: z.uuid() })

/** What a dry run found, row by row, as CSV. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'people:record')
	return handled(async () => {
		const { importId } = parseParams(paramsSchema, args.params)
		const { services, drained } = args.context
		const onlyErrors = queryOf(args.request)('only') === 'errors'
		return attachment(await services.imports.export(actor, importId, onlyErrors), drained)
	})
}
