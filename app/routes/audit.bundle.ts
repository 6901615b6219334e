import { Readable } from 'node:stream'
import { createReadableStreamFromReadable, type LoaderFunctionArgs } from '@remix-run/node'
import { PROFILES } from '#workflows/audit-export/manifest.ts'
import { languageOf } from '#app/utils/cookies.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { historyFilterOf, readHistoryFilter } from '#app/utils/history-filter.server.ts'
import { handledFile, queryOf } from '#app/utils/http.server.ts'
import { DomainError } from '#workflows/shared/errors.ts'

/** The bundle that the filter chooses: verifies offline, without trusting this server. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:export')
	return handledFile(args.request, '/audit', async () => {
		const filter = historyFilterOf(args.request)
		const { zone } = readHistoryFilter(args.request)
		const wanted = queryOf(args.request)('profile') ?? 'history'
		const profile = PROFILES.find((known) => known === wanted)
		if (profile === undefined)
			throw new DomainError('INVALID_INPUT', `Choose one of: ${PROFILES.join(', ')}.`, { field: 'profile' })
		const { fileName, bytes } = await args.context.services.audit.bundle(actor, filter, {
			profile,
			language: await languageOf(args.request),
			timeZone: zone,
		})
		return new Response(createReadableStreamFromReadable(Readable.from(bytes)), {
			headers: {
				'content-type': 'application/zip',
				'content-disposition': `attachment; filename="${fileName}"`,
				'cache-control': 'no-store',
			},
		})
	})
}
