import { loadFinding } from '#db/queries/findings.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { closed } from './finding-steps.server.ts'
import { applyFindingEvent } from './step-finding.server.ts'

/** An officer takes a finding on: everybody sees who looks after it. */
export async function takeFinding(deps: Deps, actor: Actor, findingId: string): Promise<void> {
	demand(actor, 'finding:decide')
	const at = deps.now().toISOString()
	await deps.database.withTx(async (tx) => {
		const before = await loadFinding(tx, findingId, true)
		if (before.row.context.ownerId === actor.personId) return
		const { entryId: charterEntry } = await deps.charters.inForce(tx)
		const event = { type: 'TAKE' as const, actorId: actor.personId, at }
		const taken = await applyFindingEvent(tx, deps, before, event, { charterEntry, actorId: actor.personId })
		if (taken === null) throw closed()
	})
	deps.wake()
}
