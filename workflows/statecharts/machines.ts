import type { AnyStateMachine } from 'xstate'
import { breakGlassMachine } from '../access/break-glass.machine.ts'
import { privilegedMachine } from '../access/privileged.machine.ts'
import { amendmentMachine } from '../charter/amendment.machine.ts'
import { findingMachine } from '../grants/finding.machine.ts'
import { grantMachine } from '../grants/grant.machine.ts'
import { lockboxMachine } from '../lockbox/lockbox.machine.ts'
import { vettingCaseMachine } from '../people/vetting-case.machine.ts'

/** Every statechart that is drawn, by the name of its picture. */
export const MACHINES = {
	request: privilegedMachine,
	grant: grantMachine,
	finding: findingMachine,
	breakGlass: breakGlassMachine,
	lockbox: lockboxMachine,
	amendment: amendmentMachine,
	vetting: vettingCaseMachine,
} as const satisfies Record<string, AnyStateMachine>
