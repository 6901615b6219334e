import { endAbsence, findAbsence, insertAbsence, isAwayBetween } from '#db/queries/absences.ts'
import { factsOf } from '#db/queries/facts.ts'
import { appointedTo, lockPeople, namesOf } from '#db/queries/people.ts'
import type { Reader } from '#db/client.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { groupsOf } from '#workflows/charter/stage-groups.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import type { PersonName } from '../views.ts'

/** Longest absence that is recorded at once. */
const LONGEST_DAYS = 92
/** So far back a beginning may lie and still mean "now". */
const TOLERANCE_MS = 5 * 60_000

export type AbsenceForm = { from: Date; until: Date; standInId: string | null }

/**
 * Records that an approver is away: they are not reminded, and it shows. Somebody they name stands in for them: who may
 * decide at their stages anyway, or holds the role that those escalate to and may then decide at once. It makes nobody
 * eligible, which is judged whenever they decide, and cannot be passed on.
 */
export async function recordAbsence(deps: Deps, actor: Actor, form: AbsenceForm): Promise<string> {
	demand(actor, 'request:decide')
	const at = deps.now()
	const validFrom = form.from < at ? at : form.from
	const { until: validUntil, standInId } = form
	const isPeriod =
		form.from.getTime() >= at.getTime() - TOLERANCE_MS &&
		validUntil > validFrom &&
		validUntil.getTime() - at.getTime() <= LONGEST_DAYS * 86_400_000
	if (!isPeriod)
		throw new DomainError('ABSENCE_PERIOD', 'An absence begins now or later and ends after that.', {
			days: LONGEST_DAYS,
		})
	const absenceId = deps.newId()
	await deps.database.withTx(async (tx) => {
		await lockPeople(tx, [actor.personId], 'update')
		if (await isAwayBetween(tx, actor.personId, validFrom, validUntil))
			throw new DomainError('ABSENCE_OVERLAPS', 'An absence in this time is recorded already.')
		if (standInId !== null) {
			const fit = await fitStandIns(tx, deps, actor, at)
			if (!fit.has(standInId))
				throw new DomainError('STAND_IN_UNFIT', 'The charter does not let this person decide there.')
		}
		const entryId = await recordEntry(tx, deps, {
			kind: 'absence.recorded',
			subject: actor.personId,
			actor: actor.personId,
			open: { absenceId, from: validFrom.toISOString(), until: validUntil.toISOString(), standInId },
			sealed: {},
			at,
		})
		await insertAbsence(tx, {
			id: absenceId,
			personId: actor.personId,
			standInId,
			validFrom,
			validUntil,
			recordedAt: at,
			entryId,
		})
	})
	deps.wake()
	return absenceId
}

/** Ends an absence before its time; only who is away can. */
export async function endOwnAbsence(deps: Deps, actor: Actor, absenceId: string): Promise<void> {
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		const absence = await findAbsence(tx, absenceId)
		if (absence.personId !== actor.personId) throw new DomainError('NOT_FOUND', 'No such absence.')
		if (absence.validUntil <= at) throw new DomainError('STALE_VERSION', 'This absence is over already.')
		const entryId = await recordEntry(tx, deps, {
			kind: 'absence.ended',
			subject: actor.personId,
			actor: actor.personId,
			open: { absenceId },
			sealed: {},
			at,
		})
		await endAbsence(tx, absence, at, entryId)
	})
	deps.wake()
}

/** Whom this person could name to stand in for them now, in order of name. */
export async function showStandIns(deps: Deps, actor: Actor): Promise<PersonName[]> {
	demand(actor, 'request:decide')
	const { db } = deps.database
	const fit = await fitStandIns(db, deps, actor, deps.now())
	const names = await namesOf(db, [...fit])
	return [...names].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name))
}

/** People who could decide at some stage where this person could, in their own right or where that stage escalates to. */
async function fitStandIns(
	reader: Reader,
	{ charters }: Pick<Deps, 'charters'>,
	actor: Actor,
	at: Date,
): Promise<Set<string>> {
	const { charter } = await charters.inForce(reader, at)
	const stages = Object.entries(charter.roles).flatMap(([role, { access }]) =>
		(access?.stages ?? []).flatMap((rule, stage) =>
			groupsOf(rule).map(({ from }, group) => ({ role, stage, group, from, to: rule.escalation?.to })),
		),
	)
	const candidates = await appointedTo(
		reader,
		stages.flatMap(({ from, to }) => (to === undefined ? [from] : [from, to])),
		at,
	)
	const facts = await factsOf(reader, [actor.personId, ...candidates])
	const own = facts.get(actor.personId)
	if (!own) return new Set()
	const theirs = stages.filter((each) => may(charter, own, each, false, at))
	return new Set(
		candidates.filter((id) => {
			const person = facts.get(id)
			return (
				id !== actor.personId &&
				person !== undefined &&
				theirs.some(
					(each) =>
						may(charter, person, each, false, at) ||
						(each.to !== undefined && may(charter, person, each, true, at)),
				)
			)
		}),
	)
}

const may = (
	charter: Charter,
	facts: PersonFacts,
	{ role, stage, group }: { role: string; stage: number; group: number },
	escalated: boolean,
	at: Date,
) =>
	judge(charter, facts, {
		role,
		part: 'approver',
		stage,
		...(group ? { group } : {}),
		...(escalated ? { escalated } : {}),
		at: at.toISOString(),
		durationMs: 0,
		standing: true,
	}).permit
