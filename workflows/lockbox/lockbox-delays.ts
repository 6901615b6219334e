import { msBetween } from '../shared/instants.ts'
import {
	END_GRACE_MS,
	mayHaveBeenSent,
	momentLeft,
	RETRY_EVERY_MS,
	type LockboxContext,
} from './lockbox-context.ts'
import { atOf, untilThen } from './lockbox-events.ts'

type Now = { context: LockboxContext; event: { type: string } }

/** The deadlines of the lockbox's statechart, in milliseconds from the step that sets them. */
export const DELAYS = {
	/** Never `Infinity`: what comes in too late runs out at once. */
	timeToDecide: ({ context, event }: Now) => Math.max(0, msBetween(atOf(event, context), context.decideBy)),
	timeToDeadline: ({ context, event }: Now) => Math.max(0, msBetween(atOf(event, context), context.deadline)),
	halfLeft: ({ context, event }: Now) => untilThen(momentLeft(context, 1 / 2), atOf(event, context)),
	/** What may have opened an access stays an alarm until somebody knows; all else is over with the clock. */
	timeToGiveUp: ({ context, event }: Now) =>
		context.answer === 'approve' && mayHaveBeenSent(context)
			? Infinity
			: Math.max(0, msBetween(atOf(event, context), context.deadline)),
	quarterLeft: ({ context, event }: Now) => untilThen(momentLeft(context, 1 / 4), atOf(event, context)),
	eighthLeft: ({ context, event }: Now) => untilThen(momentLeft(context, 1 / 8), atOf(event, context)),
	/** What a person carries over is not tried again by itself. */
	retry: ({ context }: Now) => (context.channel === 'by_hand' ? Infinity : RETRY_EVERY_MS),
	accessTime: ({ context, event }: Now) =>
		context.accessEndsAt === null
			? Infinity
			: Math.max(0, msBetween(atOf(event, context), context.accessEndsAt)),
	grace: END_GRACE_MS,
}
