import type { Reader } from '#db/client.ts'
import { standingInAt, type AbsenceRow } from '#db/queries/absences.ts'
import { factsOf } from '#db/queries/facts.ts'
import type { RequestRow } from '#db/queries/requests.ts'
import { decisionQuestion, judgeBoth } from '#workflows/access/judge-access.ts'
import { seatsAt, windowEnd, type Capacity } from '#workflows/access/request-context.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Verdict } from '#workflows/charter/verdict.ts'
import { refusalToDecide, type RefusalToDecide } from '#workflows/people/separation-of-duty.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Deps } from '../deps.ts'

/** One way in which somebody may decide: for a group of the open stage, as its role or in the place of somebody. */
export type Way = Capacity & {
	/** Key of the role as whose holder they would decide. */
	asRole: string
	/** Entry of the absence in which they stand in. */
	absenceEntry?: string
}

export type DecisionJudgement = {
	/** Stage that is open now. */
	stage: number
	/** In which capacity they decide: the first in which the charter lets them, else the first there is. */
	way: Way
	/** Every capacity in which the charter lets them decide. */
	ways: Way[]
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
 * one has come into force since, under that as well: both must permit. `wanted` chooses among the groups of the stage.
 */
export async function judgeDecision(
	reader: Reader,
	{ charters }: Pick<Deps, 'charters'>,
	request: RequestRow,
	approverId: string,
	at: Date,
	wanted?: number,
): Promise<DecisionJudgement> {
	const pinned = await charters.version(reader, request.charterVersionId)
	const inForce = await charters.inForce(reader)
	const under = (pinned.id === inForce.id ? [pinned] : [pinned, inForce]).map(({ charter }) => charter)
	const absences = await standingInAt(reader, approverId, at)
	const facts = await factsOf(reader, [
		approverId,
		request.requesterId,
		...absences.map(({ personId }) => personId),
	])
	const [approver, requester] = [facts.get(approverId), facts.get(request.requesterId)]
	if (!approver || !requester) throw new DomainError('NOT_FOUND', 'No such person.')
	const { context, requesterId, filedBy, role, durationSeconds } = request
	const { stage } = context
	const part = filedBy === null ? ('requester' as const) : ('beneficiary' as const)
	const possible = waysInto(request, under, absences, facts, at).filter(
		({ group = 0 }) => wanted === undefined || group === wanted,
	)
	const judged = possible.map((way) => ({
		way,
		...judgeBoth(
			under,
			{ approver, requester },
			{ role, durationSeconds, part, stage, ...inQuestion(way) },
			at.toISOString(),
		),
	}))
	const chosen = judged.find((each) => each.approver.permit) ?? judged[0]
	if (chosen === undefined)
		throw new DomainError('STAGE_CLOSED', 'This stage has been decided by somebody else.')
	return {
		stage,
		...chosen,
		ways: judged.filter((each) => each.approver.permit).map(({ way }) => way),
		separation: refusalToDecide({ requesterId, filedBy, approverId, decisions: context.decisions }),
		facts: { approver, requester },
	}
}

const inQuestion = ({ group, escalated }: Way) => ({
	...(group ? { group } : {}),
	...(escalated ? { escalated } : {}),
})

/** Everything as which somebody could decide now, whether or not the charter lets this person. */
function waysInto(
	{ context, requesterId, filedBy, role }: RequestRow,
	under: readonly Charter[],
	absences: readonly AbsenceRow[],
	facts: ReadonlyMap<string, PersonFacts>,
	at: Date,
): Way[] {
	const { stage, decisions, escalatedAt } = context
	const to = context.stages[stage]?.escalation?.to
	return seatsAt(context, stage)
		.filter(({ isFilled }) => !isFilled)
		.flatMap(({ group, from }) => {
			const inGroup = group === 0 ? {} : { group }
			if (to === undefined) return [{ ...inGroup, asRole: from }]
			if (escalatedAt !== null)
				return [
					{ ...inGroup, asRole: from },
					{ ...inGroup, asRole: to, escalated: true as const },
				]
			const inPlaceOf = absences.find(
				({ personId }) =>
					personId !== requesterId &&
					personId !== filedBy &&
					decisions.every(({ approverId }) => approverId !== personId) &&
					under.every((charter) => couldDecide(charter, facts.get(personId), role, stage, group, at)),
			)
			const own = { ...inGroup, asRole: from }
			return inPlaceOf === undefined
				? [own]
				: [
						own,
						{
							...inGroup,
							asRole: to,
							escalated: true as const,
							absenceId: inPlaceOf.id,
							absenceEntry: inPlaceOf.entryId,
						},
					]
		})
}

/** Nobody is stood in for who could not decide themselves, in their own right: what is passed on is not passed on again. */
const couldDecide = (
	charter: Charter,
	facts: PersonFacts | undefined,
	role: string,
	stage: number,
	group: number,
	at: Date,
) =>
	facts !== undefined &&
	judge(charter, facts, { ...decisionQuestion(role, { stage, group }, at.toISOString()), standing: true })
		.permit

/** Throws the reason why this person may not decide so now; otherwise gives nothing. */
export function refuseUnlessAllowed(
	request: RequestRow,
	{ separation, approver }: DecisionJudgement,
	stage: number,
	{ verdict, at }: { verdict?: 'approve' | 'deny'; at: Date },
): void {
	if (separation === 'OWN_REQUEST')
		throw new DomainError('OWN_REQUEST', 'Nobody decides on a request that benefits them or that they filed.')
	if (separation === 'ALREADY_DECIDED')
		throw new DomainError(
			'ALREADY_DECIDED',
			'You have already decided on this request; each stage needs another person.',
		)
	if (request.state !== 'pending')
		throw new DomainError('STAGE_CLOSED', 'This request is no longer waiting for a decision.')
	if (request.context.stage !== stage)
		throw new DomainError('STAGE_CLOSED', 'This stage has been decided by somebody else.')
	if (at.toISOString() >= request.context.decideBy)
		throw new DomainError('TOO_LATE_TO_DECIDE', 'The time to decide has run out: silence denies.')
	const end = windowEnd(request.context)
	if (verdict === 'approve' && end !== null && at.toISOString() >= end)
		throw new DomainError('WINDOW_PASSED', 'The time that was asked for has passed.')
	if (!approver.permit)
		throw new DomainError('INELIGIBLE', 'The charter does not allow you to decide here.', {
			denials: approver.denials,
		})
}
