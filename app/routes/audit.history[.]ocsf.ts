import type { LoaderFunctionArgs } from '@remix-run/node'
import { attachment } from '#app/utils/attachment.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { exportRequestOf } from '#app/utils/history-filter.server.ts'
import { handledFile } from '#app/utils/http.server.ts'

/** The access history that the filter chooses, as OCSF events, one a line. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:export')
	return handledFile(args.request, '/audit', async () => {
		const { services, drained } = args.context
		return attachment(await services.audit.export(actor, exportRequestOf(args.request, 'ocsf')), drained)
	})
}
