import { SANDBOX_SUBSCRIPTION } from '#app/sandbox/arm/server.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { providerBoundaries } from '#db/schema/index.ts'
import type { Provider } from '#workflows/lockbox/providers.ts'

type Boundary = typeof providerBoundaries.$inferInsert

/** What requests of a provider are matched to; Azure's is the subscription that the sandbox holds. */
export async function insertBoundary(
	deps: Pick<Deps, 'database' | 'newId' | 'now' | 'randomBytes'>,
	recordedBy: string,
	provider: Provider = 'azure',
	more: Partial<Boundary> = {},
): Promise<string> {
	const { database, newId, now } = deps
	const scopes: Readonly<Record<Provider, string>> = {
		azure: `/subscriptions/${SANDBOX_SUBSCRIPTION}`,
		m365: '4b6f2f0e-8a2d-4c1b-9d61-0c5f5a1e7b10',
		other: 'archive hosting',
	}
	const id = newId()
	const boundary = {
		name: `Tax registers (${provider})`,
		scope: scopes[provider],
		approverRole: 'Azure Customer Lockbox Approver for Subscription',
	}
	await database.withTx(async (tx) => {
		const entryId = await recordEntry(tx, deps, {
			kind: 'provider_boundary.recorded',
			subject: null,
			actor: recordedBy,
			open: { boundaryId: id, provider, holdersNeeded: 1 },
			sealed: { boundary },
			at: now(),
		})
		await tx.insert(providerBoundaries).values({
			id,
			provider,
			...boundary,
			holdersNeeded: 1,
			recordedBy,
			recordedAt: now(),
			entryId,
			...more,
		})
	})
	return id
}
