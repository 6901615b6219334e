import type { LoaderFunctionArgs } from '@remix-run/node'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { reportNumberOf } from '#app/utils/readiness-query.server.ts'

/** Who holds what by a report, as CSV. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'readiness:read')
	return handled(async () => {
		const number = reportNumberOf(args.request) ?? 0
		const text = await args.context.services.readiness.export(actor, { number, format: 'csv' })
		return new Response(text, {
			headers: {
				'content-type': 'text/csv; charset=utf-8',
				'content-disposition': `attachment; filename="charterkeep-readiness-${number}.csv"`,
				'x-content-type-options': 'nosniff',
				'cache-control': 'no-store',
			},
		})
	})
}
