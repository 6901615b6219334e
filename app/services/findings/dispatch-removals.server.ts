import type { Tx } from '#db/client.ts'
import {
	loadFinding,
	lockFindingsIn,
	lockRemovals,
	removalsSince,
	type StoredFinding,
} from '#db/queries/findings.ts'
import { massRemovalOf } from '#workflows/charter/entra.schema.ts'
import { governedBy } from '#workflows/grants/governed.ts'
import { admitRemovals } from '#workflows/grants/mass-guard.ts'
import { watchedBy } from '#workflows/grants/reconcile.ts'
import type { GroupMembers } from '#workflows/grants/differences.ts'
import type { TimerEvent } from '#workflows/shared/decide.ts'
import type { Deps } from '../deps.ts'
import { isUngoverned, watchedIn } from './finding-steps.server.ts'
import { applyFindingEvent, applyFindingEvents } from './step-finding.server.ts'

/**
 * Lets the removals pass that were ordered, as many as the charter allows at once, and holds the others for a second officer.
 * The place where a removal passes by itself (silence about an access of ours passes the same guard in `guard-silence.server.ts`); whoever
 * comes here holds the lock on removals first, before any finding.
 */
export async function dispatchRemovals(tx: Tx, deps: Deps, at: Date): Promise<void> {
	await lockRemovals(tx)
	const all = await lockFindingsIn(tx, ['ordered'])
	if (all.length === 0) return
	const { charter, entryId: charterEntry } = await deps.charters.inForce(tx)
	const watched = watchedBy(charter)
	const governed = governedBy(charter, deps.tenant.groups)
	// The charter may have named the account since it was ordered, or somebody who has it through the group, or let go of the place.
	const keptFor = (stored: StoredFinding) =>
		watchedIn(watched, stored) ?? (isUngoverned(governed, stored) ? ('ungoverned' as const) : null)
	await applyFindingEvents(
		tx,
		deps,
		all.flatMap((before) => {
			const why = keptFor(before)
			return why === null ? [] : [{ before, event: { type: 'MISSED', why, at: at.toISOString() } }]
		}),
		{ charterEntry },
	)
	const ordered = all.filter((stored) => keptFor(stored) === null)
	if (ordered.length === 0) return
	const guard = massRemovalOf(charter)
	const sent = await removalsSince(tx, new Date(at.getTime() - guard.withinMs))
	const now = at.toISOString()
	const { go, hold } = admitRemovals(
		ordered.map(({ row, snapshot: { context } }) => ({
			id: row.id,
			kind: context.difference.kinds[0],
			people: context.difference.people,
			at: context.orderedAt ?? now,
			admitted: context.admitted,
		})),
		sent,
		guard,
		now,
	)
	const among = (ids: readonly string[]) => {
		const wanted = new Set(ids)
		return ordered.filter(({ row }) => wanted.has(row.id))
	}
	await applyFindingEvents(
		tx,
		deps,
		among(go).map((before) => ({ before, event: { type: 'START', at: now } })),
		{ charterEntry },
	)
	await applyFindingEvents(
		tx,
		deps,
		among(hold).map((before) => ({ before, event: { type: 'HOLD', at: now } })),
		{ charterEntry, guard },
	)
}

/** A deadline of a finding: of a decision, of what was accepted, or of a removal. Silence may order a removal. */
export async function stepFindingTimer(
	tx: Tx,
	deps: Deps,
	findingId: string,
	event: TimerEvent,
): Promise<void> {
	await lockRemovals(tx)
	const { entryId: charterEntry } = await deps.charters.inForce(tx)
	await applyFindingEvent(tx, deps, await loadFinding(tx, findingId, true), event, { charterEntry })
	await dispatchRemovals(tx, deps, new Date(event.at))
}

/**
 * What a job has seen of the group that it is about to take something from: the finding says it, and where more people would lose
 * something than the guard let pass, the guard looks again. Looks may know the group less well, or not at all.
 */
export async function countAgain(
	deps: Deps,
	findingId: string,
	{
		name,
		...counted
	}: { principalKind: 'group'; people: number; members: GroupMembers; name: string | null },
): Promise<void> {
	await deps.database.withTx(async (tx) => {
		await lockRemovals(tx)
		const { entryId: charterEntry } = await deps.charters.inForce(tx)
		const before = await loadFinding(tx, findingId, true)
		const { difference: last, reaction } = before.snapshot.context
		const difference = {
			...last,
			...counted,
			names: { ...last.names, principal: name ?? last.names.principal },
		}
		const at = deps.now()
		const event = { type: 'SIGHTED', difference, reaction, at: at.toISOString() } as const
		await applyFindingEvent(tx, deps, before, event, { charterEntry })
		await dispatchRemovals(tx, deps, at)
	})
	deps.wake()
}
