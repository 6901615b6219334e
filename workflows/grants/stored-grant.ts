import type { SnapshotFrom } from 'xstate'
import { upgradeContext, type StoredContext } from './grant-context.ts'
import type { GrantState } from './grant-states.ts'
import { grantMachine } from './grant.machine.ts'

/**
 * The statechart of a stored grant, whichever version stored it. Version 1 is a part of version 2: its states, delays
 * and deadlines have the same names, so that rows and timers of then are stepped as they are; what its context lacks is
 * filled in here, and stored with the next step.
 */
export function resolveGrant(state: GrantState, context: StoredContext): SnapshotFrom<typeof grantMachine> {
	return grantMachine.resolveState({ value: state, context: upgradeContext(context) })
}
