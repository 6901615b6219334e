import { openBoundaries } from '#db/queries/lockbox.ts'
import { charterVersionInForce } from '#db/queries/charter.ts'
import { personas } from '#db/queries/people.ts'
import { providerBoundaries } from '#db/schema/index.ts'
import type { Deps } from '#app/services/deps.ts'
import { SANDBOX_SUBSCRIPTION, type SandboxArm } from './arm/server.ts'

/**
 * So that a newcomer sees one: a boundary for the subscription that the sandbox holds, and a request that waits there. Only
 * where there are neither, and only for the sample organisation, whose first security officer stands for having set it up.
 */
export async function seedLockbox(
	{ database, newId, now }: Pick<Deps, 'database' | 'newId' | 'now'>,
	arm: SandboxArm,
): Promise<void> {
	const officer = (await personas(database.db)).find(({ persona }) => persona === 'security-officer')
	const known = await openBoundaries(database.db, 'azure')
	if (officer === undefined || known.length > 0 || !arm.isNew) return
	const charter = await charterVersionInForce(database.db, now())
	await database.withTx((tx) =>
		tx.insert(providerBoundaries).values({
			id: newId(),
			provider: 'azure',
			name: 'Tax registers, production',
			scope: `/subscriptions/${SANDBOX_SUBSCRIPTION}`,
			approverRole: 'Azure Customer Lockbox Approver for Subscription',
			holdersNeeded: 1,
			recordedBy: officer.id,
			recordedAt: now(),
			// It comes with the sample organisation, as its charter does.
			entryId: charter.entryId,
		}),
	)
	arm.ask()
}
