import type { Seen } from './lockbox-context.ts'
import type { ApprovalFell, At, Decide, Reading, RequesterFell } from './lockbox-events.ts'

export const record = { type: 'recordDecision' as const, params: ({ event }: { event: Decide }) => event }
export const see = { type: 'see' as const, params: ({ event }: { event: Reading }) => event }
export const close = { type: 'close' as const, params: ({ event }: { event: At }) => event }
const isSeen = (seen: Seen) => ({
	type: 'isSeen' as const,
	params: ({ event }: { event: Reading }) => ({ event, seen }),
})
/** Ends that need nothing of us: the provider's clock, or the provider itself. */
export const endings = [
	{ guard: isSeen('expired'), actions: [see, close], target: 'expired' as const },
	{ guard: isSeen('cancelled'), actions: [see, close], target: 'withdrawnByProvider' as const },
]
/** Access was opened at the provider, and not by us: it is open, or was while nobody looked. */
export const openedElsewhere = [
	{
		guard: isSeen('approved'),
		actions: [see, 'markOutOfBand' as const, 'openAccess' as const],
		target: 'overtaken' as const,
	},
	{
		guard: isSeen('ended'),
		actions: [see, 'markOutOfBand' as const, 'endByProvider' as const, close],
		target: 'accessEnded' as const,
	},
]
/** What was over is never so over that an access could be opened unseen. */
export const closed = { on: { SEEN: openedElsewhere } }
export const elsewhere = [
	...openedElsewhere,
	{
		guard: isSeen('denied'),
		actions: [see, 'markOutOfBand' as const, close],
		target: 'deniedElsewhere' as const,
	},
	{ guard: { type: 'isNews' as const, params: ({ event }: { event: Reading }) => event }, actions: [see] },
]
/** What the provider came to of our answer. */
const ours = (seen: Seen, answer: 'approve' | 'deny') => ({
	type: 'isOurs' as const,
	params: ({ event }: { event: Reading }) => ({ event, seen, answer }),
})
/** The same while the answer is on its way and when it did not get through: the provider's own word decides. */
export const answered = [
	...endings,
	{
		guard: ours('approved', 'approve'),
		actions: [see, 'openAccess' as const],
		target: 'approvedAtProvider' as const,
	},
	{
		guard: ours('ended', 'approve'),
		actions: [see, 'openAccess' as const, 'endByProvider' as const, close],
		target: 'accessEnded' as const,
	},
	{ guard: ours('denied', 'deny'), actions: [see, close], target: 'denied' as const },
	...elsewhere,
]
export const sending = {
	guard: { type: 'maySend' as const, params: ({ event }: { event: At }) => event },
	actions: { type: 'countAttempt' as const, params: ({ event }: { event: At }) => event },
}
export const anew = { type: 'beginAnew' as const, params: ({ event }: { event: At }) => event }
export const fails = {
	actions: [
		'tick' as const,
		{ type: 'fail' as const, params: ({ event }: { event: { code: string } }) => event },
	],
	target: 'sendFailed' as const,
}
/** While access is open every other word of the provider means that it no longer is. */
export const ended = {
	guard: { type: 'isOver' as const, params: ({ event }: { event: Reading }) => event },
	actions: [see, 'endByProvider' as const, close],
	target: 'accessEnded' as const,
}
export const afterAccess = [
	{ guard: 'isApi' as const, target: 'accessEnding' as const },
	{ actions: ['endByClock' as const], target: 'accessEnded' as const },
]
const dropApproval = {
	type: 'dropApproval' as const,
	params: ({ event }: { event: ApprovalFell }) => event,
}
/** An approval falls: the stage that lacks it now decides anew, an earlier one with its own time. */
export const approvalFalls = [
	{
		guard: { type: 'reopensStage' as const, params: ({ event }: { event: ApprovalFell }) => event },
		actions: [
			dropApproval,
			{ type: 'openNextStage' as const, params: ({ event }: { event: ApprovalFell }) => event },
		],
		target: 'pending' as const,
		reenter: true,
	},
	{
		guard: { type: 'hasApproved' as const, params: ({ event }: { event: ApprovalFell }) => event },
		actions: [dropApproval],
	},
]
const noteRequester = {
	type: 'noteRequester' as const,
	params: ({ event }: { event: RequesterFell }) => event,
}
/** Nobody has carried a yes over: it becomes a no. */
export const requesterFalls = {
	actions: [
		noteRequester,
		{ type: 'answer' as const, params: { answer: 'deny' as const, cause: 'rule' as const } },
	],
	target: 'denying' as const,
}
/** A yes that is under way, or an access that is open: nothing here can take it back, so it is an alarm, once. */
export const requesterAlarms = { guard: 'mayLive' as const, actions: [noteRequester] }
export const fellOnTheWay = [{ guard: 'isUnsent' as const, ...requesterFalls }, requesterAlarms]
/** As it comes in: by what the provider says of it, and by what the charter says. */
export const comesIn = [
	{
		guard: { type: 'cameAs' as const, params: 'approved' as const },
		actions: ['markOutOfBand' as const, 'openAccess' as const],
		target: 'overtaken' as const,
	},
	{
		guard: { type: 'cameAs' as const, params: 'ended' as const },
		actions: ['markOutOfBand' as const, 'endByProvider' as const, 'closeAtOnce' as const],
		target: 'accessEnded' as const,
	},
	{
		guard: { type: 'cameAs' as const, params: 'denied' as const },
		actions: ['markOutOfBand' as const, 'closeAtOnce' as const],
		target: 'deniedElsewhere' as const,
	},
	{
		guard: { type: 'cameAs' as const, params: 'expired' as const },
		actions: 'closeAtOnce' as const,
		target: 'expired' as const,
	},
	{
		guard: { type: 'cameAs' as const, params: 'cancelled' as const },
		actions: 'closeAtOnce' as const,
		target: 'withdrawnByProvider' as const,
	},
	{
		guard: 'isRuledOut' as const,
		actions: { type: 'answer' as const, params: { answer: 'deny' as const, cause: 'rule' as const } },
		target: 'denying' as const,
	},
	{ target: 'pending' as const },
]
