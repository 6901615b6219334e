import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'
import { IMPORT_KINDS } from '#workflows/people/import/columns.ts'

const paramsSchema = z.object({ what: z.enum(IMPORT_KINDS) })

/** A file to fill in, with the names of the columns and an example. */
export async function loader(args: LoaderFunctionArgs) {
	await requirePermission(args, 'people:record')
	return handled(() => {
		const { what } = parseParams(paramsSchema, args.params)
		return Promise.resolve(
			new Response(args.context.services.imports.template(what), {
				headers: {
					'content-type': 'text/csv; charset=utf-8',
					'content-disposition': `attachment; filename="charterkeep-template-${what}.csv"`,
					'x-content-type-options': 'nosniff',
				},
			}),
		)
	})
}
