import type { LoaderFunctionArgs } from '@remix-run/node'
import { languageOf } from '#app/utils/cookies.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { reportNumberOf } from '#app/utils/readiness-query.server.ts'

/** A readiness report with every line as a page to keep and to print, in the reader's language. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'readiness:read')
	return handled(async () => {
		const number = reportNumberOf(args.request) ?? 0
		const language = await languageOf(args.request)
		const page = await args.context.services.readiness.print(actor, { number, language })
		return new Response(page, {
			headers: {
				'content-type': 'text/html; charset=utf-8',
				'content-disposition': `attachment; filename="charterkeep-readiness-${number}.html"`,
				'x-content-type-options': 'nosniff',
				'cache-control': 'no-store',
			},
		})
	})
}
