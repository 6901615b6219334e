import { assign, emit, setup } from 'xstate'
import type { Command } from '../shared/commands.ts'
import { msBetween, type Instant } from '../shared/instants.ts'
import { REMOVAL_CONFIRM_MS, REMOVAL_RETRY_MS } from './grant.machine.ts'
import {
	beginFinding,
	decideByOf,
	isAskedOtherwise,
	isBelieved,
	isWorse,
	type FindingContext,
	type FindingInput,
	type OrderedBy,
	type Sighted,
} from './finding-context.ts'
import type { Missed } from './reconcile.ts'

export const FINDING_MACHINE_VERSION = 1

type At = { at: Instant }
export type FindingEvent =
	/** Entra shows it again. */
	| ({ type: 'SIGHTED' } & Sighted)
	/** It was looked for where it stood, and is not there. */
	| { type: 'MISSED'; why: Missed; at: Instant }
	| { type: 'TAKE'; actorId: string; at: Instant }
	| { type: 'REMOVE'; actorId: string; at: Instant }
	| { type: 'ACCEPT'; actorId: string; until: Instant; at: Instant }
	/** The guard against mass removal lets it pass, or holds it. */
	| { type: 'START'; at: Instant }
	| { type: 'HOLD'; at: Instant }
	| { type: 'ASK_RELEASE'; actorId: string; at: Instant }
	| { type: 'RELEASE'; actorId: string; at: Instant }
	| { type: 'POSTPONED'; until: Instant; code: string; at: Instant }
	| { type: 'KILL_SWITCH'; code: string; at: Instant }
	| { type: 'FAILED'; code: string; at: Instant }
	| { type: 'REMOVED'; at: Instant }
	/** A grant of ours explains it, or it must not be touched any more: nothing was or will be taken away. */
	| { type: 'EXPLAINED'; why: Missed; at: Instant }

const NEVER = 0
const untilInstant = (to: Instant | null, event: { type: string; at?: Instant }) =>
	to === null || event.at === undefined ? NEVER : msBetween(event.at, to)

const sight = { type: 'sight' as const, params: ({ event }: { event: Sighted }) => event }
const miss = {
	type: 'miss' as const,
	params: ({ event }: { event: { why: Missed; at: Instant } }) => event,
}
const close = { type: 'close' as const, params: ({ event }: { event: At }) => event }
const goes = { target: 'gone' as const, actions: [miss, close] }
const order = (by: OrderedBy) => ({
	type: 'order' as const,
	params: ({ event }: { event: { at: Instant; actorId?: string } }) => ({
		by,
		at: event.at,
		actorId: event.actorId ?? null,
	}),
})
const removes = { guard: 'isRemovable' as const, target: 'ordered' as const, actions: order('decision') }
const accepts = {
	guard: {
		type: 'isLater' as const,
		params: ({ event }: { event: { until: Instant; at: Instant } }) => event,
	},
	target: 'accepted' as const,
	actions: {
		type: 'accept' as const,
		params: ({ event }: { event: { until: Instant; actorId: string } }) => event,
	},
}
const takes = {
	actions: { type: 'take' as const, params: ({ event }: { event: { actorId: string } }) => event },
}
/** What is to be done about it, once it is believed or once the charter asks for something else. */
const reacts = () =>
	[
		{
			guard: { type: 'asksRemoval' as const, params: ({ event }: { event: Sighted }) => event },
			target: 'ordered' as const,
			actions: [sight, order('rule')],
		},
		{
			guard: { type: 'isOfGrant' as const, params: ({ event }: { event: Sighted }) => event },
			target: 'referred' as const,
			actions: [sight],
		},
		{
			guard: { type: 'asksDecision' as const, params: ({ event }: { event: Sighted }) => event },
			target: 'awaiting' as const,
			actions: [sight, { type: 'ask' as const, params: ({ event }: { event: Sighted }) => event }],
		},
		{ target: 'alerted' as const, actions: [sight] },
	] as const

/**
 * One difference between Entra and what was approved, from its first sighting to its end. Nothing is done on one sighting; no
 * removal is sent that the guard has not let pass; and "removed" is said only when Entra no longer lists it.
 */
export const findingMachine = setup({
	types: {
		context: {} as FindingContext,
		events: {} as FindingEvent,
		emitted: {} as Command,
		input: {} as FindingInput,
	},
	guards: {
		asksRemoval: (_, { reaction }: Sighted) => reaction.do === 'remove',
		asksDecision: (_, { reaction }: Sighted) => reaction.do === 'decide',
		/** It has a way of its own: an officer answers there, or silence removes. */
		isOfGrant: (_, { difference }: Sighted) => difference.family === 'grant',
		isRemovable: ({ context }) => context.difference.removal !== null,
		silenceRemoves: ({ context: { reaction, difference } }) =>
			reaction.do === 'decide' && reaction.otherwise === 'remove' && difference.removal !== null,
		isLater: (_, { until, at }: { until: Instant; at: Instant }) => until > at,
		isAnother: ({ context: { askedBy } }, { actorId }: { actorId: string }) =>
			askedBy !== null && askedBy !== actorId,
	},
	actions: {
		sight: assign(({ context: { sightings, confirmedAt } }, { difference, reaction, at }: Sighted) => ({
			difference,
			reaction,
			lastSeenAt: at,
			sightings: sightings + 1,
			confirmedAt: confirmedAt ?? at,
		})),
		/** Seen, and not yet believed. */
		count: assign(({ context: { sightings } }, { difference, reaction, at }: Sighted) => ({
			difference,
			reaction,
			lastSeenAt: at,
			sightings: sightings + 1,
		})),
		ask: assign((_, { reaction, at }: Sighted) => ({ decideBy: decideByOf(reaction, at), wasSilent: false })),
		beSilent: assign({ wasSilent: true, decideBy: null }),
		take: assign((_, { actorId }: { actorId: string }) => ({ ownerId: actorId })),
		order: assign((_, { by, at, actorId }: { by: OrderedBy; at: Instant; actorId: string | null }) => ({
			orderedAt: at,
			orderedBy: by,
			decidedBy: actorId,
			decideBy: null,
			acceptedUntil: null,
		})),
		accept: assign(({ context }, { until, actorId }: { until: Instant; actorId: string }) => ({
			acceptedUntil: until,
			acceptedKinds: context.difference.kinds,
			decidedBy: actorId,
			decideBy: null,
			askedBy: null,
			orderedAt: null,
			orderedBy: null,
		})),
		/** It counts from now as if it were seen for the first time. */
		beginAnew: assign((_, { at }: At) => ({
			firstSeenAt: at,
			sightings: 0,
			confirmedAt: null,
			acceptedUntil: null,
			acceptedKinds: [],
			decidedBy: null,
			wasSilent: false,
		})),
		askRelease: assign((_, { actorId }: { actorId: string }) => ({ askedBy: actorId })),
		release: assign((_, { actorId }: { actorId: string }) => ({ releasedBy: actorId })),
		noteSent: assign(({ context: { sentAt } }, { at }: At) => ({ sentAt: sentAt ?? at })),
		postpone: assign((_, { until, code }: { until: Instant; code: string }) => ({
			retryAt: until,
			failure: code,
		})),
		clearRetry: assign({ retryAt: null }),
		noteKillSwitch: assign((_, { at }: At) => ({ killSwitchAt: at })),
		noteFailure: assign((_, { code }: { code: string }) => ({ failure: code })),
		miss: assign((_, { why }: { why: Missed; at: Instant }) => ({ missed: why })),
		close: assign((_, { at }: At) => ({ closedAt: at })),
		remove: emit(({ context: { findingId } }) => ({ type: 'finding.remove' as const, findingId })),
		endSessions: emit(({ context: { findingId } }) => ({ type: 'finding.end_sessions' as const, findingId })),
	},
	delays: {
		timeToDecide: ({ context, event }) => untilInstant(context.decideBy, event),
		acceptance: ({ context, event }) => untilInstant(context.acceptedUntil, event),
		untilRetry: ({ context, event }) => untilInstant(context.retryAt, event),
		removalConfirm: REMOVAL_CONFIRM_MS,
		removalRetry: REMOVAL_RETRY_MS,
	},
}).createMachine({
	id: 'finding',
	initial: 'seen',
	context: ({ input }) => beginFinding(input),
	states: {
		/** Seen once: it may be our own doing on its way, or a list that lags. */
		seen: {
			on: {
				SIGHTED: [
					{
						guard: ({ context, event }) => !isBelieved(context, event),
						actions: { type: 'count', params: ({ event }) => event },
					},
					...reacts(),
				],
				MISSED: { target: 'neverConfirmed', actions: [miss, close] },
			},
		},
		/** Certain, and told to the officers; nothing is done unless somebody decides so. */
		alerted: {
			on: {
				SIGHTED: [
					{ guard: ({ context, event }) => !isAskedOtherwise(context, event), actions: sight },
					...reacts(),
				],
				MISSED: goes,
				TAKE: takes,
				REMOVE: removes,
				ACCEPT: accepts,
			},
		},
		/** An officer has until then. */
		awaiting: {
			after: {
				timeToDecide: [
					{ guard: 'silenceRemoves', actions: ['beSilent', order('silence')], target: 'ordered' },
					{ actions: 'beSilent', target: 'alerted' },
				],
			},
			on: {
				SIGHTED: [
					{ guard: ({ context, event }) => !isAskedOtherwise(context, event), actions: sight },
					...reacts(),
				],
				MISSED: goes,
				TAKE: takes,
				REMOVE: removes,
				ACCEPT: accepts,
			},
		},
		/** One of our own accesses: its own statechart asks an officer, and ends it where nobody answers. */
		referred: {
			on: {
				SIGHTED: [
					{ guard: ({ context, event }) => !isAskedOtherwise(context, event), actions: sight },
					...reacts(),
				],
				MISSED: goes,
				TAKE: takes,
				REMOVE: removes,
			},
		},
		/** Somebody answers for it until then. What becomes worse, or stays longer, is a finding anew. */
		accepted: {
			after: {
				acceptance: {
					target: 'seen',
					actions: { type: 'beginAnew', params: ({ event }) => event as unknown as At },
				},
			},
			on: {
				SIGHTED: [
					{
						guard: ({ context, event }) => isWorse(context, event),
						target: 'seen',
						actions: [
							{ type: 'beginAnew', params: ({ event }) => event },
							{ type: 'count', params: ({ event }) => event },
						],
					},
					{ actions: sight },
				],
				MISSED: goes,
				TAKE: takes,
				REMOVE: removes,
				ACCEPT: { ...accepts, reenter: true },
			},
		},
		/** To be removed; the guard against mass removal has not looked yet. */
		ordered: {
			on: {
				START: { target: 'removing' },
				HOLD: { target: 'held' },
				MISSED: goes,
			},
		},
		/** Too many removals at once: a second officer must release it. */
		held: {
			on: {
				SIGHTED: { actions: sight },
				MISSED: goes,
				TAKE: takes,
				ACCEPT: accepts,
				ASK_RELEASE: {
					actions: { type: 'askRelease', params: ({ event }) => event },
				},
				RELEASE: {
					guard: { type: 'isAnother', params: ({ event }) => event },
					target: 'removing',
					actions: { type: 'release', params: ({ event }) => event },
				},
			},
		},
		removing: {
			entry: ['clearRetry', 'remove', { type: 'noteSent', params: ({ event }) => event as unknown as At }],
			after: { removalConfirm: 'notConfirmed' },
			on: {
				POSTPONED: { target: 'postponed', actions: { type: 'postpone', params: ({ event }) => event } },
				KILL_SWITCH: { actions: { type: 'noteKillSwitch', params: ({ event }) => event } },
				FAILED: { target: 'notConfirmed', actions: { type: 'noteFailure', params: ({ event }) => event } },
				REMOVED: { target: 'removed', actions: close },
				EXPLAINED: { target: 'explained', actions: [miss, close] },
				TAKE: takes,
			},
		},
		/** Entra refuses a removal in the first five minutes: sessions are ended now, and it is tried again when it may be. */
		postponed: {
			entry: 'endSessions',
			after: { untilRetry: 'removing' },
			on: {
				REMOVED: { target: 'removed', actions: close },
				EXPLAINED: { target: 'explained', actions: [miss, close] },
				TAKE: takes,
			},
		},
		/** An alarm: it must be assumed to be live. Tried again until Entra confirms. */
		notConfirmed: {
			entry: ['remove', 'endSessions'],
			after: { removalRetry: { target: 'notConfirmed', reenter: true } },
			on: {
				KILL_SWITCH: { actions: { type: 'noteKillSwitch', params: ({ event }) => event } },
				FAILED: { actions: { type: 'noteFailure', params: ({ event }) => event } },
				REMOVED: { target: 'removed', actions: close },
				EXPLAINED: { target: 'explained', actions: [miss, close] },
				TAKE: takes,
			},
		},
		/** Entra no longer lists it. */
		removed: { type: 'final' },
		/** It went without us. */
		gone: { type: 'final' },
		/** It was approved in the meantime, or is not to be touched. */
		explained: { type: 'final' },
		/** One look saw it, and none after. */
		neverConfirmed: { type: 'final' },
	},
})
