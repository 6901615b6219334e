import { everybody } from '#db/queries/people.ts'
import { factsOf } from '#db/queries/facts.ts'
import { charterStore } from '#app/services/charter/charter-store.server.ts'
import type { PersonToJudge } from '#app/services/readiness/judge-tenant.ts'
import type { Reader } from '#db/client.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { demandCharter, readPeopleFile } from '../charter/read-input.ts'
import { withDatabase } from '../open-database.ts'

const BATCH = 500

/** The charter of a file, or the one in force in the database. */
export async function charterFor(file: string | undefined): Promise<Charter> {
	if (file !== undefined) return (await demandCharter(file)).charter
	return withDatabase(async ({ db }) => (await charterStore().inForce(db, new Date())).charter, {
		instead: 'name a charter with --charter FILE',
	})
}

/** Does the work on people of a file, of the database, or on nobody. */
export async function peopleFor<T>(
	{ file, nobody, now }: { file: string | undefined; nobody: boolean; now: Date },
	work: (people: AsyncIterable<PersonToJudge>) => Promise<T>,
): Promise<T> {
	if (nobody) return work(inOrder([]))
	if (file !== undefined) {
		const people = await readPeopleFile(file, now)
		return work(inOrder(people.map(({ entraObjectId, facts }) => ({ objectId: entraObjectId, facts }))))
	}
	return withDatabase(async ({ db }) => work(peopleOf(db)), {
		instead: 'name people by --people FILE, or give --nobody for a first look',
	})
}

async function* inOrder(people: readonly PersonToJudge[]): AsyncGenerator<PersonToJudge> {
	yield* people
}

async function* peopleOf(reader: Reader): AsyncGenerator<PersonToJudge> {
	for await (const people of everybody(reader, BATCH)) {
		const facts = await factsOf(
			reader,
			people.map(({ id }) => id),
		)
		for (const { id, entraObjectId } of people) {
			const known = facts.get(id)
			if (known) yield { objectId: entraObjectId, facts: known }
		}
	}
}
