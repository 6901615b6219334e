import type { Tx } from '#db/client.ts'
import type { LockboxRow } from '#db/queries/lockbox.ts'
import { appointedTo } from '#db/queries/people.ts'
import type { LockboxContext, LockboxState } from '#workflows/lockbox/lockbox-context.ts'
import type { NoticeKind } from '#workflows/notify/notice-kinds.ts'
import { notify, type NotifyDeps, type Recipient, type Telling } from '../notify/notify.server.ts'

type LockboxNotice = Extract<NoticeKind, `lockbox_${string}`>
type Where = { state: LockboxState; context: LockboxContext }

const OFFICERS: Recipient = { duty: 'security_officer' }
const OWNERS: Recipient = { duty: 'charter_owner' }

/** Holders of the role that decides now; whether they satisfy the charter is asked when they decide. */
const deciders = (tx: Tx, { stages, stage, barred }: LockboxContext, at: Date) =>
	appointedTo(tx, stages[stage] ? [stages[stage].from] : [], at).then((all) =>
		all.filter((id) => !barred.includes(id)),
	)
/** Holders of every role that decides at some stage. */
const everyStage = (tx: Tx, { stages }: LockboxContext, at: Date) =>
	appointedTo(tx, [...new Set(stages.map(({ from }) => from))], at)

/**
 * Tells everybody whom a step concerns, in its transaction. `before` is null for a request that has just come in. What
 * was decided beside us, and what did not get through, is urgent; the rest can wait for a digest.
 */
export async function tellLockbox(
	tx: Tx,
	deps: NotifyDeps,
	row: Pick<LockboxRow, 'id' | 'requesterId' | 'beneficiaryId'>,
	before: Where | null,
	{ state, context }: Where,
	at: Date,
): Promise<void> {
	const tellings: Telling[] = []
	const tell = (kind: LockboxNotice, to: readonly Recipient[], more: Partial<Telling> = {}) =>
		tellings.push({
			kind,
			to,
			about: { type: 'lockbox', id: row.id },
			code: 'LOCKBOX',
			deadline: context.deadline,
			at,
			...more,
		})
	const insiders = [
		...new Set([row.requesterId, row.beneficiaryId].filter((id): id is string => id !== null)),
	]
	const isNew = (wanted: LockboxState) => state === wanted && before?.state !== wanted
	const stageOpened = state === 'pending' && (before === null || before.context.stage !== context.stage)
	const fallen = (where: Where | null) =>
		where === null ? 0 : where.context.decisions.filter(({ fell }) => fell !== undefined).length
	if (before !== null && fallen({ state, context }) > fallen(before))
		tell('lockbox_approval_fell', await deciders(tx, context, at), { deadline: context.decideBy })
	else if (stageOpened)
		tell('lockbox_arrived', await deciders(tx, context, at), { deadline: context.decideBy })
	const { requesterFell } = context
	if (requesterFell !== undefined && before?.context.requesterFell === undefined && state !== 'denying')
		tell('lockbox_end_by_hand', [OFFICERS, OWNERS, ...(await everyStage(tx, context, at))], {
			deadline: context.accessEndsAt,
			code: requesterFell.code,
		})
	if (isNew('approving') || isNew('denying')) {
		if (context.channel === 'by_hand' && before?.state !== 'sendFailed')
			tell('lockbox_answer_due', [OFFICERS])
		tell('lockbox_decided', insiders)
	}
	if (isNew('sendFailed')) tell('lockbox_send_failed', [OFFICERS, ...(await everyStage(tx, context, at))])
	const isOutOfBand = context.isOutOfBand && before?.context.isOutOfBand !== true
	if (isOutOfBand)
		tell('lockbox_out_of_band', [OFFICERS, OWNERS, ...(await everyStage(tx, context, at))], {
			deadline: context.accessEndsAt,
		})
	if (isNew('approvedAtProvider'))
		tell('lockbox_access_open', [OFFICERS, ...(await everyStage(tx, context, at)), ...insiders], {
			deadline: context.accessEndsAt,
		})
	if (isNew('accessEnded') && !isOutOfBand)
		tell('lockbox_access_ended', [OFFICERS, ...(await everyStage(tx, context, at)), ...insiders], {
			deadline: null,
		})
	await notify(tx, deps, ...tellings)
}

/** So many readings in a row may go wrong before officers are told that a request may wait unseen. */
export const UNREAD_AFTER = 3

/** A provider stays unreadable, or is read again after that: once each. */
export async function tellReading(
	tx: Tx,
	deps: NotifyDeps,
	{ before, failures }: { before: number; failures: number },
	at: Date,
): Promise<void> {
	const kind =
		failures === UNREAD_AFTER
			? ('lockbox_unread' as const)
			: failures === 0 && before >= UNREAD_AFTER
				? ('lockbox_read_again' as const)
				: null
	if (kind === null) return
	await notify(tx, deps, {
		kind,
		to: [OFFICERS],
		about: { type: 'lockbox', id: null },
		code: 'LOCKBOX',
		at,
	})
}

export type ClockLeft = 'half' | 'quarter' | 'eighth'

/** The provider's clock runs out: whoever decides is told at half of it, the officers at a quarter, the owners at an eighth. */
export async function tellClock(
	tx: Tx,
	deps: NotifyDeps,
	{ id }: Pick<LockboxRow, 'id'>,
	{ state, context }: Where,
	left: ClockLeft,
	at: Date,
): Promise<void> {
	const to: Recipient[] = state === 'pending' ? await deciders(tx, context, at) : [OFFICERS]
	if (left !== 'half') to.push(OFFICERS)
	if (left === 'eighth') to.push(OWNERS)
	await notify(tx, deps, {
		kind: 'lockbox_runs_out',
		to,
		about: { type: 'lockbox', id },
		code: 'LOCKBOX',
		deadline: state === 'pending' ? context.decideBy : context.deadline,
		once: `lockbox:${id}:${left}`,
		at,
	})
}
