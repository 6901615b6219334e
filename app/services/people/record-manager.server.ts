import type { Tx } from '#db/client.ts'
import { findPerson } from '#db/queries/people.ts'
import { lockManagers, managersOf, setManager } from '#db/queries/vetting.ts'
import { managersAbove } from '#workflows/people/direct-line.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { invalid } from '../vetting/find-person.server.ts'

/**
 * Records who manages a person where that is new; false where it is known already. Nobody manages themselves, be it
 * through others (OWN_MANAGER, MANAGER_CIRCLE). The caller has locked the person, and asks before and after whether the
 * actor stands in one line with them.
 */
export async function recordManager(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	personId: string,
	managerId: string | null,
	at: Date,
): Promise<boolean> {
	if (managerId === personId) throw invalid('manager', 'OWN_MANAGER')
	await lockManagers(tx)
	const known = (await findPerson(tx, personId)).managerId
	if (managerId === known) return false
	if (managerId !== null && managersAbove(await managersOf(tx, [managerId]), managerId).includes(personId))
		throw invalid('manager', 'MANAGER_CIRCLE')
	await setManager(tx, personId, managerId)
	await recordEntry(tx, deps, {
		kind: 'person.manager_recorded',
		subject: personId,
		actor: actor.personId,
		open: { managerId },
		sealed: {},
		at,
	})
	return true
}
