import { openBoundaries } from '#db/queries/lockbox-polls.ts'
import { personas } from '#db/queries/people.ts'
import { providerBoundaries } from '#db/schema/index.ts'
import type { Deps } from '#app/services/deps.ts'
import { recordEntry } from '#app/services/record-entry.server.ts'
import { SANDBOX_SUBSCRIPTION, type SandboxArm } from './arm/server.ts'

/**
 * So that a newcomer sees one: a boundary for the subscription that the sandbox holds, and a request that waits there. Only
 * where there are neither, and only for the sample organisation, whose first security officer stands for having set it up.
 */
export async function seedLockbox(
	deps: Pick<Deps, 'database' | 'newId' | 'now' | 'randomBytes' | 'wake'>,
	arm: SandboxArm,
): Promise<void> {
	const { database, newId, now } = deps
	const officer = (await personas(database.db)).find(({ persona }) => persona === 'security-officer')
	const known = await openBoundaries(database.db, 'azure')
	if (officer === undefined || known.length > 0 || !arm.isNew) return
	const boundaryId = newId()
	const at = now()
	const scope = `/subscriptions/${SANDBOX_SUBSCRIPTION}`
	const name = 'Tax registers, production'
	const approverRole = 'Azure Customer Lockbox Approver for Subscription'
	const holdersNeeded = 1
	await database.withTx(async (tx) => {
		const entryId = await recordEntry(tx, deps, {
			kind: 'provider_boundary.recorded',
			subject: null,
			actor: officer.id,
			open: { boundaryId, provider: 'azure', holdersNeeded },
			sealed: { boundary: { name, scope, approverRole } },
			at,
		})
		await tx.insert(providerBoundaries).values({
			id: boundaryId,
			provider: 'azure',
			name,
			scope,
			approverRole,
			holdersNeeded,
			recordedBy: officer.id,
			recordedAt: at,
			entryId,
		})
	})
	deps.wake()
	arm.ask()
}
