import { holdCharter } from '#db/queries/charter.ts'
import { decisionsOfLockbox, loadLockbox, type StoredLockbox } from '#db/queries/lockbox.ts'
import { LockboxUnavailable, type LockboxPort } from '#app/integrations/lockbox-port.ts'
import { answerText } from '#app/services/lockbox/answer-text.ts'
import { codesAgainst } from '#app/services/lockbox/rule-out.server.ts'
import { applyLockboxEvent, takeSight } from '#app/services/lockbox/step-lockbox.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { isAnswering } from '#workflows/lockbox/lockbox-context.ts'
import type { ProviderRequest } from '#workflows/lockbox/provider-request.ts'
import { msBetween } from '#workflows/shared/instants.ts'
import { TryAgain } from './try-again.ts'

/** A provider that answered nothing may still be at it: before that an answer is not sent a second time. */
export const SETTLE_MS = 30_000
/** So often an answer is sent before it is an alarm; afterwards it goes on more slowly. */
const ATTEMPTS = 4
/** So long a provider may be out of reach before it is an alarm. */
const SILENT_MS = 2 * 60_000
const POLLS = 3
const POLL_MS = 400
const AGAIN_MS = 3000

/**
 * Sends the one answer of a request, or asks whether its access is over. It reads before it sends and reads after; what
 * it cannot tell it reads again, and never repeats blindly. Idempotent, and of no effect where nothing is owed.
 */
export async function followLockbox(deps: Deps, requestId: string): Promise<void> {
	const stored = await loadLockbox(deps.database.db, requestId)
	const { row } = stored
	if (stored.snapshot.context.channel !== 'api') return
	if (!isAnswering(row.state) && row.state !== 'accessEnding') return
	const port = deps.lockbox[row.provider]
	if (port === null) return fail(deps, requestId, 'NOT_CONFIGURED')
	const seen = await look(deps, port, stored)
	if (seen === 'settled') return
	if (seen.seen !== 'pending') return again(stored, `The provider says ${seen.status}.`)
	const { context } = (await loadLockbox(deps.database.db, requestId)).snapshot
	const now = deps.now().toISOString()
	// Its own deadline ends it.
	if (now >= context.deadline) return
	if (context.sentAt !== null && msBetween(context.sentAt, now) < SETTLE_MS)
		throw new TryAgain('The answer was sent, and the provider has not taken it in yet.', AGAIN_MS)
	if (row.state !== 'sendFailed' && context.attempts - context.attemptsBefore >= ATTEMPTS)
		return fail(deps, requestId, 'UNKNOWN_OUTCOME')
	await send(deps, port, requestId, seen)
}

/** What the provider says now, taken in; `settled` where that leaves nothing to do. */
async function look(
	deps: Deps,
	port: LockboxPort,
	{ row }: StoredLockbox,
): Promise<ProviderRequest | 'settled'> {
	let found: ProviderRequest | null
	try {
		found = await port.read(row.scope, row.providerRequestId)
	} catch (error) {
		if (!(error instanceof LockboxUnavailable)) throw error
		const { steppedAt } = row.context
		const isLong = msBetween(steppedAt, deps.now().toISOString()) >= SILENT_MS
		if (row.state !== 'sendFailed' && isAnswering(row.state) && (isLong || error.trouble === 'forbidden')) {
			await fail(deps, row.id, error.trouble.toUpperCase())
			return 'settled'
		}
		if (row.state === 'sendFailed') return 'settled'
		throw new TryAgain(`The provider could not be read: ${error.trouble}.`, 5000)
	}
	if (found === null) {
		if (isAnswering(row.state) && row.state !== 'sendFailed') await fail(deps, row.id, 'NOT_FOUND')
		return 'settled'
	}
	const { seen, status } = found
	const isOwed = await deps.database.withTx(async (tx) => {
		const before = await loadLockbox(tx, row.id, true)
		const state = await takeSight(
			tx,
			deps,
			before,
			{ seen, status, by: 'provider', note: '' },
			null,
			deps.now(),
		)
		return isAnswering(state)
	})
	deps.wake()
	return isOwed ? found : 'settled'
}

async function send(
	deps: Deps,
	port: LockboxPort,
	requestId: string,
	{ status }: ProviderRequest,
): Promise<void> {
	const at = deps.now().toISOString()
	// The attempt is in the record before it is made: whatever becomes of this process, an answer of ours is known as ours.
	const order = await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		const before = await loadLockbox(tx, requestId, true)
		const { context } = before.snapshot
		const { answer } = context
		if (answer === null || !before.snapshot.can({ type: 'SENDING', at })) return null
		// Between the quorum and now a rule, a person or an approver may have lapsed: then nothing is sent.
		if (answer === 'approve' && (await codesAgainst(tx, deps, before, deps.now())).length > 0)
			return 'ruledOut' as const
		const { version } = await deps.charters.version(tx, before.row.charterVersionId)
		const reason = answerText(before.row, context, await decisionsOfLockbox(tx, [requestId]), version)
		await applyLockboxEvent(
			tx,
			deps,
			before,
			{ type: 'SENDING', at },
			(_, { attempts }) => ({
				kind: 'lockbox.sending',
				open: { requestId, answer, attempt: attempts, by: 'worker', status: status.slice(0, 64) },
				sealed: { sent: { text: reason } },
			}),
			null,
		)
		return { row: before.row, answer, reason }
	})
	deps.wake()
	if (order === null) return
	if (order === 'ruledOut') return fail(deps, requestId, 'RULED_OUT')
	const { row, answer, reason } = order
	const outcome = await port.answer(row.scope, row.providerRequestId, { verdict: answer, reason })
	if (outcome.kind === 'refused') return fail(deps, requestId, outcome.code)
	if (outcome.kind === 'later')
		throw new TryAgain('The provider takes the answer later.', outcome.retryAfterMs ?? SETTLE_MS)
	for (let poll = 0; poll < POLLS; poll++) {
		const seen = await look(deps, port, await loadLockbox(deps.database.db, requestId))
		if (seen === 'settled') return
		await deps.pause(POLL_MS)
	}
	throw new TryAgain('The provider does not show the answer yet.', AGAIN_MS)
}

/** An alarm goes on by its own deadline; everything else is looked at again soon. */
function again({ row }: StoredLockbox, why: string): void {
	if (row.state !== 'sendFailed') throw new TryAgain(why, AGAIN_MS)
}

async function fail(deps: Deps, requestId: string, code: string): Promise<void> {
	const at = deps.now().toISOString()
	await deps.database.withTx(async (tx) => {
		const before = await loadLockbox(tx, requestId, true)
		const event = { type: 'SEND_FAILED' as const, code: code.slice(0, 64), at }
		const isKnown = before.row.state === 'sendFailed' && before.snapshot.context.failure === event.code
		if (!before.snapshot.can(event) || isKnown) return
		await applyLockboxEvent(
			tx,
			deps,
			before,
			event,
			(outcome) => ({
				kind: 'lockbox.send_failed',
				open: { requestId, code: event.code, outcome },
				sealed: {},
			}),
			null,
		)
	})
	deps.wake()
}
