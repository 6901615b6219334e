import type { EventFromLogic } from 'xstate'
import type { Tx } from '#db/client.ts'
import { loadLockbox, saveLockboxStep, type StoredLockbox } from '#db/queries/lockbox.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { SealedOf } from '#workflows/ledger/sealed-parts.schema.ts'
import type { LockboxContext, LockboxState, Seen } from '#workflows/lockbox/lockbox-context.ts'
import { lockboxMachine, stateOfLockbox } from '#workflows/lockbox/lockbox.machine.ts'
import { isOutward } from '#workflows/shared/commands.ts'
import { decide, type TimerEvent } from '#workflows/shared/decide.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordAlone, recordEntry } from '../record-entry.server.ts'
import { tellClock, tellLockbox, type ClockLeft } from './tell-lockbox.server.ts'

export type LockboxStepEvent = EventFromLogic<typeof lockboxMachine> | TimerEvent
type Kind = Extract<EntryKind, `lockbox.${string}`>
type Entry = { [K in Kind]: { kind: K; open: LeafOf<K>['open']; sealed: SealedOf<K> } }[Kind]
export type LockboxStep = { state: LockboxState; entryId: string }

/** One step of a request inside a transaction: state, deadlines, entry, jobs and notices together. */
export async function applyLockboxEvent(
	tx: Tx,
	deps: Deps,
	before: StoredLockbox,
	event: LockboxStepEvent,
	tell: (state: LockboxState, context: LockboxContext) => Entry,
	actorId: string | null,
): Promise<LockboxStep> {
	const at = new Date(event.at)
	const { row } = before
	const decided = decide(lockboxMachine, before.snapshot, event)
	const { context } = decided.next
	const state = stateOfLockbox(decided.next)
	const told = tell(state, context)
	const entryId = await recordEntry(tx, deps, {
		kind: told.kind as 'lockbox.retried',
		open: told.open as LeafOf<'lockbox.retried'>['open'],
		sealed: told.sealed as SealedOf<'lockbox.retried'>,
		subject: row.beneficiaryId,
		actor: actorId,
		at,
	})
	await saveLockboxStep(tx, before, decided, { event, actorId, entryId, at })
	if (context.channel === 'api') await deps.enqueue(tx, decided.commands.filter(isOutward))
	await tellLockbox(tx, deps, row, { state: row.state, context: row.context }, { state, context }, at)
	return { state, entryId }
}

/** What was read of a request, by whom: the worker, from an output that somebody brought, or from an officer's word. */
export type Sight = { seen: Seen; status: string; by: 'provider' | 'import' | 'officer'; note: string }

/**
 * Takes in what the provider says now. What says nothing new, or comes too late to change anything, leaves no trace: a
 * reading may be as old as the slowest page. Gives the state after it.
 */
export async function takeSight(
	tx: Tx,
	deps: Deps,
	before: StoredLockbox,
	{ seen, status, by, note }: Sight,
	actorId: string | null,
	at: Date,
): Promise<LockboxState> {
	const event = { type: 'SEEN' as const, seen, status, at: at.toISOString() }
	if (!before.snapshot.can(event)) return before.row.state
	const { state } = await applyLockboxEvent(
		tx,
		deps,
		before,
		event,
		(outcome, { isOutOfBand }) => ({
			kind: 'lockbox.seen',
			open: {
				requestId: before.row.id,
				seen,
				status: status.slice(0, 64),
				by,
				isOutOfBand,
				outcome,
			},
			sealed: { note: { text: note } },
		}),
		actorId,
	)
	return state
}

const LEFT: Readonly<Record<string, ClockLeft>> = {
	halfLeft: 'half',
	quarterLeft: 'quarter',
	eighthLeft: 'eighth',
}
const CLOCKS: Readonly<Record<string, 'decide' | 'deadline' | 'access' | 'grace' | 'retry'>> = {
	timeToDecide: 'decide',
	timeToDeadline: 'deadline',
	timeToGiveUp: 'deadline',
	accessTime: 'access',
	grace: 'grace',
	retry: 'retry',
}

/** A deadline of a request: of its stage, of the provider, of the access, or one that only reminds. */
export async function stepLockboxTimer(
	tx: Tx,
	deps: Deps,
	requestId: string,
	event: TimerEvent,
): Promise<void> {
	const before = await loadLockbox(tx, requestId, true)
	const name = event.type.split('.')[2] ?? ''
	const left = LEFT[name]
	const { row } = before
	await applyLockboxEvent(
		tx,
		deps,
		before,
		event,
		(outcome) =>
			left === undefined
				? {
						kind: 'lockbox.clock',
						open: { requestId, what: CLOCKS[name] ?? 'deadline', outcome },
						sealed: {},
					}
				: { kind: 'lockbox.reminded', open: { requestId, left }, sealed: {} },
		null,
	)
	if (left !== undefined)
		await tellClock(tx, deps, row, { state: row.state, context: row.context }, left, new Date(event.at))
}

/** A refused attempt leaves its own entry; the refusal itself goes on to the page. */
export async function refusingLockbox<T>(
	deps: Deps,
	actor: Actor,
	{ lockboxId, step }: { lockboxId: string | null; step: 'decide' | 'bring_in' | 'report' },
	attempt: () => Promise<T>,
): Promise<T> {
	try {
		return await attempt()
	} catch (error) {
		if (isDomainError(error)) {
			await recordAlone(deps, {
				kind: 'lockbox.attempt_refused',
				subject: actor.personId,
				actor: actor.personId,
				open: { lockboxId, step, code: error.code },
				sealed: { refusal: { message: error.message } },
				at: deps.now(),
			})
			deps.wake()
		}
		throw error
	}
}
