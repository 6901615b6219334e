import { assign, emit, enqueueActions, setup } from 'xstate'
import type { Command } from '../shared/commands.ts'
import { msBetween, plusMs, type Instant } from '../shared/instants.ts'
import {
	ABSENCE_AGE_MS,
	acceptedOf,
	NOTHING_ACCEPTED,
	type FindingContext,
	type FindingInput,
	type Missed,
	type OrderedBy,
	type Sighted,
} from './finding-context.ts'
import type { Difference } from './differences.ts'
import type { At, Ending, FindingEvent } from './finding-events.ts'
import { REMOVAL_CONFIRM_MS, REMOVAL_RETRY_MS } from './grant-setup.ts'
import { hasOutgrown, weightOf } from './mass-guard.ts'
import { isShownAlike } from './shown-difference.ts'
import { ask, askAgain, type Asked } from './time-to-decide.ts'

const NEVER = 0
const untilInstant = (to: Instant | null, event: { type: string; at?: Instant }) =>
	to === null || event.at === undefined ? NEVER : msBetween(event.at, to)

/** Why a removal is given up, by why nothing is taken away any more. */
const givenUpFor = (spared: Difference['spared']): Missed =>
	spared === 'watched' ? 'watchedThrough' : spared === 'ours' ? 'oursThrough' : 'fixed'

/** What is known of who is asked; null where nobody is, or no longer by this charter. */
const askedOf = ({ reaction, decideBy, waitsSince }: FindingContext): Asked | null =>
	reaction.do !== 'decide' || decideBy === null
		? null
		: {
				by: decideBy,
				since: waitsSince ?? plusMs(decideBy, -reaction.withinMs),
				withinMs: reaction.withinMs,
			}

/** Looks have not seen it for so long that it is gone. */
const isGoneFor = ({ missedSince }: FindingContext, at: Instant) =>
	missedSince !== null && msBetween(missedSince, at) >= ABSENCE_AGE_MS

const noteAsked = ({ by, since }: Asked) => ({ decideBy: by, waitsSince: since, wasSilent: false })

/** What the statechart of a finding may look at, do and wait for; its states stand in `finding.machine.ts`. */
export const findingSetup = setup({
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
		isGone: ({ context }, { why, at }: { why: Missed; at: Instant }) =>
			why !== 'gone' || isGoneFor(context, at),
		/** It must stay by now, or what is left of it can be taken away in the tenant alone. */
		isSpared: (_, { difference }: Sighted) =>
			difference.family === 'holding' && difference.removal === null && difference.spared !== 'unread',
		/** Nobody could read what its removal would hit; or one of our own accesses is not seen, which it is for its statechart to say. */
		isPathUnknown: (_, { difference }: Sighted) => difference.removal === null,
		/** It hits more people by now than the guard let pass, and no second officer released it. */
		hasOutgrown: ({ context }, { difference }: Sighted) => hasOutgrown(context, difference),
		/** It is gone after the tenant was asked and did not refuse: whoever took it away, nobody may say that it was not us. */
		isGoneSinceSent: ({ context }, { why, at }: { why: Missed; at: Instant }) =>
			why === 'gone' && context.tenantAskedAt !== null && isGoneFor(context, at),
		/** What became of it is known, without any list that may be behind. */
		isSettled: (_, { why }: { why: Missed; at: Instant }) => why !== 'gone',
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
			wasBelieved: true,
			missedSince: null,
		})),
		/** Seen while its removal is under way, and what that would hit is not known: it stays ordered as it was. */
		sightBlindly: assign(({ context }, { difference, at }: Sighted) => ({
			difference: { ...difference, removal: context.difference.removal, spared: undefined },
			lastSeenAt: at,
			sightings: context.sightings + 1,
			missedSince: null,
		})),
		/**
		 * Who was in the group, or how the rule stood, when it was accepted is not known of acceptances of before, nor of what could not
		 * be read then: what is seen first is.
		 */
		learnAccepted: assign(({ context }, { difference: { members, rule } }: Sighted) => ({
			acceptedMembers: context.acceptedMembers ?? (members?.isWhole === true ? members.accounts : null),
			acceptedRule: context.acceptedRule ?? rule ?? null,
		})),
		/** Seen, and not yet believed. */
		count: assign(({ context: { sightings } }, { difference, reaction, at }: Sighted) => ({
			difference,
			reaction,
			lastSeenAt: at,
			sightings: sightings + 1,
			missedSince: null,
		})),
		ask: assign((_, { reaction, at }: Sighted) =>
			reaction.do === 'decide' ? noteAsked(ask(reaction.withinMs, at)) : {},
		),
		/** Before `sight`: what they were asked until now is still known. */
		askAgain: assign(({ context }, { reaction, at }: Sighted) => {
			if (reaction.do !== 'decide') return {}
			const before = askedOf(context)
			return noteAsked(before === null ? ask(reaction.withinMs, at) : askAgain(before, reaction.withinMs, at))
		}),
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
			...acceptedOf(context.difference),
			decidedBy: actorId,
			decideBy: null,
			askedBy: null,
			askedBefore: null,
			orderedAt: null,
			orderedBy: null,
		})),
		/** It counts from now as if it were seen for the first time. */
		beginAnew: assign((_, { at }: At) => ({
			firstSeenAt: at,
			sightings: 0,
			confirmedAt: null,
			acceptedUntil: null,
			...NOTHING_ACCEPTED,
			decidedBy: null,
			wasSilent: false,
			sentAt: null,
			tenantAskedAt: null,
			begunAt: null,
		})),
		askRelease: assign((_, { actorId }: { actorId: string }) => ({ askedBy: actorId, askedBefore: null })),
		/** Before `sight`: an officer asked for the release of what was shown then, and of nothing else. */
		holdToAsked: assign(({ context: { difference: before, askedBy } }, { difference }: Sighted) =>
			askedBy === null || isShownAlike(before, difference) ? {} : { askedBy: null, askedBefore: askedBy },
		),
		admit: assign(({ context: { difference } }, { at }: At) => ({
			admitted: { people: weightOf(difference), at },
			begunAt: at,
		})),
		release: assign((_, { actorId, at }: { actorId: string; at: Instant }) => ({
			releasedBy: actorId,
			begunAt: at,
		})),
		/** What was released is another thing than what would be taken away: it is released anew, or passes by itself. */
		forgetRelease: assign(({ context: { releasedBy, askedBy } }) =>
			releasedBy === null ? {} : { releasedBy: null, askedBy: null, askedBefore: askedBy },
		),
		noteSent: assign(({ context: { sentAt } }, { at }: At) => ({ sentAt: sentAt ?? at })),
		postpone: assign((_, { until, code }: { until: Instant; code: string }) => ({
			retryAt: until,
			failure: code,
		})),
		clearRetry: assign({ retryAt: null }),
		noteKillSwitch: assign((_, { at }: At) => ({ killSwitchAt: at })),
		noteFailure: assign((_, { code }: { code: string }) => ({ failure: code })),
		noteMissed: assign(({ context: { missedSince } }, { at }: At) => ({ missedSince: missedSince ?? at })),
		miss: assign((_, { why }: { why: Missed; at: Instant }) => ({ missed: why })),
		spare: assign((_, { difference: { spared } }: Sighted) => ({ missed: givenUpFor(spared) })),
		close: assign((_, { at }: At) => ({ closedAt: at })),
		remove: emit(({ context: { findingId } }) => ({ type: 'finding.remove' as const, findingId })),
		/** Of what was taken away here, and gave somebody something: an access of ours ends by itself, and ends them itself. */
		endSessionsIfAsked: enqueueActions(({ enqueue, context }, { endSessions }: Ending) => {
			const { findingId, tenantAskedAt, difference } = context
			const wasTaken = tenantAskedAt !== null && difference.removal?.what === 'assignment'
			if (endSessions === true && wasTaken) enqueue.emit({ type: 'finding.end_sessions', findingId })
		}),
		endSessions: emit(({ context: { findingId } }) => ({ type: 'finding.end_sessions' as const, findingId })),
	},
	delays: {
		timeToDecide: ({ context, event }) => untilInstant(context.decideBy, event),
		acceptance: ({ context, event }) => untilInstant(context.acceptedUntil, event),
		untilRetry: ({ context, event }) => untilInstant(context.retryAt, event),
		/**
		 * Since it was last let pass: what the tenant puts off again and again is an alarm all the same, and what the guard held, or an
		 * officer accepted, was not tried meanwhile.
		 */
		removalConfirm: ({ context: { begunAt }, event }) =>
			REMOVAL_CONFIRM_MS - (begunAt === null ? 0 : msBetween(begunAt, event.at)),
		removalRetry: REMOVAL_RETRY_MS,
	},
})
