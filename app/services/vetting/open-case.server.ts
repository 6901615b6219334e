import { holdCharter } from '#db/queries/charter.ts'
import { findPerson, lockPeople } from '#db/queries/people.ts'
import { insertCase } from '#db/queries/vetting.ts'
import { isKnownLevel } from '#workflows/charter/clearance-schemes.ts'
import { clearanceModelOf } from '#workflows/people/clearance-models.ts'
import { vettingCaseMachine } from '#workflows/people/vetting-case.machine.ts'
import { begin } from '#workflows/shared/decide.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordManager } from '../people/record-manager.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { invalid, personNamed } from './find-person.server.ts'
import { demandOfficer, refusing } from './officer.server.ts'

export type OpenCaseForm = {
	personId: string
	scheme: string
	level: string
	post: string
	/** Name, user principal name or id; may be named later, when the sponsor has agreed. */
	sponsor: string
	/** The same of who manages the person; empty: nobody, or nobody is known. */
	manager: string
	neededFrom: Date | null
	neededUntil: Date | null
	reason: string
}

/** Whom a case is to be about, with who manages them as far as is known; what the form begins from. */
export async function beginCase(
	{ database, now }: Deps,
	actor: Actor,
	person: string,
): Promise<{ id: string; name: string; manager: string; today: string }> {
	demand(actor, 'vetting:run')
	const personId = await personNamed(database.db, 'person', person)
	if (personId === null) throw invalid('person', 'required')
	const { displayName, managerId } = await findPerson(database.db, personId)
	const manager = managerId === null ? '' : (await findPerson(database.db, managerId)).userPrincipalName
	return { id: personId, name: displayName, manager, today: now().toISOString().slice(0, 10) }
}

/**
 * Opens a vetting case and gives its id. Who manages the person is recorded with it, since officers in one line with them
 * must keep out: whoever is in it by what was known before cannot take themselves out. CASE_UNDERWAY when a case for the
 * same clearance is on the way.
 */
export async function openCase(deps: Deps, actor: Actor, form: OpenCaseForm): Promise<string> {
	demand(actor, 'vetting:run')
	const { db } = deps.database
	const { personId, scheme, level, post, neededFrom, neededUntil, reason } = form
	await findPerson(db, personId)
	if (!isKnownLevel(scheme, level)) throw invalid('level', 'UNKNOWN_LEVEL')
	if (clearanceModelOf(scheme).post && post === '') throw invalid('post', 'POST_NEEDED')
	if (neededFrom !== null && neededUntil !== null && neededUntil <= neededFrom)
		throw invalid('neededUntil', 'ENDS_BEFORE_IT_BEGINS')
	const sponsorId = await personNamed(db, 'sponsor', form.sponsor)
	const managerId = await personNamed(db, 'manager', form.manager)
	if (sponsorId === personId) throw invalid('sponsor', 'OWN_SPONSOR')
	if (managerId === personId) throw invalid('manager', 'OWN_MANAGER')
	const at = deps.now()
	const caseId = deps.newId()
	await refusing(deps, actor, { caseId, subjectId: personId, act: 'OPEN' }, () =>
		deps.database.withTx(async (tx) => {
			await holdCharter(tx, 'judge')
			await lockPeople(tx, [personId, actor.personId], 'update')
			await demandOfficer(tx, deps, actor.personId, { personId, sponsorId }, at)
			if (await recordManager(tx, deps, actor, personId, managerId, at))
				await demandOfficer(tx, deps, actor.personId, { personId, sponsorId }, at)
			const input = { caseId, subjectId: personId, sponsorId, at: at.toISOString() }
			const decided = begin(vettingCaseMachine, input, at.toISOString())
			const told = { scheme, level, post: post === '' ? null : post, sponsorId }
			const entryId = await recordEntry(tx, deps, {
				kind: 'vetting.opened',
				subject: personId,
				actor: actor.personId,
				open: { caseId },
				sealed: {
					case: {
						...told,
						neededFrom: neededFrom?.toISOString() ?? null,
						neededUntil: neededUntil?.toISOString() ?? null,
						reason,
					},
				},
				at,
			})
			await insertCase(
				tx,
				{ personId, ...told, neededFrom, neededUntil, openedBy: actor.personId, createdAt: at },
				decided,
				{ event: { type: 'OPEN', input }, actorId: actor.personId, entryId, at },
			)
		}),
	)
	deps.wake()
	return caseId
}
