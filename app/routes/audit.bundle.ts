import type { LoaderFunctionArgs } from '@remix-run/node'
import { requirePermission } from '#app/utils/guards.server.ts'
import { historyFilterOf } from '#app/utils/history-filter.server.ts'
import { handled } from '#app/utils/http.server.ts'

/** The bundle that the filter chooses: verifies offline, without trusting this server. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:export')
	return handled(async () => {
		const { fileName, text } = await args.context.services.audit.bundle(actor, historyFilterOf(args.request))
		return new Response(text, {
			headers: {
				'content-type': 'application/jsonl; charset=utf-8',
				'content-disposition': `attachment; filename="${fileName}"`,
				'cache-control': 'no-store',
			},
		})
	})
}
