import type { Tx } from '#db/client.ts'
import { clearanceProblem } from '#workflows/people/facts/check-clearance.ts'
import type { FactKind, FactValues } from '#workflows/people/facts/fact-kinds.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { invalid, personNamed } from '../vetting/find-person.server.ts'
import { demandNotStopped } from '../vetting/stopped.server.ts'

/**
 * The values of a form of a clearance with the sponsor found, whom people name by name, user principal name or id;
 * INVALID_INPUT where that is nobody or several. Values of any other kind as they are.
 */
export async function withSponsor(
	{ database }: Pick<Deps, 'database'>,
	kind: FactKind,
	values: unknown,
): Promise<unknown> {
	if (kind !== 'clearance' || typeof values !== 'object' || values === null || !('sponsor' in values))
		return values
	const { sponsor, ...said } = values
	const text = typeof sponsor === 'string' ? sponsor.trim() : ''
	return { ...said, sponsorId: await personNamed(database.db, 'sponsor', text) }
}

/**
 * INVALID_INPUT where a clearance lacks what its scheme hangs it on, CLEARANCE_STOPPED where a vetting case has stopped
 * what is to be granted. The caller has locked the person.
 */
export async function demandClearance(
	tx: Tx,
	actor: Actor,
	personId: string,
	clearance: FactValues['clearance'],
): Promise<void> {
	const problem = clearanceProblem(clearance, { personId, recorderId: actor.personId })
	if (problem !== null) throw invalid(problem.field, problem.problem)
	if (clearance.state === 'granted') await demandNotStopped(tx, personId, clearance)
}
