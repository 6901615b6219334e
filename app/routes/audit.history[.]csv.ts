import type { LoaderFunctionArgs } from '@remix-run/node'
import { requirePermission } from '#app/utils/guards.server.ts'
import { historyFilterOf } from '#app/utils/history-filter.server.ts'
import { handled } from '#app/utils/http.server.ts'

/** The access history that the filter chooses, as CSV. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:export')
	return handled(async () => {
		const text = await args.context.services.audit.csv(actor, historyFilterOf(args.request))
		const name = `charterkeep-access-history-${args.context.services.now().toISOString().slice(0, 10)}.csv`
		return new Response(text, {
			headers: {
				'content-type': 'text/csv; charset=utf-8',
				'content-disposition': `attachment; filename="${name}"`,
				'cache-control': 'no-store',
			},
		})
	})
}
