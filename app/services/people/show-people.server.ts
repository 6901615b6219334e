import { factsOf } from '#db/queries/facts.ts'
import { searchPeople, type PersonSearch } from '#db/queries/person-search.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { earliest } from '#workflows/shared/instants.ts'
import { demand, type Actor } from '../actor.ts'
import { roleName } from '../access/summarise.server.ts'
import type { Deps } from '../deps.ts'
import type { PersonSummary } from '../views.ts'

const PAGE = 50
/** What ends within so long is lapsing. */
const LAPSING_MS = 90 * 86_400_000

export type PeopleSearch = Partial<PersonSearch>

/**
 * A page of people in order of name who fit a search. Whom to find by nationality or level is for those who may see
 * these; everybody else could tell them from who is found.
 */
export async function showPeople(
	{ database, now, charters }: Deps,
	actor: Actor,
	{ search, after }: { search: PeopleSearch; after: { displayName: string; id: string } | null },
): Promise<{ people: PersonSummary[]; next: { displayName: string; id: string } | null }> {
	demand(actor, 'people:read')
	const { text = '', role = null, facility = null, country = null, level = null } = search
	if (country !== null || level !== null) demand(actor, 'people:values')
	const at = now()
	const { charter } = await charters.inForce(database.db, at)
	const rows = await searchPeople(
		database.db,
		{ text, role, facility, country, level },
		{ at, after, limit: PAGE + 1 },
	)
	const shown = rows.slice(0, PAGE)
	const facts = await factsOf(
		database.db,
		shown.map(({ id }) => id),
	)
	const people = shown.map(({ id, displayName, userPrincipalName, employer, personnelNumber }) => ({
		id,
		name: displayName,
		userPrincipalName,
		personnelNumber,
		employer,
		...fitnessOf(charter, facts.get(id), at),
	}))
	const last = shown.at(-1)
	return { people, next: rows.length > PAGE && last ? { displayName: last.displayName, id: last.id } : null }
}

/** Roles and facilities of the charter in force, for choosing from. */
export async function peopleChoices({ database, charters }: Deps, actor: Actor) {
	demand(actor, 'people:read')
	const { charter } = await charters.inForce(database.db)
	const titled = (all: Readonly<Record<string, { title: string }>>) =>
		Object.entries(all)
			.map(([key, { title }]) => ({ key, title }))
			.sort((a, b) => a.title.localeCompare(b.title))
	const keysOf = (name: 'briefings' | 'training') => [
		...new Set(Object.values(charter.roles).flatMap((role) => (role[name] ?? []).map(({ key }) => key))),
	]
	return {
		roles: titled(charter.roles),
		facilities: titled(charter.facilities),
		keys: { briefing: keysOf('briefings'), training: keysOf('training') },
	}
}

/** At a glance: whether all appointments are satisfied, and until when. */
function fitnessOf(charter: Charter, facts: PersonFacts | undefined, at: Date) {
	const now = at.toISOString()
	const held = (facts?.appointments ?? [])
		.filter(({ validUntil, validFrom }) => validFrom <= now && (validUntil === null || validUntil > now))
		.map(({ role }) => role)
	const verdicts = facts
		? held.map((role) => judge(charter, facts, { role, part: 'holder', at: now, durationMs: 0 }))
		: []
	const holdsUntil = earliest(verdicts.map((verdict) => (verdict.permit ? verdict.until : null)))
	const isFit = verdicts.length > 0 && verdicts.every(({ permit }) => permit)
	const soon = new Date(at.getTime() + LAPSING_MS).toISOString()
	const state: PersonSummary['state'] =
		verdicts.length === 0
			? 'none'
			: !isFit
				? 'stopped'
				: holdsUntil !== null && holdsUntil <= soon
					? 'lapsing'
					: 'fit'
	return {
		appointments: held.map((role) => roleName(charter, role).title),
		state,
		isFit,
		holdsUntil,
	}
}
