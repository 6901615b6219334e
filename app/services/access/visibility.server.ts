import { appointedTo } from '#db/queries/people.ts'
import type { RequestRow } from '#db/queries/requests.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'

/**
 * Who may see a request: the requester, whoever may read all, and everybody appointed to one of its stages, so that
 * an approver who no longer satisfies the charter learns the reason. For others it does not exist.
 */
export async function demandSight(
	{ database, now }: Pick<Deps, 'database' | 'now'>,
	actor: Actor,
	request: RequestRow,
): Promise<void> {
	if (actor.personId === request.requesterId || actor.permissions.has('request:read_all')) return
	const roles = request.context.stages.map(({ from }) => from)
	const appointed = await appointedTo(database.db, roles, now())
	if (!appointed.includes(actor.personId))
		throw new DomainError('NOT_FOUND', 'No such request.', { id: request.id })
}
