import { beginFinding, isAskedOtherwise, isBelieved, isWorse } from './finding-context.ts'
import type { At } from './finding-events.ts'
import { findingSetup } from './finding-setup.ts'
import {
	accepts,
	asksAgain,
	close,
	follows,
	followsHeld,
	goes,
	isRemoved,
	miss,
	order,
	reacts,
	removes,
	settles,
	sight,
	takes,
} from './finding-transitions.ts'

/**
 * 2: an absence closes at the second look, and the guard holds accesses of ours that silence would end. 3: what was accepted is
 * kept whole, and a removal follows what is seen while it is under way. 4: it is known since when somebody is asked, for which asking
 of an officer no longer holds, and from how many people the guard let something be taken. 5: it is known since when a removal is
 * tried, and since when the tenant may be carrying it out.
 */
export const FINDING_MACHINE_VERSION = 5

/**
 * One difference between Entra and what was approved, from its first sighting to its end. Nothing is done on one sighting; no
 * removal is sent that the guard has not let pass; and "removed" is said only when Entra no longer lists it.
 */
export const findingMachine = findingSetup.createMachine({
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
				MISSED: [
					{
						guard: ({ context }) => !context.wasBelieved,
						target: 'neverConfirmed',
						actions: [miss, close],
					},
					...goes,
				],
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
					{
						// Of a deadline of before it is not known whether the one that was told was set: it is set now.
						guard: ({ context, event }) => !isAskedOtherwise(context, event) && context.waitsSince !== null,
						actions: sight,
					},
					asksAgain,
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
				/** Silence about it would end more accesses at once than the charter allows. */
				HOLD: { target: 'held', actions: order('silence') },
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
					{ actions: [sight, { type: 'learnAccepted', params: ({ event }) => event }] },
				],
				MISSED: goes,
				TAKE: takes,
				REMOVE: removes,
				ACCEPT: { ...accepts, reenter: true },
			},
		},
		/** To be removed; the guard against mass removal has not looked yet, or not at what it hits by now. */
		ordered: {
			on: {
				START: { target: 'removing', actions: { type: 'admit', params: ({ event }) => event } },
				HOLD: { target: 'held' },
				MISSED: goes,
			},
		},
		/** Too many removals at once: a second officer must release it. */
		held: {
			on: {
				SIGHTED: followsHeld,
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
				SIGHTED: follows,
				POSTPONED: { target: 'postponed', actions: { type: 'postpone', params: ({ event }) => event } },
				KILL_SWITCH: { actions: { type: 'noteKillSwitch', params: ({ event }) => event } },
				FAILED: { target: 'notConfirmed', actions: { type: 'noteFailure', params: ({ event }) => event } },
				REMOVED: isRemoved,
				EXPLAINED: { target: 'explained', actions: [miss, close] },
				TAKE: takes,
			},
		},
		/** Entra refuses a removal in the first five minutes: sessions are ended now, and it is tried again when it may be. */
		postponed: {
			entry: 'endSessions',
			after: { untilRetry: 'removing' },
			on: {
				SIGHTED: follows,
				MISSED: settles,
				REMOVED: isRemoved,
				EXPLAINED: { target: 'explained', actions: [miss, close] },
				TAKE: takes,
			},
		},
		/** An alarm: it must be assumed to be live. Tried again until Entra confirms. */
		notConfirmed: {
			entry: ['remove', 'endSessions'],
			after: { removalRetry: { target: 'notConfirmed', reenter: true } },
			on: {
				SIGHTED: follows,
				KILL_SWITCH: { actions: { type: 'noteKillSwitch', params: ({ event }) => event } },
				FAILED: { actions: { type: 'noteFailure', params: ({ event }) => event } },
				REMOVED: isRemoved,
				EXPLAINED: { target: 'explained', actions: [miss, close] },
				TAKE: takes,
			},
		},
		/** Entra no longer lists it. */
		removed: { type: 'final' },
		/** It went without us. */
		gone: { type: 'final' },
		/** It was approved in the meantime, or is not to be touched, or not by us. */
		explained: { type: 'final' },
		/** One look saw it, and none after. */
		neverConfirmed: { type: 'final' },
	},
})
