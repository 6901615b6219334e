import { anew, answered, fails, fellOnTheWay, sending } from './lockbox-transitions.ts'

/*
 * The states in which an answer is on its way to the provider. They are parts of the statechart in `lockbox.machine.ts`, which
 * alone gives their guards, actions and delays their meaning.
 */

/** Every stage has approved: the one answer is on its way. */
export const approving = {
	entry: 'follow' as const,
	after: {
		quarterLeft: { actions: 'tick' as const },
		eighthLeft: { actions: 'tick' as const },
		timeToDeadline: [
			{
				guard: 'mayBeOpen' as const,
				actions: ['tick' as const, { type: 'fail' as const, params: { code: 'NOT_CONFIRMED' } }],
				target: 'sendFailed' as const,
			},
			{ actions: ['tick' as const, 'closeAtClock' as const], target: 'expired' as const },
		],
	},
	on: {
		SENDING: sending,
		SEND_FAILED: fails,
		SEEN: answered,
		REQUESTER_FELL: fellOnTheWay,
	},
}

export const denying = {
	entry: 'follow' as const,
	after: {
		timeToDeadline: {
			actions: ['tick' as const, 'closeAtClock' as const],
			target: 'expired' as const,
		},
	},
	on: { SENDING: sending, SEND_FAILED: fails, SEEN: answered },
}

/** The answer did not get through, or the provider has not said what became of it: an alarm, and tried again. */
export const sendFailed = {
	after: {
		retry: {
			actions: ['tick' as const, 'follow' as const],
			target: 'sendFailed' as const,
			reenter: true,
		},
		timeToGiveUp: { actions: ['tick' as const, 'closeAtClock' as const], target: 'expired' as const },
	},
	on: {
		SENDING: sending,
		SEND_FAILED: {
			actions: { type: 'fail' as const, params: ({ event }: { event: { code: string } }) => event },
		},
		RETRY: [
			{ guard: 'approves' as const, actions: [anew], target: 'approving' as const },
			{ actions: [anew], target: 'denying' as const },
		],
		SEEN: answered,
		REQUESTER_FELL: fellOnTheWay,
	},
}
