import type { Tx } from '#db/client.ts'
import { findPerson } from '#db/queries/people.ts'
import type { RequestRow } from '#db/queries/requests.ts'
import { insertGrant } from '#db/queries/workflow-rows.ts'
import { grantMachine } from '#workflows/grants/grant.machine.ts'
import { isOutward } from '#workflows/shared/commands.ts'
import { begin } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Deps } from '../deps.ts'
import { extendGrant } from './extend-grant.server.ts'
import { placeOf } from '#workflows/grants/place.ts'

/**
 * Opens the grant of an approved request, in the transaction of the approval; its first job is queued with it. Where the
 * request is to extend an access, that one is asked to last longer. Gives the id of the grant. WINDOW_LAPSED where the
 * time that was asked for is over, EXTENSION_LATE where there is nothing to extend any more: then nothing is approved.
 */
export async function openGrant(
	tx: Tx,
	deps: Deps,
	request: RequestRow,
	entryId: string,
	at: Date,
): Promise<string> {
	if (request.extendsGrantId !== null) return extendGrant(tx, deps, request, request.extendsGrantId, at)
	const { charter } = await deps.charters.version(tx, request.charterVersionId)
	const access = charter.roles[request.role]?.access
	if (!access) throw new DomainError('ROLE_NOT_REQUESTABLE', 'The charter has no such role to ask for.')
	const person = await findPerson(tx, request.requesterId)
	const durationMs = request.context.grantedSeconds * 1000
	const { startAt } = request
	if (startAt !== null && startAt.getTime() + durationMs <= at.getTime())
		throw new DomainError('WINDOW_LAPSED', 'The time that this access was asked for is over.')
	const input = {
		grantId: deps.newId(),
		requestId: request.id,
		personId: person.id,
		principalId: person.entraObjectId,
		place: placeOf(access, deps.tenant.groups),
		durationMs,
		openedAt: at.toISOString(),
		startAt: startAt !== null && startAt > at ? startAt.toISOString() : null,
	}
	const decided = begin(grantMachine, input, at.toISOString())
	await insertGrant(tx, { role: request.role, createdAt: at }, decided, {
		event: { type: 'OPEN', input },
		actorId: null,
		entryId,
		at,
	})
	await deps.enqueue(tx, decided.commands.filter(isOutward))
	return input.grantId
}
