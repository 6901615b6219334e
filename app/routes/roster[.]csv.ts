import type { LoaderFunctionArgs } from '@remix-run/node'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { rosterQueryOf } from '#app/utils/roster-query.server.ts'

/** How every boundary and stage is covered as CSV, as the address chooses it. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'forecast:read')
	return handled(async () => {
		const { roster, now } = args.context.services
		const text = await roster.csv(actor, rosterQueryOf(args.request))
		return new Response(text, {
			headers: {
				'content-type': 'text/csv; charset=utf-8',
				'content-disposition': `attachment; filename="charterkeep-roster-${now().toISOString().slice(0, 10)}.csv"`,
				'x-content-type-options': 'nosniff',
				'cache-control': 'no-store',
			},
		})
	})
}
