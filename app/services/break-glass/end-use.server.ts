import type { Tx } from '#db/client.ts'
import { endedInUse, loadUse, waitingUsesOf } from '#db/queries/break-glass.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { TimerEvent } from '#workflows/shared/decide.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { applyUseEvent } from './step-use.server.ts'
import { tellUse } from './tell.server.ts'

/** Takes back a use that waits for a second officer; only its user can. */
export async function withdrawUse(deps: Deps, actor: Actor, useId: string): Promise<void> {
	const at = deps.now().toISOString()
	await deps.database.withTx(async (tx) => {
		const before = await loadUse(tx, useId, true)
		if (before.row.userId !== actor.personId) throw new DomainError('NOT_FOUND', 'No such use.')
		await applyUseEvent(
			tx,
			deps,
			before,
			{ type: 'WITHDRAW', actorId: actor.personId, at },
			() => ({ kind: 'break_glass.withdrawn', open: { requestId: useId }, sealed: {} }),
			actor.personId,
		)
	})
	deps.wake()
}

/** Voids what a person who is being stopped has signed and no second officer has confirmed. What runs ends by its grant. */
export async function voidUsesOf(
	tx: Tx,
	deps: Deps,
	personId: string,
	actorId: string,
	at: Date,
): Promise<void> {
	const code = 'SUSPENDED'
	for (const useId of await waitingUsesOf(tx, personId)) {
		const before = await loadUse(tx, useId, true)
		if (before.row.state !== 'awaitingSecond') continue
		await applyUseEvent(
			tx,
			deps,
			before,
			{ type: 'VOID', code, at: at.toISOString() },
			() => ({ kind: 'break_glass.voided', open: { requestId: useId, code }, sealed: {} }),
			actorId,
		)
	}
}

/** Uses of one look; what is left comes with the next. */
const AT_ONCE = 50

/**
 * Moves on every use whose access has ended at the tenant, or was never given: from now on its review can be given. It
 * reads the grants as they are, so it does not matter who ended them or which process was killed meanwhile. Until then
 * the use counts as running, and bars the next one all the same. Gives how many moved on.
 */
export async function followEndedUses(deps: Deps): Promise<number> {
	const ids = await endedInUse(deps.database.db, AT_ONCE)
	for (const useId of ids)
		await deps.database.withTx(async (tx) => {
			const before = await loadUse(tx, useId, true)
			if (before.row.state !== 'inUse') return
			const at = deps.now()
			await applyUseEvent(
				tx,
				deps,
				before,
				{ type: 'ACCESS_ENDED', at: at.toISOString() },
				() => ({ kind: 'break_glass.access_ended', open: { requestId: useId }, sealed: {} }),
				null,
			)
			await tellUse(tx, deps, before.row, 'review_owed', at)
		})
	if (ids.length > 0) deps.wake()
	return ids.length
}

/** A deadline of a use: nobody signed as the second officer, or its review is overdue, which is told every day. */
export async function stepUseTimer(tx: Tx, deps: Deps, useId: string, event: TimerEvent): Promise<void> {
	const before = await loadUse(tx, useId, true)
	const { state } = await applyUseEvent(
		tx,
		deps,
		before,
		event,
		(next) =>
			next === 'timedOut'
				? { kind: 'break_glass.timed_out', open: { requestId: useId }, sealed: {} }
				: { kind: 'break_glass.review_overdue', open: { requestId: useId }, sealed: {} },
		null,
	)
	if (state !== 'timedOut') await tellUse(tx, deps, before.row, 'review_overdue', new Date(event.at))
}
