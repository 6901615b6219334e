import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { loadCase, subjectOfCase, type StoredCase } from '#db/queries/vetting.ts'
import type { OneOfficerAct, VettingState } from '#workflows/people/vetting-case.events.ts'
import { needsReason } from '#workflows/people/vetting-case.acting.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordBriefing, type BriefingForm } from './brief-person.server.ts'
import { invalid, personNamed } from './find-person.server.ts'
import { demandEvidence, demandOfficer, refusing } from './officer.server.ts'
import { applyCaseEvent, type CaseEvent } from './step-case.server.ts'

export type ActForm = {
	caseId: string
	/** The version of the case that the officer saw. */
	version: number
	act: OneOfficerAct
	reason: string
	/** For SPONSOR: who vouches, by name, user principal name or id. */
	sponsor?: string | undefined
	/** For BRIEF: which briefing, when, and where it is acknowledged. */
	briefing?: BriefingForm | undefined
}

const LEAST_REASON = 10

/**
 * Takes an act of one officer: the case moves on, and with it the person's clearance and every access that rested on it.
 * OWN_CASE, DIRECT_LINE and CASE_SPONSOR for officers who must keep out, EVIDENCE_MISSING with names, STALE_VERSION when
 * the case is no longer as the officer saw it. Gives the state after it.
 */
export async function actOnCase(deps: Deps, actor: Actor, form: ActForm): Promise<VettingState> {
	demand(actor, 'vetting:run')
	const { caseId, act, reason } = form
	if (needsReason(act) && reason.length < LEAST_REASON) throw invalid('reason', 'reasonShort')
	const subjectId = await subjectOfCase(deps.database.db, caseId)
	const sponsorId =
		act === 'SPONSOR' ? await personNamed(deps.database.db, 'sponsor', form.sponsor ?? '') : null
	if (act === 'SPONSOR' && sponsorId === null) throw invalid('sponsor', 'required')
	if (sponsorId === subjectId) throw invalid('sponsor', 'OWN_SPONSOR')
	const to = await refusing(deps, actor, { caseId, subjectId, act }, () =>
		deps.database.withTx(async (tx) => {
			const at = deps.now()
			const before = await holdCase(tx, deps, actor, { caseId, subjectId, version: form.version }, at)
			if (sponsorId === actor.personId)
				throw new DomainError('CASE_SPONSOR', 'The officer who acts cannot vouch for the case as well.')
			await demandEvidence(tx, before.row, act)
			if (act === 'BRIEF') await recordBriefing(tx, deps, actor, before.row, form.briefing, at)
			const from = before.row.state
			return applyCaseEvent(
				tx,
				deps,
				before,
				eventOf(deps, act, sponsorId, at.toISOString()),
				(state) => ({
					kind: 'vetting.advanced',
					open: { caseId, from, to: state, act },
					sealed: { note: { reason } },
				}),
				actor.personId,
			)
		}),
	)
	deps.wake()
	return to
}

function eventOf({ newId }: Deps, type: OneOfficerAct, sponsorId: string | null, at: string): CaseEvent {
	if (type === 'SPONSOR') return { type, sponsorId: sponsorId ?? '', at }
	return type === 'BRIEF' ? { type, clearanceId: newId(), at } : { type, at }
}

/** The case as it stands, locked for a step, with the charter and all who are involved; refuses who must keep out. */
export async function holdCase(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ caseId, subjectId, version }: { caseId: string; subjectId: string; version: number },
	at: Date,
): Promise<StoredCase> {
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [subjectId, actor.personId], 'update')
	const before = await loadCase(tx, caseId, true)
	await demandOfficer(tx, deps, actor.personId, before.row, at)
	if (before.row.version !== version)
		throw new DomainError('STALE_VERSION', 'Somebody else changed this case in the meantime.')
	return before
}
