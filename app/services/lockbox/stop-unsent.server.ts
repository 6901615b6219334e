import type { Tx } from '#db/client.ts'
import { loadLockbox } from '#db/queries/lockbox.ts'
import { isAnswering } from '#workflows/lockbox/lockbox-context.ts'
import type { Deps } from '../deps.ts'
import { codesAgainst } from './rule-out.server.ts'
import { applyLockboxEvent } from './step-lockbox.server.ts'

/** What an approval that is not to be sent any more has failed by. */
export const RULED_OUT = 'RULED_OUT'

/**
 * Stops a yes that a person is to carry over, where what it rests on fell since the quorum was whole: it is an alarm, as
 * with an interface, and nobody is to send it. What is said to be on its way already stays as it is. Gives why, by rule;
 * nothing where it stands. The caller holds the charter.
 */
export async function stopUnsent(
	tx: Tx,
	deps: Deps,
	requestId: string,
	actorId: string | null,
): Promise<string[]> {
	const stored = await loadLockbox(tx, requestId, true)
	const { row, snapshot } = stored
	const { channel, answer, failure } = snapshot.context
	if (channel !== 'by_hand' || answer !== 'approve' || !isAnswering(row.state)) return []
	const codes = await codesAgainst(tx, deps, stored, deps.now())
	const event = { type: 'SEND_FAILED' as const, code: RULED_OUT, at: deps.now().toISOString() }
	const isKnown = row.state === 'sendFailed' && failure === RULED_OUT
	if (codes.length > 0 && snapshot.context.attempts === 0 && !isKnown && snapshot.can(event))
		await applyLockboxEvent(
			tx,
			deps,
			stored,
			event,
			(outcome) => ({
				kind: 'lockbox.send_failed',
				open: { requestId, code: RULED_OUT, outcome },
				sealed: {},
			}),
			actorId,
		)
	return codes
}
