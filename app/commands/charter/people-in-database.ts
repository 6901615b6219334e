import type { Reader } from '#db/client.ts'
import { factsOf, factsOfPerson } from '#db/queries/facts.ts'
import { everybody, namesOf, peopleCalled } from '#db/queries/people.ts'
import { withDatabase } from '../open-database.ts'
import type { People } from './people.ts'

const BATCH = 500

export const peopleOf = (reader: Reader): People => ({
	called: (text) => peopleCalled(reader, text),
	factsOf: (id, knownAt) => factsOfPerson(reader, id, knownAt),
	async *everybody() {
		for await (const people of everybody(reader, BATCH)) {
			const ids = people.map(({ id }) => id)
			yield* (await factsOf(reader, ids)).values()
		}
	},
	async namesOf(ids) {
		const names = new Map<string, string>()
		for (let from = 0; from < ids.length; from += BATCH)
			for (const [id, name] of await namesOf(reader, ids.slice(from, from + BATCH))) names.set(id, name)
		return names
	},
})

/** Runs the work on everybody in the database; `instead` says what can be done without one. */
export const withPeople = <T>(work: (people: People) => Promise<T>, instead: string): Promise<T> =>
	withDatabase(({ db }) => work(peopleOf(db)), { instead })
