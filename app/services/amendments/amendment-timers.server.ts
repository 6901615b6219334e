import type { Tx } from '#db/client.ts'
import { loadAmendment } from '#db/queries/amendments.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { decide, type TimerEvent } from '#workflows/shared/decide.ts'
import { amendmentMachine } from '#workflows/charter/amendment.machine.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { readCharter } from '../charter/read-charter.server.ts'
import type { Deps } from '../deps.ts'
import { demandOwners } from './check-amendment.server.ts'
import { applyAmendmentEvent } from './step-amendment.server.ts'

/**
 * A deadline of an amendment: too few signatures in time, or the time at which it is to be in force. If it would lock
 * its owners out by then, it is stopped instead, and the version in force stays.
 */
export async function stepAmendmentTimer(
	tx: Tx,
	deps: Deps,
	amendmentId: string,
	event: TimerEvent,
): Promise<void> {
	await holdCharter(tx, 'change')
	const before = await loadAmendment(tx, amendmentId, true)
	const { next } = decide(amendmentMachine, before.snapshot, event)
	const refusal = next.value === 'inForce' ? await refusalToEnter(tx, deps, before.row.yaml, event) : null
	await applyAmendmentEvent(
		tx,
		deps,
		before,
		refusal === null ? event : { type: 'STOP', code: refusal, at: event.at },
		(_, state) =>
			state === 'lapsed'
				? { kind: 'amendment.lapsed', open: { amendmentId }, sealed: {} }
				: state === 'stopped'
					? { kind: 'amendment.stopped', open: { amendmentId, code: refusal ?? '' }, sealed: {} }
					: null,
		null,
	)
}

async function refusalToEnter(tx: Tx, deps: Deps, yaml: string, { at }: TimerEvent): Promise<string | null> {
	try {
		await demandOwners(tx, readCharter(yaml).charter, new Date(at))
		return null
	} catch (error) {
		// A text that was valid when it was proposed and no longer is must not enter either.
		if (isDomainError(error)) return error.code
		throw error
	}
}
