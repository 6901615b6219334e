import type { EventFromLogic } from 'xstate'
import type { Tx } from '#db/client.ts'
import { saveUseStep, type StoredUse } from '#db/queries/break-glass.ts'
import type { BreakGlassState } from '#workflows/access/break-glass-context.ts'
import { breakGlassMachine, stateOfUse } from '#workflows/access/break-glass.machine.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { SealedOf } from '#workflows/ledger/sealed-parts.schema.ts'
import { decide, type TimerEvent } from '#workflows/shared/decide.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordAlone, recordEntry } from '../record-entry.server.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { openUse } from './open-use.server.ts'

export type UseEvent = EventFromLogic<typeof breakGlassMachine> | TimerEvent
type UseKind = Extract<EntryKind, `break_glass.${string}`>
export type UseEntry = {
	[K in UseKind]: { kind: K; open: LeafOf<K>['open']; sealed: SealedOf<K> }
}[UseKind]

export type UseStep = { state: BreakGlassState; entryId: string }

/**
 * One step of a use inside a transaction: new state, deadlines and ledger entry together, and where the step opens the
 * access, that too.
 */
export async function applyUseEvent(
	tx: Tx,
	deps: Deps,
	before: StoredUse,
	event: UseEvent,
	tell: (state: BreakGlassState) => UseEntry,
	actorId: string | null,
): Promise<UseStep> {
	const at = new Date(event.at)
	const decided = decide(breakGlassMachine, before.snapshot, event)
	const state = stateOfUse(decided.next)
	const told = tell(state)
	const entryId = await recordEntry(tx, deps, {
		kind: told.kind as 'break_glass.withdrawn',
		open: told.open as LeafOf<'break_glass.withdrawn'>['open'],
		sealed: told.sealed as SealedOf<'break_glass.withdrawn'>,
		subject: before.row.userId,
		actor: actorId,
		at,
	})
	await saveUseStep(tx, before, decided, { event, actorId, entryId, at })
	if (decided.commands.length > 0) await openUse(tx, deps, before.row, { entryId, at })
	return { state, entryId }
}

/** A refused attempt leaves its own entry; the refusal itself goes on to the page. */
export async function refusing<T>(
	deps: Deps,
	actor: Actor,
	{ useId, step }: { useId: string | null; step: 'use' | 'second' | 'review' | 'offline' },
	attempt: () => Promise<T>,
): Promise<T> {
	try {
		return await attempt()
	} catch (error) {
		if (isDomainError(error)) {
			const { code, message } = error
			await recordAlone(deps, {
				kind: 'break_glass.attempt_refused',
				subject: actor.personId,
				actor: actor.personId,
				open: { useId, step, code },
				sealed: { refusal: { message } },
				at: deps.now(),
			})
			deps.wake()
		}
		throw error
	}
}
