import type { EventFromLogic } from 'xstate'
import type { Tx } from '#db/client.ts'
import { loadGrantState, saveGrantStep, type StoredGrant } from '#db/queries/workflow-rows.ts'
import { grantMachine, type GrantContext, type GrantState } from '#workflows/grants/grant.machine.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import { isOutward } from '#workflows/shared/commands.ts'
import { decide, type TimerEvent } from '#workflows/shared/decide.ts'
import type { Deps } from '../deps.ts'
import { notify } from '../notify/notify.server.ts'
import { tellingsOfGrant } from '../notify/tell-grant.ts'
import { recordEntry } from '../record-entry.server.ts'

type GrantEvent = EventFromLogic<typeof grantMachine> | TimerEvent
type GrantKind = Extract<EntryKind, `grant.${string}`>
/** What the record says of a step: told from the state after it, never from one read before. */
export type GrantEntry = { [K in GrantKind]: { kind: K; open: LeafOf<K>['open'] } }[GrantKind]
export type TellStep = (context: GrantContext, state: GrantState) => GrantEntry

/** One step of a grant inside a transaction: new state, deadlines, jobs and ledger entry together. */
export async function applyGrantEvent(
	tx: Tx,
	deps: Deps,
	before: StoredGrant,
	event: GrantEvent,
	tell: TellStep,
	actorId: string | null = null,
): Promise<void> {
	const at = new Date(event.at)
	const decided = decide(grantMachine, before.snapshot, event)
	const { context, value } = decided.next
	const { kind, open } = tell(context, value)
	const entryId = await recordEntry(tx, deps, {
		kind: kind as 'grant.ended',
		open: open as LeafOf<'grant.ended'>['open'],
		sealed: {},
		subject: context.personId,
		actor: actorId,
		at,
	})
	await saveGrantStep(tx, before, decided, { event, actorId, entryId, at })
	await notify(tx, deps, ...tellingsOfGrant({ kind, open } as GrantEntry, context, at))
	await deps.enqueue(tx, decided.commands.filter(isOutward))
}

/** The same in a transaction of its own, on the grant as it stands. */
export async function stepGrant(
	deps: Deps,
	grantId: string,
	event: GrantEvent,
	tell: TellStep,
	actorId: string | null = null,
): Promise<void> {
	await deps.database.withTx(async (tx) => {
		await applyGrantEvent(tx, deps, await loadGrantState(tx, grantId, true), event, tell, actorId)
	})
	deps.wake()
}
