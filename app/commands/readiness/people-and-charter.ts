import { everybody } from '#db/queries/people.ts'
import { factsOf } from '#db/queries/facts.ts'
import { charterStore } from '#app/services/charter/charter-store.server.ts'
import { approvedIn } from '#app/services/readiness/approved.server.ts'
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

/** People, and the holdings that an access of theirs stands behind, where a database knows of any. */
type Known = { people: AsyncIterable<PersonToJudge>; approved: ReadonlySet<string> }

/** Does the work on people of a file, of the database with the accesses that they have by it, or on nobody. */
export async function peopleFor<T>(
	{ charter, file, nobody, now }: { charter: Charter; file: string | undefined; nobody: boolean; now: Date },
	work: (known: Known) => Promise<T>,
): Promise<T> {
	const alone = (people: readonly PersonToJudge[]) => work({ people: inOrder(people), approved: new Set() })
	if (nobody) return alone([])
	if (file !== undefined) {
		const people = await readPeopleFile(file, now)
		return alone(people.map(({ entraObjectId, facts }) => ({ objectId: entraObjectId, facts })))
	}
	return withDatabase(
		async ({ db }) => work({ people: peopleOf(db), approved: await approvedIn(db, charter) }),
		{
			instead: 'name people by --people FILE, or give --nobody for a first look',
		},
	)
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
