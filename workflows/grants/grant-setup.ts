import { assign, emit, enqueueActions, setup } from 'xstate'
import type { Command } from '../shared/commands.ts'
import { earliest, msBetween, plusMs, type Instant } from '../shared/instants.ts'
import type { AssuranceCode } from './assurance-codes.ts'
import { UNSAID, type DriftAnswer } from './drift-answer.ts'
import type { Drift, EndCause, Extension, GrantContext, GrantInput } from './grant-context.ts'
import type { Confirmed, GrantEvent, Removed } from './grant-events.ts'

/** A removal that the tenant has not confirmed by then is an incident; the access must be assumed live. */
export const REMOVAL_CONFIRM_MS = 10 * 60_000
/** How often an unconfirmed removal is tried again. */
export const REMOVAL_RETRY_MS = 60_000

const NEVER = 0
export type At = { at: Instant }

const untilInstant = (to: Instant | null, event: { type: string; at?: Instant }) =>
	to === null || event.at === undefined ? NEVER : msBetween(event.at, to)

/** What the statechart of an access may look at, do and wait for; its states stand in `grant.machine.ts`. */
export const grantSetup = setup({
	types: {
		context: {} as GrantContext,
		events: {} as GrantEvent,
		emitted: {} as Command,
		input: {} as GrantInput,
	},
	guards: {
		startsAtOnce: ({ context }) => context.startAt === null,
		/** Later than now ends, as extensions are asked for; an earlier end is a removal. */
		lengthens: ({ context }, { endsAt }: Extension) => context.endsAt !== null && endsAt > context.endsAt,
		isAboutEnd: ({ context }) => context.drift?.what === 'end',
		ranOut: ({ context }) => context.cause === 'deadline',
		givenUp: ({ context }) => context.cause === 'requester',
	},
	actions: {
		fixEnd: assign({ endsAt: ({ context }, { at }: At) => plusMs(at, context.durationMs) }),
		recordWarnings: assign({
			warned: (_, { warned }: { warned?: readonly AssuranceCode[] }) => warned ?? [],
		}),
		recordConfirmation: assign(
			(_, { startsAt, tenantRequestId, tenantInstanceId, scheduleId = null }: Confirmed) => ({
				startsAt,
				tenantRequestId,
				tenantInstanceId,
				scheduleId,
			}),
		),
		recordFailure: assign({ failure: (_, { code }: { code: string }) => code }),
		planExtension: assign({
			extension: (_, { requestId, endsAt }: Extension) => ({ requestId, endsAt }),
		}),
		moveEnd: assign(({ context: { extension, extended, endsAt } }, { at }: At) => ({
			endsAt: extension?.endsAt ?? endsAt,
			extended: extension === null ? extended : [...extended, { ...extension, at }],
			extension: null,
			acceptedDrift: null,
		})),
		keepEnd: assign(
			({ context: { extension, notExtended } }, { code, at }: { code: string; at: Instant }) => ({
				notExtended:
					extension === null ? notExtended : [...notExtended, { requestId: extension.requestId, code, at }],
				extension: null,
			}),
		),
		recordDrift: assign({
			drift: (_, { what, seenEndsAt, answer = UNSAID, at }: Drift & At & { answer?: DriftAnswer }) => ({
				what,
				seenEndsAt,
				since: at,
				answer,
			}),
		}),
		recordSilence: assign({ unansweredAt: (_, { at }: At) => at }),
		clearDrift: assign({ drift: null }),
		/** The earlier of the two ends counts: accepting never makes an access longer than was approved. */
		acceptDrift: assign(({ context: { drift, endsAt } }) => ({
			acceptedDrift: drift === null ? null : { what: drift.what, seenEndsAt: drift.seenEndsAt },
			endsAt: earliest([endsAt, drift?.seenEndsAt ?? null]),
			drift: null,
		})),
		recordCause: assign((_, { cause, actorId }: { cause: EndCause; actorId: string | null }) => ({
			cause,
			endedBy: actorId,
		})),
		oweRemoval: assign({ endingSince: ({ context, event }) => context.endingSince ?? event.at }),
		postpone: assign({ retryAt: (_, { until }: { until: Instant }) => until }),
		clearRetry: assign({ retryAt: null }),
		recordKillSwitch: assign({ killSwitchAt: (_, { at }: At) => at }),
		close: assign({ closedAt: (_, { at }: At) => at }),
		provision: emit(({ context: { grantId } }) => ({ type: 'grant.provision' as const, grantId })),
		extend: emit(({ context: { grantId } }) => ({ type: 'grant.extend' as const, grantId })),
		remove: emit(({ context: { grantId } }) => ({ type: 'grant.remove' as const, grantId })),
		endSessions: emit(({ context: { grantId } }) => ({ type: 'grant.end_sessions' as const, grantId })),
		endSessionsIfAsked: enqueueActions(({ enqueue, context: { grantId } }, { endSessions }: Removed) => {
			if (endSessions === true) enqueue.emit({ type: 'grant.end_sessions', grantId })
		}),
	},
	delays: {
		untilStart: ({ context: { openedAt, startAt } }) =>
			openedAt === null || startAt === null ? NEVER : msBetween(openedAt, startAt),
		wholeDuration: ({ context }) => context.durationMs,
		remainingTime: ({ context, event }) => untilInstant(context.endsAt, event),
		untilRetry: ({ context, event }) => untilInstant(context.retryAt, event),
		driftAnswer: ({ context: { drift } }) => {
			const { withinMs, silence } = drift?.answer ?? UNSAID
			return silence === 'remove' ? withinMs : Infinity
		},
		/** Counted from the first time: a tenant that puts removals off again and again does not put off the alarm. */
		removalConfirm: ({ context: { endingSince }, event }) =>
			REMOVAL_CONFIRM_MS - (endingSince === null ? 0 : msBetween(endingSince, event.at)),
		removalRetry: REMOVAL_RETRY_MS,
	},
})
