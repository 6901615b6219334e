import type { LoaderFunctionArgs } from '@remix-run/node'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { reportNumberOf } from '#app/utils/readiness-query.server.ts'

/** A readiness report as JSON, as the command line writes it, and with the plan as it stands now. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'readiness:read')
	return handled(async () => {
		const number = reportNumberOf(args.request) ?? 0
		const text = await args.context.services.readiness.export(actor, { number, format: 'json' })
		return new Response(text, {
			headers: {
				'content-type': 'application/json; charset=utf-8',
				'content-disposition': `attachment; filename="charterkeep-readiness-${number}.json"`,
				'x-content-type-options': 'nosniff',
				'cache-control': 'no-store',
			},
		})
	})
}
