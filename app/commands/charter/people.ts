import type { OrganisationPerson } from '#app/sandbox/read-organisation.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { CommandError } from '../command-error.ts'

type Named = { id: string; displayName: string; userPrincipalName: string; employer: string }

/** Where people come from: the database, or a file. */
export type People = {
	/** Everybody who is called exactly so, by id, user principal name or name. */
	called(text: string): Promise<readonly Named[]>
	factsOf(id: string, knownAt: Date): Promise<PersonFacts>
	everybody(): AsyncIterable<PersonFacts>
	namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
}

export function peopleAmong(people: readonly OrganisationPerson[]): People {
	const isCalled = (text: string) => {
		const small = text.toLowerCase()
		return ({ id, displayName, userPrincipalName }: Named) =>
			displayName === text || userPrincipalName.toLowerCase() === small || id.toLowerCase() === small
	}
	return {
		called: (text) => Promise.resolve(people.filter(isCalled(text))),
		factsOf(id) {
			const person = people.find((one) => one.id === id)
			return person
				? Promise.resolve(person.facts)
				: Promise.reject(new CommandError(`Nobody has the id ${id}.`))
		},
		async *everybody() {
			for (const { facts } of people) yield facts
		},
		namesOf: () => Promise.resolve(new Map(people.map(({ id, displayName }) => [id, displayName]))),
	}
}

/** The one person who is called so. Says who there is when there are several. */
export async function thePerson(people: People, text: string): Promise<Named> {
	const [found, ...more] = await people.called(text)
	if (found === undefined) {
		throw new CommandError(
			`Nobody is called "${text}": give a user principal name, an id, or the name as it is recorded.`,
		)
	}
	if (more.length > 0) {
		const lines = [found, ...more].map(
			({ id, displayName, userPrincipalName, employer }) =>
				`  ${userPrincipalName}  ${id}  ${displayName}, ${employer}`,
		)
		throw new CommandError(
			`Several people are called "${text}". Name one by user principal name or id:\n${lines.join('\n')}`,
		)
	}
	return found
}
