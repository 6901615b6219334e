import { countCredentials } from '#db/queries/credentials.ts'
import { factRowsOf, type FactRow } from '#db/queries/fact-rows.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { findPerson, namesOf } from '#db/queries/people.ts'
import { tiesOf } from '#db/queries/erasure.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judgeAllRoles } from '#workflows/charter/eligibility.ts'
import { isCertifiable } from '#workflows/people/facts/check-visit.ts'
import { coarseGroup } from '#workflows/people/coarse-reasons.ts'
import { demand, type Actor } from '../actor.ts'
import { roleName } from '../access/summarise.server.ts'
import { recordRead } from '../audit/record-read.server.ts'
import type { Deps } from '../deps.ts'
import { heldClearances } from './visit-clearance.server.ts'
import type { CoarseReason, FactStatus, PersonFactView, PersonView } from './person-views.ts'

/**
 * One person: every fact with what it rests on, and for every role of the charter the verdict. What is recorded is shown
 * to officers and to the person themselves, and that an officer read it is recorded before; everybody else who may see
 * people is told whether the charter is satisfied, and no more.
 */
export async function showPerson(deps: Deps, actor: Actor, personId: string): Promise<PersonView> {
	const isSelf = actor.personId === personId
	if (!isSelf) demand(actor, 'people:read')
	const { db } = deps.database
	const at = deps.now()
	const person = await findPerson(db, personId)
	const seesValues = isSelf || actor.permissions.has('people:values')
	const { charter } = await deps.charters.inForce(db, at)
	const rows = seesValues ? await factRowsOf(db, personId) : []
	if (seesValues && !isSelf)
		await recordRead(deps, actor, {
			view: 'person',
			rows: rows.length,
			filter: { personId },
			subject: personId,
		})
	const ties = await tiesOf(db, personId)
	const managers = person.managerId === null ? new Map() : await namesOf(db, [person.managerId])
	return {
		id: person.id,
		name: person.displayName,
		userPrincipalName: person.userPrincipalName,
		employer: person.employer,
		personnelNumber: person.personnelNumber,
		entraObjectId: person.entraObjectId,
		manager:
			person.managerId === null
				? null
				: { id: person.managerId, name: (managers.get(person.managerId) as string | undefined) ?? '' },
		passkeys: await countCredentials(db, personId),
		facts: seesValues ? await factViews(deps, rows, at) : null,
		liveAccesses: ties.liveAccesses,
		roles: judgeAllRoles(charter, await factsOfPerson(db, personId), at.toISOString()).map(
			({ role, part, verdict }) => ({
				...roleName(charter, role),
				purpose: charter.roles[role]?.purpose ?? '',
				part,
				entraRole: charter.roles[role]?.access?.entra.name ?? null,
				permit: verdict.permit,
				verdict: seesValues ? verdict : null,
				coarse: coarseOf(verdict.clauses),
			}),
		),
		titles: titlesOf(charter),
	}
}

function coarseOf(clauses: readonly { code: CoarseReason['group']; satisfied: boolean }[]): CoarseReason[] {
	const groups = new Map<CoarseReason['group'], boolean>()
	for (const { code, satisfied } of clauses) {
		const group = code === 'NATIONALITY' ? code : coarseGroup(code)
		groups.set(group, (groups.get(group) ?? true) && satisfied)
	}
	return [...groups].map(([group, satisfied]) => ({ group, satisfied }))
}

/** Titles of roles and facilities by key. */
export const titlesOf = ({ roles, facilities }: Charter): Record<string, string> =>
	Object.fromEntries([...Object.entries(roles), ...Object.entries(facilities)].map(([k, v]) => [k, v.title]))

/**
 * Facts as a page tells them: names in place of ids, and where each stands at this instant. `clearances` are what visits are
 * laid against.
 */
export async function factViews(
	{ database }: Pick<Deps, 'database'>,
	rows: readonly FactRow[],
	at: Date,
	clearances: readonly FactRow[] = rows,
): Promise<PersonFactView[]> {
	const people = rows.flatMap(({ recordedBy, verifiedBy, retractedBy, course, values }) => [
		sponsorOf(values),
		recordedBy,
		verifiedBy,
		retractedBy,
		course.decidedBy,
		course.debriefedBy,
		course.triagedBy,
	])
	const names = await namesOf(
		database.db,
		people.filter((id) => id !== null),
	)
	const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null))
	const successors = new Map(rows.map(({ id, corrects }) => [corrects, id]))
	return rows.map((row) => ({
		id: row.id,
		kind: row.kind,
		values: row.kind === 'clearance' ? { ...row.values, sponsor: nameOf(sponsorOf(row.values)) } : row.values,
		status: statusOf(row, at),
		validFrom: row.validFrom.toISOString(),
		validUntil: row.validUntil?.toISOString() ?? null,
		recordedAt: row.recordedAt.toISOString(),
		recordedBy: nameOf(row.recordedBy),
		source: row.source,
		evidence: row.evidence,
		file:
			row.evidenceFileId === null || row.evidenceSha256 === null
				? null
				: { id: row.evidenceFileId, sha256: row.evidenceSha256 },
		verified:
			row.verifiedAt === null ? null : { at: row.verifiedAt.toISOString(), by: nameOf(row.verifiedBy) },
		retracted:
			row.retractedAt === null
				? null
				: {
						at: row.retractedAt.toISOString(),
						by: nameOf(row.retractedBy),
						reason: row.retractionReason,
						supersededBy: successors.get(row.id) ?? null,
					},
		corrects: row.corrects,
		course: {
			...row.course,
			decidedAt: row.course.decidedAt?.toISOString() ?? null,
			decidedBy: nameOf(row.course.decidedBy),
			debriefedAt: row.course.debriefedAt?.toISOString() ?? null,
			debriefedBy: nameOf(row.course.debriefedBy),
			triagedAt: row.course.triagedAt?.toISOString() ?? null,
			triagedBy: nameOf(row.course.triagedBy),
		},
		alarm: alarmOf(row, at, clearances),
	}))
}

const sponsorOf = ({ sponsorId }: FactRow['values']) => (typeof sponsorId === 'string' ? sponsorId : null)

function statusOf({ retractedAt, validFrom, validUntil, kind }: FactRow, at: Date): FactStatus {
	if (retractedAt !== null) return 'retracted'
	if (kind !== 'event' && validFrom > at) return 'upcoming'
	return validUntil !== null && validUntil <= at ? 'ended' : 'current'
}

function alarmOf(
	{ kind, retractedAt, validFrom, validUntil, course, values }: FactRow,
	at: Date,
	clearances: readonly FactRow[],
) {
	if (retractedAt !== null) return null
	if (kind === 'visit') {
		if (validUntil !== null && validUntil <= at) return null
		const visit = values as { scheme: string; level: string }
		const ahead = { validFrom: validFrom > at ? validFrom : at, validUntil }
		return isCertifiable(visit, ahead, heldClearances(clearances)) ? null : 'not_covered'
	}
	if (kind === 'event') return course.triagedAt === null ? 'untriaged' : null
	if (kind !== 'travel') return null
	if (course.verdict === null && course.debriefedAt === null && validFrom > at) return 'unapproved'
	if (validUntil !== null && validUntil <= at && course.debriefedAt === null && course.verdict !== 'refused')
		return 'debrief_owed'
	return course.verdict !== 'approved' && validFrom <= at && course.debriefedAt === null ? 'unapproved' : null
}
