import type { Tx } from '#db/client.ts'
import type { RequestRow } from '#db/queries/requests.ts'
import { loadGrantState } from '#db/queries/workflow-rows.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import type { Deps } from '../deps.ts'
import { applyGrantEvent } from './step-grant.server.ts'

/**
 * An extension has been approved, in the transaction of the last approval: Entra is to be asked for the later end, and
 * until it shows it the old one stands. EXTENSION_LATE, and so no approval, where the access has begun to end.
 */
export async function extendGrant(
	tx: Tx,
	deps: Deps,
	request: RequestRow,
	grantId: string,
	at: Date,
): Promise<string> {
	const before = await loadGrantState(tx, grantId, true)
	const { endsAt, personId } = before.snapshot.context
	if (personId !== request.requesterId || endsAt === null || endsAt <= at.toISOString()) throw late()
	const extension = {
		requestId: request.id,
		endsAt: plusMs(endsAt, request.context.grantedSeconds * 1000),
	}
	try {
		await applyGrantEvent(
			tx,
			deps,
			before,
			{ type: 'EXTEND', ...extension, at: at.toISOString() },
			({ requestId }) => ({
				kind: 'grant.extending',
				open: { grantId, requestId, extensionRequestId: request.id, endsAt: extension.endsAt },
			}),
		)
	} catch (error) {
		if (isDomainError(error) && error.code === 'ILLEGAL_TRANSITION') throw late()
		throw error
	}
	return grantId
}

const late = () =>
	new DomainError('EXTENSION_LATE', 'The access that this was to extend has ended or is ending.')
