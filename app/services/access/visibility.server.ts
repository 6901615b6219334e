import { standingInAt } from '#db/queries/absences.ts'
import { appointedTo } from '#db/queries/people.ts'
import type { RequestRow } from '#db/queries/requests.ts'
import { groupsOf } from '#workflows/charter/stage-groups.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'

/**
 * Who may see a request: whom it benefits, who filed it, whoever may read all, and everybody appointed to a role of one of
 * its stages or standing in for one of them, so that an approver who no longer satisfies the charter learns the reason. For
 * others it does not exist.
 */
export async function demandSight(
	{ database, now }: Pick<Deps, 'database' | 'now'>,
	actor: Actor,
	request: RequestRow,
): Promise<void> {
	if (actor.personId === request.requesterId || actor.personId === request.filedBy) return
	if (actor.permissions.has('request:read_all')) return
	const at = now()
	const roles = request.context.stages.flatMap((stage) => [
		...groupsOf(stage).map(({ from }) => from),
		...(stage.escalation ? [stage.escalation.to] : []),
	])
	const appointed = new Set(await appointedTo(database.db, roles, at))
	if (appointed.has(actor.personId)) return
	const standsIn = await standingInAt(database.db, actor.personId, at)
	if (!standsIn.some(({ personId }) => appointed.has(personId)))
		throw new DomainError('NOT_FOUND', 'No such request.', { id: request.id })
}
