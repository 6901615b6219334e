import { notePoll, openBoundaries, type BoundaryRow } from '#db/queries/lockbox-polls.ts'
import { LockboxUnavailable, type LockboxTrouble } from '#app/integrations/lockbox-port.ts'
import type { ProviderRequest } from '#workflows/lockbox/provider-request.ts'
import type { Deps } from '../deps.ts'
import { isHistory } from './bring-in.server.ts'
import { tellReading } from './tell-lockbox.server.ts'
import { takeRequest } from './take-request.server.ts'

/**
 * Reads every boundary whose provider has an interface, and takes in what it says of each request, one transaction each:
 * a worker that dies in between loses nothing, since the next reading says it again. Officers are told once when a
 * provider stays unreadable, since a request may run out there unseen, and once when it is read again. Gives how many were new.
 */
export async function pollProviders(
	deps: Deps,
	{ mayGoOn = () => true }: { mayGoOn?: () => boolean } = {},
): Promise<number> {
	let isNew = 0
	for (const boundary of await openBoundaries(deps.database.db)) {
		const port = deps.lockbox[boundary.provider]
		if (port === null) continue
		if (!mayGoOn()) break
		let trouble: LockboxTrouble | null = null
		try {
			const { requests, unreadable } = await port.list(boundary.scope)
			isNew += await takeAll(deps, boundary, requests)
			// One that cannot be read may be one that waits: somebody must look at the provider.
			if (unreadable > 0) trouble = 'unreadable'
		} catch (error) {
			if (!(error instanceof LockboxUnavailable)) throw error
			trouble = error.trouble
			deps.log.warn({ boundary: boundary.id, trouble }, 'the requests of a provider could not be read')
		}
		const at = deps.now()
		await deps.database.withTx(async (tx) => {
			const noted = await notePoll(tx, { boundaryId: boundary.id, at, trouble })
			await tellReading(tx, deps, noted, at)
		})
	}
	if (isNew > 0) deps.wake()
	return isNew
}

async function takeAll(
	deps: Deps,
	boundary: BoundaryRow,
	requests: readonly ProviderRequest[],
): Promise<number> {
	let isNew = 0
	for (const request of requests) {
		if (isHistory(request, boundary)) continue
		const { provider, scope } = boundary
		const taken = await deps.database.withTx((tx) =>
			takeRequest(tx, deps, { provider, scope, request, origin: 'poll', broughtBy: null }, deps.now()),
		)
		if (taken.isNew) isNew += 1
	}
	return isNew
}
