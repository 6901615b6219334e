import { assign, emit, setup } from 'xstate'
import type { Command } from '../shared/commands.ts'
import { msBetween, plusMs, type Instant } from '../shared/instants.ts'

export const GRANT_MACHINE_VERSION = 1

/** A removal that the tenant has not confirmed by then is an incident; the access must be assumed live. */
export const REMOVAL_CONFIRM_MS = 10 * 60_000
/** How often an unconfirmed removal is tried again. */
export const REMOVAL_RETRY_MS = 60_000

/** `lapse`: a fact that the permit rests on changed or ran out; `suspension`: an officer stopped the person. */
export type EndCause = 'deadline' | 'requester' | 'security_officer' | 'charter' | 'lapse' | 'suspension'

export type GrantContext = {
	grantId: string
	requestId: string
	personId: string
	principalId: string
	roleDefinitionId: string
	directoryScopeId: string
	durationMs: number
	/** Fixed just before the first call to the tenant, so that every retry asks for the same end. */
	endsAt: Instant | null
	startsAt: Instant | null
	tenantRequestId: string | null
	tenantInstanceId: string | null
	/** Why the access is being ended; null while it is not. */
	cause: EndCause | null
	endedBy: string | null
	/** When the next attempt to remove is due; null unless postponed. */
	retryAt: Instant | null
	/** The tenant's code for a refused assignment; null otherwise. */
	failure: string | null
	closedAt: Instant | null
}
export type GrantInput = Pick<
	GrantContext,
	| 'grantId'
	| 'requestId'
	| 'personId'
	| 'principalId'
	| 'roleDefinitionId'
	| 'directoryScopeId'
	| 'durationMs'
>

/** `code`: the first clause that no longer holds, where that is the cause. */
type End = { type: 'END'; cause: EndCause; code?: string; actorId: string | null; at: Instant }
export type GrantEvent =
	| { type: 'SEND'; at: Instant }
	| { type: 'CONFIRMED'; startsAt: Instant; tenantRequestId: string; tenantInstanceId: string; at: Instant }
	| { type: 'REFUSED'; code: string; at: Instant }
	| End
	| { type: 'POSTPONED'; until: Instant; code: string; at: Instant }
	| { type: 'REMOVED'; how: 'removed' | 'expired' | 'never_active' | 'held_by_other'; at: Instant }

const NEVER = 0

/**
 * One access at the tenant, from approval to its confirmed end. "active" is entered only on the tenant's own word,
 * and "ended" only when the tenant no longer holds it; a deadline works in every state in which access may exist.
 */
export const grantMachine = setup({
	types: {
		context: {} as GrantContext,
		events: {} as GrantEvent,
		emitted: {} as Command,
		input: {} as GrantInput,
	},
	actions: {
		fixEnd: assign({ endsAt: ({ context }, { at }: { at: Instant }) => plusMs(at, context.durationMs) }),
		recordConfirmation: assign(
			(_, { startsAt, tenantRequestId, tenantInstanceId }: Extract<GrantEvent, { type: 'CONFIRMED' }>) => ({
				startsAt,
				tenantRequestId,
				tenantInstanceId,
			}),
		),
		recordFailure: assign({ failure: (_, { code }: { code: string }) => code }),
		recordCause: assign((_, { cause, actorId }: { cause: EndCause; actorId: string | null }) => ({
			cause,
			endedBy: actorId,
		})),
		postpone: assign({ retryAt: (_, { until }: { until: Instant }) => until }),
		clearRetry: assign({ retryAt: null }),
		close: assign({ closedAt: (_, { at }: { at: Instant }) => at }),
		provision: emit(({ context: { grantId } }) => ({ type: 'grant.provision' as const, grantId })),
		remove: emit(({ context: { grantId } }) => ({ type: 'grant.remove' as const, grantId })),
		endSessions: emit(({ context: { grantId } }) => ({ type: 'grant.end_sessions' as const, grantId })),
	},
	delays: {
		wholeDuration: ({ context }) => context.durationMs,
		remainingTime: ({ context, event }) =>
			context.endsAt === null || !('at' in event) ? NEVER : msBetween(event.at, context.endsAt),
		untilRetry: ({ context, event }) =>
			context.retryAt === null || !('at' in event) ? NEVER : msBetween(event.at, context.retryAt),
		removalConfirm: REMOVAL_CONFIRM_MS,
		removalRetry: REMOVAL_RETRY_MS,
	},
}).createMachine({
	id: 'grant',
	initial: 'planned',
	context: ({ input }) => ({
		...input,
		endsAt: null,
		startsAt: null,
		tenantRequestId: null,
		tenantInstanceId: null,
		cause: null,
		endedBy: null,
		retryAt: null,
		failure: null,
		closedAt: null,
	}),
	states: {
		/** Approved; nothing has been sent. */
		planned: {
			entry: 'provision',
			on: {
				SEND: { target: 'provisioning', actions: { type: 'fixEnd', params: ({ event }) => event } },
				END: {
					target: 'ended',
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
				END: { target: 'removing', actions: { type: 'recordCause', params: ({ event }) => event } },
			},
		},
		removing: {
			entry: ['clearRetry', 'remove'],
			after: { removalConfirm: 'notConfirmed' },
			on: {
				POSTPONED: { target: 'postponed', actions: { type: 'postpone', params: ({ event }) => event } },
				REMOVED: { target: 'ended', actions: { type: 'close', params: ({ event }) => event } },
			},
		},
		/** The tenant refuses a removal in the first five minutes: end the sessions now, try again when it may. */
		postponed: {
			entry: 'endSessions',
			after: { untilRetry: 'removing' },
			on: { REMOVED: { target: 'ended', actions: { type: 'close', params: ({ event }) => event } } },
		},
		/** An incident: access must be assumed live. Tried again until the tenant confirms. */
		notConfirmed: {
			entry: ['remove', 'endSessions'],
			after: { removalRetry: { target: 'notConfirmed', reenter: true } },
			on: { REMOVED: { target: 'ended', actions: { type: 'close', params: ({ event }) => event } } },
		},
		ended: { type: 'final' },
		failed: { type: 'final' },
	},
})

export const GRANT_STATES = [
	'planned',
	'provisioning',
	'active',
	'removing',
	'postponed',
	'notConfirmed',
	'ended',
	'failed',
] as const
export type GrantState = (typeof GRANT_STATES)[number]

/** States that are not the end: the access is planned, may be live, or is not confirmed as removed. */
export const LIVE_GRANT_STATES: readonly GrantState[] = GRANT_STATES.filter(
	(state) => state !== 'ended' && state !== 'failed',
)

/** States in which an access has not begun to end. */
export const RUNNING_GRANT_STATES = [
	'planned',
	'provisioning',
	'active',
] as const satisfies readonly GrantState[]

/** States in which the tenant may hold the access. */
export function mayBeLive(state: GrantState): boolean {
	return (
		state === 'provisioning' ||
		state === 'active' ||
		state === 'removing' ||
		state === 'postponed' ||
		state === 'notConfirmed'
	)
}
