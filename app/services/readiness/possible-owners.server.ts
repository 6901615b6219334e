import { listPeople } from '#db/queries/people.ts'
import type { Deps } from '../deps.ts'
import type { PersonName } from '../views.ts'

/** More people than a list to choose from is of use for. */
const MOST = 500

/**
 * Whom a field for the owner of a task offers. Whoever is not among them is typed: by full name, user principal name or id. Of
 * people who are called the same, each is offered by user principal name.
 */
export async function possibleOwners({ database }: Deps): Promise<PersonName[]> {
	const people = await listPeople(database.db, { search: '', after: null, limit: MOST })
	const called = Map.groupBy(people, ({ displayName }) => displayName)
	return people.map(({ id, displayName, userPrincipalName }) => ({
		id,
		name: called.get(displayName)?.length === 1 ? displayName : userPrincipalName,
	}))
}
