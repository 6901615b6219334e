import type { Instant } from '../shared/instants.ts'
import type { Missed, OrderedBy, Sighted } from './finding-context.ts'
import type { At } from './finding-events.ts'

/* Transitions that several states of a finding have; what they do stands in `finding-setup.ts`. */

export const sight = { type: 'sight' as const, params: ({ event }: { event: Sighted }) => event }
export const miss = {
	type: 'miss' as const,
	params: ({ event }: { event: { why: Missed; at: Instant } }) => event,
}
export const close = { type: 'close' as const, params: ({ event }: { event: At }) => event }
/** It is over where what became of it is known, or at the second look that does not see it: one list may be incomplete. */
export const goes = [
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
/** Seen while its removal is ordered: what is seen now says what is taken away, and whether anything may be. */
export const follows = [
	{
		guard: { type: 'isSpared' as const, params: ({ event }: { event: Sighted }) => event },
		target: 'explained' as const,
		actions: [sight, { type: 'spare' as const, params: ({ event }: { event: Sighted }) => event }, close],
	},
	{
		guard: { type: 'isPathUnknown' as const, params: ({ event }: { event: Sighted }) => event },
		actions: { type: 'sightBlindly' as const, params: ({ event }: { event: Sighted }) => event },
	},
	{ actions: sight },
]
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
