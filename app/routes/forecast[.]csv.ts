import type { LoaderFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { FORECAST_LISTS } from '#app/services/forecast/export-forecast.server.ts'
import { lapseFilterOf } from '#app/utils/forecast-query.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled, parseParams, queryOf } from '#app/utils/http.server.ts'

const listSchema = z.object({ list: z.enum(FORECAST_LISTS) })

/** A list of the forecast as CSV: coverage, lapses (as the filter chooses them) or renewals. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'forecast:read')
	return handled(async () => {
		const { list } = parseParams(listSchema, { list: queryOf(args.request)('list') })
		const { forecast, now } = args.context.services
		const text = await forecast.csv(actor, { list, filter: lapseFilterOf(args.request) })
		return new Response(text, {
			headers: {
				'content-type': 'text/csv; charset=utf-8',
				'content-disposition': `attachment; filename="charterkeep-forecast-${list}-${now().toISOString().slice(0, 10)}.csv"`,
				'x-content-type-options': 'nosniff',
				'cache-control': 'no-store',
			},
		})
	})
}
