import { factRowsOf } from '#db/queries/fact-rows.ts'
import { tiesOf } from '#db/queries/erasure.ts'
import { findPerson, namesOf } from '#db/queries/people.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { recordRead } from '../audit/record-read.server.ts'
import type { Deps } from '../deps.ts'
import type { PersonName } from '../views.ts'
import type { FactPageView, PersonFactView } from './person-views.ts'
import type { FactName } from './record-fact.server.ts'
import { factViews, titlesOf } from './show-person.server.ts'

/** One fact with its corrections, for officers and for the person themselves; that an officer read it is recorded. */
export async function showFact(
	deps: Deps,
	actor: Actor,
	{ personId, kind, factId }: FactName,
): Promise<FactPageView> {
	const isSelf = actor.personId === personId
	if (!isSelf) demand(actor, 'people:values')
	const { db } = deps.database
	const person = await findPerson(db, personId)
	const rows = await factRowsOf(db, personId, [kind])
	const clearances = kind === 'visit' ? await factRowsOf(db, personId, ['clearance']) : []
	const facts = await factViews(deps, rows, deps.now(), clearances)
	const fact = facts.find(({ id }) => id === factId)
	if (!fact) throw new DomainError('NOT_FOUND', 'No such fact.', { factId })
	const chain = chainOf(facts, fact)
	if (!isSelf)
		await recordRead(deps, actor, {
			view: 'person',
			rows: chain.length,
			filter: { personId, factId },
			subject: personId,
		})
	const { charter } = await deps.charters.inForce(db)
	return {
		person: { id: personId, name: person.displayName },
		fact,
		chain,
		titles: titlesOf(charter),
		liveAccesses: (await tiesOf(db, personId)).liveAccesses,
	}
}

/** Whose file a form is about, for whoever may record in it. */
export async function nameOfPerson(deps: Deps, actor: Actor, personId: string): Promise<PersonName> {
	demand(actor, 'people:record')
	const { id, displayName } = await findPerson(deps.database.db, personId)
	return { id, name: displayName }
}

/** A fact, all that it corrects and all that correct it, in the order in which they were recorded. */
function chainOf(facts: readonly PersonFactView[], fact: PersonFactView): PersonFactView[] {
	const chain = [fact]
	const byId = new Map(facts.map((each) => [each.id, each]))
	const next = new Map(facts.map((each) => [each.corrects, each]))
	for (let first = byId.get(fact.corrects ?? ''); first; first = byId.get(first.corrects ?? ''))
		chain.unshift(first)
	for (let last = next.get(fact.id); last; last = next.get(last.id)) chain.push(last)
	return chain
}

/** The names of these people, for whoever may record about them; who is not known is left out. */
export async function namesOfPeople(
	deps: Deps,
	actor: Actor,
	personIds: readonly string[],
): Promise<PersonName[]> {
	demand(actor, 'people:record')
	const names = await namesOf(deps.database.db, personIds)
	return [...names]
		.map(([id, name]) => ({ id, name }))
		.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
}
