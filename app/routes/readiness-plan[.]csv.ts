import type { LoaderFunctionArgs } from '@remix-run/node'
import { languageOf } from '#app/utils/cookies.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'

/** The plan that follows from readiness reports as CSV, with tasks in the reader's language. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'readiness:read')
	return handled(async () => {
		const language = await languageOf(args.request)
		const text = await args.context.services.readiness.exportPlan(actor, language)
		return new Response(text, {
			headers: {
				'content-type': 'text/csv; charset=utf-8',
				'content-disposition': 'attachment; filename="charterkeep-readiness-plan.csv"',
				'x-content-type-options': 'nosniff',
				'cache-control': 'no-store',
			},
		})
	})
}
