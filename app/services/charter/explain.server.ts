import { validate as isUuid } from 'uuid'
import { factsOfPerson } from '#db/queries/facts.ts'
import { findCharterVersionNumber } from '#db/queries/charter.ts'
import { findPerson, listPeople } from '#db/queries/people.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge, partIn, verdictDigest } from '#workflows/charter/eligibility.ts'
import { asKnownAt, type PersonFacts } from '#workflows/charter/facts.ts'
import { roleOf, type Question } from '#workflows/charter/term.ts'
import { withoutValues } from '#workflows/people/coarse-reasons.ts'
import type { Verdict } from '#workflows/charter/verdict.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import { titleOf } from '../access/summarise.server.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { PersonName } from '../views.ts'
import type { ExplanationView } from './views.ts'

/** What somebody wants explained. What is left out: the part one plays in the role of itself, any facility, no time. */
export type ExplainQuestion = {
	role: string
	part?: Question['part'] | undefined
	/** Approver only: the stage, counted from 1. */
	stage?: number | undefined
	facility?: string | undefined
	durationSeconds?: number | undefined
	/** Judge presence, working hours and other live access as well, which only ever hold for hours. */
	isMomentary?: boolean | undefined
}

/** A charter text that is explained under; `inForceFrom` is null for one that never was in force. */
export type ExplainedCharter = { charter: Charter; textSha256: string; inForceFrom: Instant | null }

/**
 * Why a person may or may not, as data. Pure but for its arguments: the page and the command line say the same.
 * `facts` hold what is to be known at `knownAt`.
 */
export function explain(
	{ charter, textSha256, inForceFrom }: ExplainedCharter,
	person: PersonName,
	facts: PersonFacts,
	{ role, part, stage = 1, facility, durationSeconds = 0, isMomentary = false }: ExplainQuestion,
	{ at, knownAt }: { at: Instant; knownAt: Instant },
): ExplanationView & { facts: PersonFacts } {
	const played = part ?? partIn(charter, role)
	const known = asKnownAt(facts, knownAt)
	const isApprover = played === 'approver'
	const takesTime = played === 'requester' || played === 'beneficiary'
	const verdict = judge(charter, known, {
		role,
		part: played,
		...(isApprover ? { stage: stage - 1 } : {}),
		...(facility !== undefined && takesTime ? { facility } : {}),
		at,
		durationMs: takesTime ? durationSeconds * 1000 : 0,
		standing: !isMomentary,
	})
	const from = roleOf(charter, role)?.access?.stages[stage - 1]?.from
	return {
		person,
		role: { key: role, title: titleOf(charter, role) },
		part: played,
		stage: isApprover ? { number: stage, title: from === undefined ? '' : titleOf(charter, from) } : null,
		facility: facility !== undefined && takesTime ? (charter.facilities[facility]?.title ?? facility) : null,
		durationSeconds: takesTime ? durationSeconds : 0,
		at,
		knownAt,
		isMomentary,
		charter: { title: charter.charter.title, version: charter.charter.version, textSha256, inForceFrom },
		verdict,
		verdictSha256: verdictDigest(verdict),
		facts: known,
		titles: titlesIn(charter, known),
	}
}

function titlesIn(charter: Charter, { appointments, facilities }: PersonFacts): Record<string, string> {
	const titles: Record<string, string> = {}
	for (const { role } of appointments) titles[role] = titleOf(charter, role)
	for (const { facility } of facilities) titles[facility] = charter.facilities[facility]?.title ?? facility
	return titles
}

export type ExplainForm = ExplainQuestion & {
	personId: string
	/** Left out: now. */
	at?: Date | undefined
	/** Left out: all that is known now. */
	knownAt?: Date | undefined
	/** Number of a charter version; left out, the one in force at that instant. */
	version?: number | undefined
}

/**
 * The same for a person on record, under the charter that was in force at the instant asked about, or under any other
 * version. The facts themselves come only to readers who may see the person's file; others are told of each clause
 * whether it is satisfied, and nothing from which a nationality could be told.
 */
export async function explainEligibility(
	deps: Deps,
	actor: Actor,
	{ personId, at, knownAt, version, ...question }: ExplainForm,
): Promise<ExplanationView> {
	demand(actor, 'eligibility:explain')
	const { db } = deps.database
	const now = deps.now()
	const person = await findPerson(db, personId)
	const row =
		version === undefined
			? await deps.charters.inForce(db, at ?? now)
			: await deps.charters.version(db, (await findCharterVersionNumber(db, version)).id)
	const known = knownAt ?? now
	const told = explain(
		{ charter: row.charter, textSha256: row.textSha256, inForceFrom: row.inForceFrom.toISOString() },
		{ id: person.id, name: person.displayName },
		await factsOfPerson(db, personId, known),
		question,
		{ at: (at ?? now).toISOString(), knownAt: known.toISOString() },
	)
	const maySeeFacts = actor.permissions.has('people:values') || actor.personId === personId
	return maySeeFacts ? told : { ...told, verdict: veiled(told.verdict), facts: null, titles: {} }
}

/** The verdict for somebody who may know whether the charter is satisfied, and not what is recorded. */
function veiled(verdict: Verdict): Verdict {
	const clauses = withoutValues(verdict.clauses)
	return verdict.permit
		? { ...verdict, clauses }
		: { permit: false, clauses, denials: clauses.filter(({ satisfied }) => !satisfied) }
}

const FOUND = 20

/** People whose name, address or employer holds this text, or the one with this id, for choosing whom to explain. */
export async function findExplainable(deps: Deps, actor: Actor, search: string): Promise<PersonName[]> {
	demand(actor, 'eligibility:explain')
	if (isUuid(search)) {
		const { id, displayName } = await findPerson(deps.database.db, search)
		return [{ id, name: displayName }]
	}
	const rows = await listPeople(deps.database.db, { search, after: null, limit: FOUND })
	return rows.map(({ id, displayName }) => ({ id, name: displayName }))
}

/** Roles and facilities that can be asked about under a version: what the explorer lets one choose from. */
export async function explainable(deps: Deps, actor: Actor, version: number | undefined) {
	demand(actor, 'eligibility:explain')
	const { db } = deps.database
	const { charter } =
		version === undefined
			? await deps.charters.inForce(db)
			: await deps.charters.version(db, (await findCharterVersionNumber(db, version)).id)
	return {
		roles: Object.entries(charter.roles).map(([key, { title, access }]) => ({
			key,
			title,
			isRequestable: access !== undefined,
			stages: access?.stages.length ?? 0,
		})),
		facilities: Object.entries(charter.facilities).map(([key, { title }]) => ({ key, title })),
	}
}
