import { beginContext } from './grant-context.ts'
import type { Confirmed, Removed } from './grant-events.ts'
import { grantSetup, type At } from './grant-setup.ts'

/**
 * 2: scheduled start, extension, drift, and ends that tell why. 3: places in groups (see `upgradeContext`). 4: the kill
 * switch. 5: what Entra ID lacked when it was given, and sessions that end with it. 6: the tenant's id of the assignment, an
 * access that is first seen when it is to end already, and an alarm that counts from the first attempt to remove. 7: what the charter says of
 * silence about a deviation, and when silence ended it.
 */
export const GRANT_MACHINE_VERSION = 7

/** Sessions end once the access is gone: one that begins before would carry it again. */
const closeAt = [
	{ type: 'close' as const, params: ({ event }: { event: At }) => event },
	{ type: 'endSessionsIfAsked' as const, params: ({ event }: { event: Removed }) => event },
]
/** Nothing is confirmed by sending: the state stays, and with it its deadline. */
const killSwitchSent = {
	actions: { type: 'recordKillSwitch' as const, params: ({ event }: { event: At }) => event },
}
/** That it was there is kept, and with it what must be ended after it: it is removed all the same. */
const seenLate = {
	actions: { type: 'recordConfirmation' as const, params: ({ event }: { event: Confirmed }) => event },
}
/** The end by its cause: its time ran out, the holder gave it up, or it was taken away. */
const closing = () => [
	{ guard: 'ranOut' as const, target: 'expired' as const, actions: closeAt },
	{ guard: 'givenUp' as const, target: 'ended' as const, actions: closeAt },
	{ target: 'revoked' as const, actions: closeAt },
]

/**
 * One access at the tenant, from approval to its confirmed end. "active" is entered only on the tenant's own word,
 * and an end only when the tenant no longer holds it; a deadline works in every state in which access may exist.
 */
export const grantMachine = grantSetup.createMachine({
	id: 'grant',
	initial: 'scheduled',
	context: ({ input }) => beginContext(input),
	states: {
		/** Approved, to begin at its time or at once. Judged again whenever something changes, and at its start. */
		scheduled: {
			always: { guard: 'startsAtOnce', target: 'planned' },
			after: { untilStart: 'planned' },
			on: {
				END: {
					target: 'voided',
					actions: [
						{ type: 'recordCause', params: ({ event }) => event },
						{ type: 'close', params: ({ event }) => event },
					],
				},
			},
		},
		/** To begin now; nothing has been sent. What a tenant without marks holds already is found before anything is. */
		planned: {
			entry: 'provision',
			on: {
				REFUSED: {
					target: 'failed',
					actions: [
						{ type: 'recordFailure', params: ({ event }) => event },
						{ type: 'close', params: ({ event }) => event },
					],
				},
				SEND: {
					target: 'provisioning',
					actions: [
						{ type: 'fixEnd', params: ({ event }) => event },
						{ type: 'recordWarnings', params: ({ event }) => event },
					],
				},
				END: {
					target: 'voided',
					actions: [
						{ type: 'recordCause', params: ({ event }) => event },
						{ type: 'close', params: ({ event }) => event },
					],
				},
			},
		},
		/** A call may be under way or lost: access may exist. */
		provisioning: {
			after: {
				wholeDuration: {
					target: 'removing',
					actions: { type: 'recordCause', params: { cause: 'deadline', actorId: null } },
				},
			},
			on: {
				CONFIRMED: {
					target: 'active',
					actions: { type: 'recordConfirmation', params: ({ event }) => event },
				},
				REFUSED: {
					target: 'failed',
					actions: [
						{ type: 'recordFailure', params: ({ event }) => event },
						{ type: 'close', params: ({ event }) => event },
					],
				},
				END: { target: 'removing', actions: { type: 'recordCause', params: ({ event }) => event } },
			},
		},
		active: {
			after: {
				remainingTime: {
					target: 'removing',
					actions: { type: 'recordCause', params: { cause: 'deadline', actorId: null } },
				},
			},
			on: {
				EXTEND: {
					guard: { type: 'lengthens', params: ({ event }) => event },
					target: 'extending',
					actions: { type: 'planExtension', params: ({ event }) => event },
				},
				DRIFTED: { target: 'drifted', actions: { type: 'recordDrift', params: ({ event }) => event } },
				END: { target: 'removing', actions: { type: 'recordCause', params: ({ event }) => event } },
			},
		},
		/** A later end has been approved and Entra is asked for it; until Entra shows it, the old end stands. */
		extending: {
			entry: 'extend',
			after: {
				remainingTime: {
					target: 'removing',
					actions: [
						{
							type: 'keepEnd',
							params: ({ context }) => ({ code: 'EXTENSION_LATE', at: context.endsAt ?? '' }),
						},
						{ type: 'recordCause', params: { cause: 'deadline', actorId: null } },
					],
				},
			},
			on: {
				EXTENDED: { target: 'active', actions: { type: 'moveEnd', params: ({ event }) => event } },
				NOT_EXTENDED: { target: 'active', actions: { type: 'keepEnd', params: ({ event }) => event } },
				END: {
					target: 'removing',
					actions: [
						{ type: 'keepEnd', params: ({ event }) => ({ code: 'EXTENSION_LATE', at: event.at }) },
						{ type: 'recordCause', params: ({ event }) => event },
					],
				},
			},
		},
		/** An alarm: Entra holds something else than was approved. An officer removes it or accepts it. */
		drifted: {
			after: {
				remainingTime: {
					target: 'removing',
					actions: { type: 'recordCause', params: { cause: 'deadline', actorId: null } },
				},
				driftAnswer: {
					target: 'removing',
					actions: [
						{ type: 'recordCause', params: { cause: 'drift', actorId: null } },
						{ type: 'recordSilence', params: ({ event }) => event as unknown as At },
					],
				},
			},
			on: {
				AS_APPROVED: { target: 'active', actions: 'clearDrift' },
				ACCEPT_DRIFT: { guard: 'isAboutEnd', target: 'active', actions: 'acceptDrift' },
				END: { target: 'removing', actions: { type: 'recordCause', params: ({ event }) => event } },
			},
		},
		removing: {
			entry: ['clearRetry', 'oweRemoval', 'remove'],
			after: { removalConfirm: 'notConfirmed' },
			on: {
				POSTPONED: { target: 'postponed', actions: { type: 'postpone', params: ({ event }) => event } },
				KILL_SWITCH: killSwitchSent,
				CONFIRMED: seenLate,
				REMOVED: closing(),
			},
		},
		/** The tenant refuses a removal in the first five minutes: end the sessions now, try again when it may. */
		postponed: {
			entry: 'endSessions',
			after: { untilRetry: 'removing' },
			on: { REMOVED: closing() },
		},
		/** An incident: access must be assumed live. Tried again until the tenant confirms. */
		notConfirmed: {
			entry: ['remove', 'endSessions'],
			after: { removalRetry: { target: 'notConfirmed', reenter: true } },
			on: { KILL_SWITCH: killSwitchSent, CONFIRMED: seenLate, REMOVED: closing() },
		},
		/** The holder gave it up. */
		ended: { type: 'final' },
		/** Its time had run out. */
		expired: { type: 'final' },
		/** Somebody, or a rule, took it away. */
		revoked: { type: 'final' },
		/** It was never sent. */
		voided: { type: 'final' },
		/** The tenant refused it. */
		failed: { type: 'final' },
	},
})

export type { EndCause, GrantContext } from './grant-context.ts'
export { LIVE_GRANT_STATES, RUNNING_GRANT_STATES, type GrantState } from './grant-states.ts'
export { REMOVAL_CONFIRM_MS, REMOVAL_RETRY_MS } from './grant-setup.ts'
