import type { Reader } from '#db/client.ts'
import { loadCase, type VettingRow } from '#db/queries/vetting.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { actsIn } from '#workflows/people/vetting-case.acting.ts'
import type { TwoOfficerAct } from '#workflows/people/vetting-case.events.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { invalid } from './find-person.server.ts'
import { demandEvidence, demandOfficer, isOfficer, refusalOf, refusing } from './officer.server.ts'
import { applyCaseEvent } from './step-case.server.ts'

/** Throws the reason why this officer may not propose or confirm this now; otherwise gives nothing. */
export async function demandSignable(
	reader: Reader,
	deps: Deps,
	actor: Actor,
	row: VettingRow,
	{ part, act }: { part: 'propose' | 'confirm'; act: TwoOfficerAct },
	at: Date,
): Promise<void> {
	await demandOfficer(reader, deps, actor.personId, row, at)
	if (!actsIn(row.state, row.context).two.includes(act))
		throw new DomainError('ILLEGAL_TRANSITION', `${act} is not accepted in state ${row.state}.`)
	const { proposal } = row.context
	if (part === 'propose') {
		if (proposal !== null) throw new DomainError('PROPOSAL_OPEN', 'Another proposal waits already.')
	} else await demandProposal(reader, deps, actor, row, act, at)
	await demandEvidence(reader, row, act)
}

/** The proposal must still stand: the same act, by somebody else, who is still an officer and still independent. */
async function demandProposal(
	reader: Reader,
	deps: Deps,
	actor: Actor,
	row: VettingRow,
	act: TwoOfficerAct,
	at: Date,
): Promise<void> {
	const { proposal } = row.context
	if (proposal?.act !== act) throw new DomainError('PROPOSAL_GONE', 'This is not proposed any more.')
	if (proposal.officerId === actor.personId)
		throw new DomainError('SECOND_OFFICER', 'It takes another officer to confirm a proposal.')
	const isGood =
		(await isOfficer(reader, deps, proposal.officerId, at)) &&
		(await refusalOf(reader, proposal.officerId, row)) === null
	if (!isGood)
		throw new DomainError('PROPOSAL_GONE', 'Who proposed this may no longer do so: drop it and propose anew.')
}

/** Drops a proposal: the one who made it takes it back, or another officer does not confirm it. */
export async function dropProposal(
	deps: Deps,
	actor: Actor,
	{ caseId, reason }: { caseId: string; reason: string },
): Promise<void> {
	demand(actor, 'vetting:run')
	const { row: known } = await loadCase(deps.database.db, caseId)
	const isOwn = known.context.proposal?.officerId === actor.personId
	if (!isOwn && reason.length < 10) throw invalid('reason', 'reasonShort')
	await refusing(deps, actor, { caseId, subjectId: known.personId, act: 'DROP_PROPOSAL' }, () =>
		deps.database.withTx(async (tx) => {
			const at = deps.now()
			await holdCharter(tx, 'judge')
			await lockPeople(tx, [known.personId, actor.personId], 'update')
			const before = await loadCase(tx, caseId, true)
			await demandOfficer(tx, deps, actor.personId, before.row, at)
			const { proposal } = before.row.context
			if (proposal === null) throw new DomainError('PROPOSAL_GONE', 'Nothing is proposed.')
			await applyCaseEvent(
				tx,
				deps,
				before,
				{ type: 'DROP_PROPOSAL', at: at.toISOString() },
				() => ({
					kind: 'vetting.proposal_dropped',
					open: { caseId, act: proposal.act, proposalEntry: proposal.entryId },
					sealed: { note: { reason } },
				}),
				actor.personId,
				{ proposedTerms: null, proposedBy: null, confirmedBy: null },
			)
		}),
	)
	deps.wake()
}
