import { holdCharter } from '#db/queries/charter.ts'
import { decisionsOfLockbox, loadLockbox } from '#db/queries/lockbox.ts'
import { isAnswering, type LockboxState, type Seen } from '#workflows/lockbox/lockbox-context.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { answerText } from './answer-text.ts'
import { stopUnsent } from './stop-unsent.server.ts'
import { applyLockboxEvent, refusingLockbox, takeSight } from './step-lockbox.server.ts'

/**
 * An officer says that they carried the answer over: ran the command, or sent it by hand. LOCKBOX_RULED_OUT where a yes may
 * not be sent any more, LOCKBOX_CLOSED where no answer is on its way or it is an alarm already.
 */
export async function reportSent(deps: Deps, actor: Actor, requestId: string): Promise<void> {
	demand(actor, 'lockbox:record')
	const at = deps.now()
	await refusingLockbox(deps, actor, { lockboxId: requestId, step: 'report' }, async () => {
		const codes = await deps.database.withTx(async (tx) => {
			await holdCharter(tx, 'judge')
			// What stands against it by now is an alarm that stays, whether or not this attempt is refused.
			const ruledOut = await stopUnsent(tx, deps, requestId, actor.personId)
			if (ruledOut.length > 0) return ruledOut
			const before = await loadLockbox(tx, requestId, true)
			const { context } = before.snapshot
			demandByHand(context.channel)
			const sending = { type: 'SENDING' as const, at: at.toISOString() }
			if (!isAnswering(before.row.state) || context.answer === null || !before.snapshot.can(sending))
				throw new DomainError('LOCKBOX_CLOSED', 'No answer is on its way.')
			const { version } = await deps.charters.version(tx, before.row.charterVersionId)
			const text = answerText(before.row, context, await decisionsOfLockbox(tx, [requestId]), version)
			const { answer } = context
			await applyLockboxEvent(
				tx,
				deps,
				before,
				sending,
				(_, { attempts, providerStatus }) => ({
					kind: 'lockbox.sending',
					open: {
						requestId,
						answer,
						attempt: attempts,
						by: 'officer',
						status: providerStatus.slice(0, 64),
					},
					sealed: { sent: { text } },
				}),
				actor.personId,
			)
			return []
		})
		if (codes.length > 0)
			throw new DomainError('LOCKBOX_RULED_OUT', 'What it rested on no longer stands: do not send it.', {
				codes,
			})
	})
	deps.wake()
}

export const REPORTED = [
	'approved',
	'denied',
	'expired',
	'cancelled',
	'ended',
] as const satisfies readonly Seen[]

/** An officer says what a provider without an interface confirmed, or did beside us. */
export async function reportSeen(
	deps: Deps,
	actor: Actor,
	{ requestId, seen, note }: { requestId: string; seen: (typeof REPORTED)[number]; note: string },
): Promise<LockboxState> {
	demand(actor, 'lockbox:record')
	const at = deps.now()
	const state = await refusingLockbox(deps, actor, { lockboxId: requestId, step: 'report' }, () =>
		deps.database.withTx(async (tx) => {
			const before = await loadLockbox(tx, requestId, true)
			demandByHand(before.snapshot.context.channel)
			const event = { type: 'SEEN' as const, seen, status: seen, at: at.toISOString() }
			if (!before.snapshot.can(event))
				throw new DomainError('LOCKBOX_CLOSED', 'This changes nothing any more.')
			return takeSight(tx, deps, before, { seen, status: seen, by: 'officer', note }, actor.personId, at)
		}),
	)
	deps.wake()
	return state
}

/** An officer has an answer that did not get through tried again. */
export async function retryAnswer(deps: Deps, actor: Actor, requestId: string): Promise<void> {
	demand(actor, 'lockbox:record')
	const at = deps.now().toISOString()
	await deps.database.withTx(async (tx) => {
		const before = await loadLockbox(tx, requestId, true)
		if (before.row.state !== 'sendFailed')
			throw new DomainError('LOCKBOX_CLOSED', 'Nothing is to be tried again.')
		await applyLockboxEvent(
			tx,
			deps,
			before,
			{ type: 'RETRY', at },
			(outcome) => ({ kind: 'lockbox.retried', open: { requestId, outcome }, sealed: {} }),
			actor.personId,
		)
	})
	deps.wake()
}

function demandByHand(channel: 'api' | 'by_hand'): void {
	if (channel === 'api')
		throw new DomainError('LOCKBOX_NOT_BY_HAND', 'The provider is asked and answered by its interface.')
}
