import { countCredentials } from '#db/queries/credentials.ts'
import { factsOf, factsOfPerson } from '#db/queries/facts.ts'
import { detailedFacts, findPerson, listPeople, namesOf } from '#db/queries/people.ts'
import { judge, judgeAllRoles } from '#workflows/charter/eligibility.ts'
import { earliest } from '#workflows/shared/instants.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { roleName } from '../access/summarise.server.ts'
import type { PersonSummary, PersonView } from '../views.ts'

const PAGE = 50

/** A page of people in order of name. */
export async function showPeople(
	{ database, now, charters }: Deps,
	actor: Actor,
	{ search, after }: { search: string; after: { displayName: string; id: string } | null },
): Promise<{ people: PersonSummary[]; next: { displayName: string; id: string } | null }> {
	demand(actor, 'people:read')
	const at = now()
	const { charter } = await charters.inForce(database.db, at)
	const rows = await listPeople(database.db, { search, after, limit: PAGE + 1 })
	const shown = rows.slice(0, PAGE)
	const facts = await factsOf(
		database.db,
		shown.map(({ id }) => id),
	)
	const people = shown.map(({ id, displayName, userPrincipalName, employer }) => {
		const known = facts.get(id)
		const held = (known?.appointments ?? []).map(({ role }) => role)
		const verdicts = known
			? held.map((role) =>
					judge(charter, known, { role, part: 'holder', at: at.toISOString(), durationMs: 0 }),
				)
			: []
		return {
			id,
			name: displayName,
			userPrincipalName,
			employer,
			appointments: held.map((role) => roleName(charter, role).title),
			isFit: verdicts.length > 0 && verdicts.every(({ permit }) => permit),
			holdsUntil: earliest(verdicts.map((verdict) => (verdict.permit ? verdict.until : null))),
		}
	})
	const last = shown.at(-1)
	return { people, next: rows.length > PAGE && last ? { displayName: last.displayName, id: last.id } : null }
}

/** One person: every fact with what it rests on, and for every role of the charter the verdict with all reasons. */
export async function showPerson(
	{ database, now, charters }: Deps,
	actor: Actor,
	personId: string,
): Promise<PersonView> {
	demand(actor, 'people:read')
	const { db } = database
	const at = now()
	const person = await findPerson(db, personId)
	const { charter } = await charters.inForce(db, at)
	const detailed = await detailedFacts(db, personId)
	const facts = await factsOfPerson(db, personId)
	const recorders = Object.values(detailed).flatMap((rows) => rows.map(({ recordedBy }) => recordedBy))
	const names = await namesOf(
		db,
		recorders.filter((id) => id !== null),
	)
	const told = <
		T extends {
			id: string
			validFrom: Date
			validUntil: Date | null
			recordedAt: Date
			recordedBy: string | null
			evidence: string
		},
	>(
		row: T,
	) => ({
		id: row.id,
		validFrom: row.validFrom.toISOString(),
		validUntil: row.validUntil?.toISOString() ?? null,
		recordedAt: row.recordedAt.toISOString(),
		recordedBy: row.recordedBy === null ? null : (names.get(row.recordedBy) ?? null),
		evidence: row.evidence,
	})
	return {
		id: person.id,
		name: person.displayName,
		userPrincipalName: person.userPrincipalName,
		employer: person.employer,
		entraObjectId: person.entraObjectId,
		passkeys: await countCredentials(db, personId),
		citizenships: detailed.citizenships.map((row) => ({ ...told(row), country: row.country })),
		clearances: detailed.clearances.map((row) => ({
			...told(row),
			scheme: row.scheme,
			level: row.level,
			issuer: row.issuer,
			state: row.state,
		})),
		appointments: detailed.appointments.map((row) => ({ ...told(row), ...roleName(charter, row.role) })),
		facilities: detailed.facilities.map((row) => ({
			...told(row),
			title: charter.facilities[row.facility]?.title ?? row.facility,
		})),
		roles: judgeAllRoles(charter, facts, at.toISOString()).map(({ role, part, verdict }) => ({
			...roleName(charter, role),
			purpose: charter.roles[role]?.purpose ?? '',
			part,
			entraRole: charter.roles[role]?.access?.entra.name ?? null,
			verdict,
		})),
	}
}
