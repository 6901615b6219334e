import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { changeFilterOf } from '#app/utils/change-filter.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, parseParams } from '#app/utils/http.server.ts'

const paramsSchema = z.object({ amendmentId: z.uuid() })

/** Everybody whose standing the amendment changes, as the filter chooses them, as CSV. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:read')
	return handled(async () => {
		const { amendmentId } = parseParams(paramsSchema, args.params)
		const { amendments, now } = args.context.services
		const text = await amendments.csv(actor, amendmentId, changeFilterOf(args.request))
		return new Response(text, {
			headers: {
				'content-type': 'text/csv; charset=utf-8',
				'content-disposition': `attachment; filename="charterkeep-impact-${now().toISOString().slice(0, 10)}.csv"`,
				'cache-control': 'no-store',
			},
		})
	})
}
