import type { Reader } from '#db/client.ts'
import { factsOf } from '#db/queries/facts.ts'
import type { RequestRow } from '#db/queries/requests.ts'
import { judgeBoth } from '#workflows/access/judge-access.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Verdict } from '#workflows/charter/verdict.ts'
import { refusalToDecide, type RefusalToDecide } from '#workflows/people/separation-of-duty.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Deps } from '../deps.ts'

export type DecisionJudgement = {
	/** Stage that is open now. */
	stage: number
	/** Why this person must not decide whatever the charter says of them; null when nothing of the kind. */
	separation: RefusalToDecide | null
	approver: Verdict
	requester: Verdict
	facts: { approver: PersonFacts; requester: PersonFacts }
	/** SHA-256 of both verdicts, which the decision signs. */
	eligibilitySha256: string
}

/**
 * Judges who decides and whom it benefits, under the charter version that the request is pinned to, and where another
 * one has come into force since, under that as well: both must permit.
 */
export async function judgeDecision(
	reader: Reader,
	{ charters }: Pick<Deps, 'charters'>,
	request: RequestRow,
	approverId: string,
	at: Date,
): Promise<DecisionJudgement> {
	const pinned = await charters.version(reader, request.charterVersionId)
	const inForce = await charters.inForce(reader)
	const judgedUnder = pinned.id === inForce.id ? [pinned] : [pinned, inForce]
	const facts = await factsOf(reader, [approverId, request.requesterId])
	const [approverFacts, requesterFacts] = [facts.get(approverId), facts.get(request.requesterId)]
	if (!approverFacts || !requesterFacts) throw new DomainError('NOT_FOUND', 'No such person.')
	const { stage, decisions } = request.context
	const judged = judgeBoth(
		judgedUnder.map(({ charter }) => charter),
		{ approver: approverFacts, requester: requesterFacts },
		{ ...request, stage },
		at.toISOString(),
	)
	return {
		stage,
		separation: refusalToDecide({ requesterId: request.requesterId, approverId, decisions, stage }),
		...judged,
		facts: { approver: approverFacts, requester: requesterFacts },
	}
}

/** Throws the reason why this person may not decide now; otherwise gives nothing. */
export function refuseUnlessAllowed(
	request: RequestRow,
	{ separation, approver }: DecisionJudgement,
	stage: number,
): void {
	if (separation === 'OWN_REQUEST')
		throw new DomainError('OWN_REQUEST', 'Nobody decides on a request that benefits them.')
	if (separation === 'ALREADY_DECIDED')
		throw new DomainError(
			'ALREADY_DECIDED',
			'You have already decided on this request; each stage needs another person.',
		)
	if (request.state !== 'pending')
		throw new DomainError('STAGE_CLOSED', 'This request is no longer waiting for a decision.')
	if (request.context.stage !== stage)
		throw new DomainError('STAGE_CLOSED', 'This stage has been decided by somebody else.')
	if (!approver.permit)
		throw new DomainError('INELIGIBLE', 'The charter does not allow you to decide here.', {
			denials: approver.denials,
		})
}
