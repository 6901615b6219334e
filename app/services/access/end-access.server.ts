import { findGrant, findRequest, openExtensionsOf } from '#db/queries/requests.ts'
import { loadRequestState, saveRequestStep } from '#db/queries/workflow-rows.ts'
import { privilegedMachine } from '#workflows/access/privileged.machine.ts'
import { decide } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { byToken, demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { stepGrant } from './step-grant.server.ts'

/** Takes a pending request back: whom it benefits can, and whoever filed it for them. */
export async function withdrawRequest(deps: Deps, actor: Actor, requestId: string): Promise<void> {
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		const before = await loadRequestState(tx, requestId, true)
		const { requesterId, filedBy } = before.snapshot.context
		if (requesterId !== actor.personId && filedBy !== actor.personId)
			throw new DomainError('NOT_FOUND', 'No such request.')
		const event = { type: 'WITHDRAW', actorId: actor.personId, at: at.toISOString() } as const
		const decided = decide(privilegedMachine, before.snapshot, event)
		const entryId = await recordEntry(tx, deps, {
			kind: 'request.withdrawn',
			subject: requesterId,
			actor: actor.personId,
			open: { requestId, ...byToken(actor) },
			sealed: {},
			at,
		})
		await saveRequestStep(tx, before, decided, { event, actorId: actor.personId, entryId, at })
	})
	deps.wake()
}

/** The request that an access of one's own came of; NOT_FOUND for those of others. */
export async function requestOfOwnGrant(deps: Deps, actor: Actor, grantId: string): Promise<string> {
	const { personId, requestId } = await findGrant(deps.database.db, grantId)
	if (personId !== actor.personId) throw new DomainError('NOT_FOUND', 'No such grant.', { id: grantId })
	return requestId
}

/** Ends an access before its time, or before it begins: the requester their own, a security officer anybody's. */
export async function endGrant(deps: Deps, actor: Actor, requestId: string): Promise<void> {
	const request = await findRequest(deps.database.db, requestId)
	if (request.grantId === null) throw new DomainError('NOT_FOUND', 'This request has no grant.')
	const grant = await findGrant(deps.database.db, request.grantId)
	const isOwn = grant.personId === actor.personId
	if (!isOwn) demand(actor, 'grant:end_any')
	const cause = isOwn ? 'requester' : 'security_officer'
	await stepGrant(
		deps,
		grant.id,
		{ type: 'END', cause, actorId: actor.personId, at: deps.now().toISOString() },
		({ grantId }, state) =>
			state === 'voided'
				? { kind: 'grant.ended', open: { grantId, requestId, how: 'never_active', ...byToken(actor) } }
				: { kind: 'grant.ending', open: { grantId, requestId, cause, ...byToken(actor) } },
		actor.personId,
	)
	// Nothing is left that could be extended. Whoever dies here is followed by the sweep.
	const requestIds = await openExtensionsOf(deps.database.db, grant.id)
	if (requestIds.length === 0) return
	await deps.database.withTx((tx) =>
		settleMany(tx, deps, { requestIds, grantIds: [] }, { cause, actorId: actor.personId }),
	)
	deps.wake()
}
