import type { Instant } from '../shared/instants.ts'
import type { Missed, OrderedBy, Sighted } from './finding-context.ts'
import type { At, Ending } from './finding-events.ts'

/* Transitions that several states of a finding have; what they do stands in `finding-setup.ts`. */

export const sight = { type: 'sight' as const, params: ({ event }: { event: Sighted }) => event }
export const miss = {
	type: 'miss' as const,
	params: ({ event }: { event: { why: Missed; at: Instant } }) => event,
}
export const close = { type: 'close' as const, params: ({ event }: { event: At }) => event }
const endSessionsIfAsked = {
	type: 'endSessionsIfAsked' as const,
	params: ({ event }: { event: Ending }) => event,
}
/** Entra no longer lists what was taken away. */
export const isRemoved = { target: 'removed' as const, actions: [close, endSessionsIfAsked] }
/**
 * It is over where what became of it is known, or at the second look that does not see it: one list may be incomplete. Once the
 * tenant was asked to take it away, and did not refuse, it is that which is over.
 */
export const goes = [
	{
		guard: {
			type: 'isGoneSinceSent' as const,
			params: ({ event }: { event: { why: Missed; at: Instant } }) => event,
		},
		...isRemoved,
	},
	{
		guard: {
			type: 'isGone' as const,
			params: ({ event }: { event: { why: Missed; at: Instant } }) => event,
		},
		target: 'gone' as const,
		actions: [miss, close],
	},
	{
		actions: {
			type: 'noteMissed' as const,
			params: ({ event }: { event: At }) => event,
		},
	},
]
const spared = {
	guard: { type: 'isSpared' as const, params: ({ event }: { event: Sighted }) => event },
	target: 'explained' as const,
	actions: [sight, { type: 'spare' as const, params: ({ event }: { event: Sighted }) => event }, close],
}
const isPathUnknown = {
	type: 'isPathUnknown' as const,
	params: ({ event }: { event: Sighted }) => event,
}
const sightBlindly = { type: 'sightBlindly' as const, params: ({ event }: { event: Sighted }) => event }
/**
 * Seen while its removal is under way: what is seen now says what is taken away, and whether anything may be. Where it hits more
 * people by now than the guard let pass, the guard looks again.
 */
export const follows = [
	spared,
	{ guard: isPathUnknown, actions: sightBlindly },
	{
		guard: { type: 'hasOutgrown' as const, params: ({ event }: { event: Sighted }) => event },
		target: 'ordered' as const,
		actions: ['forgetRelease' as const, sight],
	},
	{ actions: sight },
]
const holdToAsked = { type: 'holdToAsked' as const, params: ({ event }: { event: Sighted }) => event }
/** Seen while the guard holds it: whoever asked for its release asked for what was shown then. */
export const followsHeld = [
	spared,
	{ guard: isPathUnknown, actions: [holdToAsked, sightBlindly] },
	{ actions: [holdToAsked, sight] },
]
/** What became of it is known before anything was taken away: Entra refuses so early a removal. */
export const settles = {
	guard: {
		type: 'isSettled' as const,
		params: ({ event }: { event: { why: Missed; at: Instant } }) => event,
	},
	target: 'explained' as const,
	actions: [miss, close],
}
export const order = (by: OrderedBy) => ({
	type: 'order' as const,
	params: ({ event }: { event: { at: Instant; actorId?: string } }) => ({
		by,
		at: event.at,
		actorId: event.actorId ?? null,
	}),
})
export const removes = {
	guard: 'isRemovable' as const,
	target: 'ordered' as const,
	actions: order('decision'),
}
export const accepts = {
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
export const takes = {
	actions: { type: 'take' as const, params: ({ event }: { event: { actorId: string } }) => event },
}
/** Somebody is asked already: the deadline is set anew, and is no later for being asked to and fro. */
export const asksAgain = {
	guard: { type: 'asksDecision' as const, params: ({ event }: { event: Sighted }) => event },
	target: 'awaiting' as const,
	reenter: true,
	actions: [{ type: 'askAgain' as const, params: ({ event }: { event: Sighted }) => event }, sight],
}
/** What is to be done about it, once it is believed or once the charter asks for something else. */
export const reacts = () =>
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
