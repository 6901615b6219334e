import { listPeople } from '#db/queries/people.ts'
import type { Deps } from '../deps.ts'
import type { PersonName } from '../views.ts'

/** More people than a list to choose from is of use for. */
const MOST = 500

/** Whom a task can be given to: everybody who is registered, as far as a list goes. */
export async function possibleOwners({ database }: Deps): Promise<PersonName[]> {
	const people = await listPeople(database.db, { search: '', after: null, limit: MOST })
	return people.map(({ id, displayName }) => ({ id, name: displayName }))
}
