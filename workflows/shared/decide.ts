import {
	initialTransition,
	transition,
	type AnyMachineSnapshot,
	type AnyStateMachine,
	type EmittedFrom,
	type EventFromLogic,
	type InputFrom,
	type SnapshotFrom,
} from 'xstate'
import { DomainError } from './errors.ts'
import { plusMs, type Instant } from './instants.ts'

/** A deadline of the statechart: at `dueAt` the worker sends an event of type `event`. */
export type Timer = { name: string; event: string; dueAt: Instant }

/** What one step of a workflow comes to. Nothing has happened yet: the caller stores all of it, or none. */
export type Decided<M extends AnyStateMachine> = {
	next: SnapshotFrom<M>
	commands: EmittedFrom<M>[]
	timersSet: Timer[]
	timersCancelled: string[]
}

type Action = { type: string; params: unknown }

/** Begins a workflow: its first state with the commands and deadlines of entering it. */
export function begin<M extends AnyStateMachine>(machine: M, input: InputFrom<M>, at: Instant): Decided<M> {
	const [next, actions] = initialTransition(machine, input as never)
	return { next: next, ...sortActions<M>(actions, at) }
}

/**
 * Advances a workflow by one event without executing anything (XState `transition()`; no actor ever runs).
 * Throws ILLEGAL_TRANSITION when the current state does not take the event.
 */
export function decide<M extends AnyStateMachine>(
	machine: M,
	snapshot: SnapshotFrom<M>,
	event: EventFromLogic<M> | TimerEvent,
): Decided<M> {
	const current = snapshot as AnyMachineSnapshot
	const { type, at } = event as TimerEvent
	if (!current.can(event)) {
		throw new DomainError(
			'ILLEGAL_TRANSITION',
			`${type} is not accepted in state ${String(current.value)}.`,
			{
				state: current.value,
				event: type,
			},
		)
	}
	const [next, actions] = transition(machine, snapshot, event as EventFromLogic<M>)
	return { next, ...sortActions<M>(actions, at) }
}

/** The event that a due timer sends; `at` is when it was acted on. */
export type TimerEvent = { type: `xstate.after.${string}`; at: Instant }

function sortActions<M extends AnyStateMachine>(actions: readonly Action[], at: Instant) {
	const commands: EmittedFrom<M>[] = []
	const timers = new Map<string, Timer>()
	const cancelled = new Set<string>()
	for (const { type, params } of actions) {
		if (type === 'xstate.emit') commands.push((params as { event: EmittedFrom<M> }).event)
		else if (type === 'xstate.cancel') {
			const { sendId } = params as { sendId: string }
			timers.delete(sendId)
			cancelled.add(sendId)
		} else if (type === 'xstate.raise') {
			const { event, id, delay } = params as { event: { type: string }; id: string; delay: number }
			// A delay without an end is how a statechart says that a deadline does not apply.
			if (delay !== Infinity)
				timers.set(id, { name: id, event: event.type, dueAt: plusMs(at, Math.max(0, delay)) })
		} else throw new Error(`Machines may only emit commands and set deadlines, found action "${type}".`)
	}
	return { commands, timersSet: [...timers.values()], timersCancelled: [...cancelled] }
}
