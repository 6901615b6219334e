import type { Reader, Tx } from '#db/client.ts'
import { awayAt } from '#db/queries/absences.ts'
import { factsOf } from '#db/queries/facts.ts'
import { appointedTo } from '#db/queries/people.ts'
import { findRequest, requestsById, type RequestRow } from '#db/queries/requests.ts'
import type { TimerRow } from '#db/queries/workflow-rows.ts'
import { decisionQuestion } from '#workflows/access/judge-access.ts'
import { deadlineKind } from '#workflows/access/privileged.machine.ts'
import { rolesThatDecide, seatsAt } from '#workflows/access/request-context.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import { refusalToDecide } from '#workflows/people/separation-of-duty.ts'
import type { Deps } from '../deps.ts'
import type { StepBatch } from '../lapse/step-batch.server.ts'
import { notify, type NotifyDeps, type Telling } from './notify.server.ts'

/** Tells everybody who can decide on a request now that it waits for them. */
export async function tellDeciders(tx: Tx, deps: NotifyDeps, requestId: string, at: Date): Promise<void> {
	await tellStage(tx, deps, await findRequest(tx, requestId), at)
}

/** Tells what follows from a decision: the next stage that it is asked, or the requester what came of it. */
export async function tellDecided(
	tx: Tx,
	deps: NotifyDeps,
	/** As it is after the decision. */
	request: RequestRow,
	decidedStage: number,
	at: Date,
): Promise<void> {
	const { id, requesterId, state, context } = request
	const about = { type: 'request', id } as const
	if (state === 'approved') await notify(tx, deps, { kind: 'request_approved', to: [requesterId], about, at })
	else if (state === 'denied')
		await notify(tx, deps, { kind: 'request_denied', to: [requesterId], about, at })
	else if (context.stage !== decidedStage) await tellStage(tx, deps, request, at)
}

async function tellStage(tx: Tx, deps: NotifyDeps, request: RequestRow, at: Date): Promise<void> {
	await notify(tx, deps, {
		...aboutStage(request, at),
		kind: 'decision_needed',
		to: await decidersOf(tx, deps, request, at),
	})
}

const CODES = { half: 'HALF_LEFT', quarter: 'QUARTER_LEFT', escalated: 'ESCALATED' }

/**
 * Reminds those who may decide on these requests, or asks those to whom they have escalated, after their deadlines were
 * stepped in the batch and before it is saved.
 */
export async function remindDeciders(
	tx: Tx,
	deps: Pick<Deps, 'now' | 'charters'>,
	batch: StepBatch,
	timers: readonly TimerRow[],
): Promise<void> {
	if (timers.length === 0) return
	const at = deps.now()
	const requests = await requestsById(
		tx,
		timers.map(({ workflowId }) => workflowId),
	)
	for (const { workflowId, event } of timers) {
		const request = requests.get(workflowId)
		const kind = deadlineKind(event)
		if (!request || kind === 'timed_out') continue
		const { context } = request
		const to = context.stages[context.stage]?.escalation?.to
		const isEscalated = kind === 'escalated' && to !== undefined
		batch.tell({
			...aboutStage(request, at),
			kind: isEscalated ? 'decision_escalated' : 'decision_reminder',
			to: await decidersOf(tx, deps, request, at, isEscalated ? to : undefined),
			code: CODES[kind],
		})
	}
}

const aboutStage = ({ id, context }: RequestRow, at: Date) =>
	({
		about: { type: 'request', id },
		at,
		stage: context.stage,
		deadline: context.decideBy,
	}) satisfies Partial<Telling>

/**
 * Who may decide on the open stage at this instant, by appointment, rules and separation of duty; of the role to which it
 * escalates now, where one is given. In the place of whoever is away it is who stands in for them; whether those may
 * decide is judged when they do.
 */
async function decidersOf(
	reader: Reader,
	{ charters }: Pick<Deps, 'charters'>,
	request: RequestRow,
	at: Date,
	escalatesTo?: string,
): Promise<string[]> {
	const { requesterId, filedBy, context, charterVersionId } = request
	const { charter } = await charters.version(reader, charterVersionId)
	const isSeparate = (approverId: string) =>
		refusalToDecide({ requesterId, filedBy, approverId, decisions: context.decisions }) === null
	const roles = escalatesTo === undefined ? rolesThatDecide(context) : [escalatesTo]
	const holders = (await appointedTo(reader, roles, at)).filter(isSeparate)
	const isEscalated = escalatesTo !== undefined || context.escalatedAt !== null
	const away = await awayAt(reader, holders, at)
	const facts = await factsOf(reader, holders)
	const told = holders.flatMap((id) => {
		const absence = away.get(id)
		if (absence === undefined)
			return mayDecide(charter, facts.get(id), request, { at, isEscalated }) ? [id] : []
		return absence.standInId !== null && isSeparate(absence.standInId) ? [absence.standInId] : []
	})
	return [...new Set(told)]
}

/** Whether the charter lets this person decide for any group that is open, in whichever capacity. */
function mayDecide(
	charter: Charter,
	facts: PersonFacts | undefined,
	{ role, context }: RequestRow,
	{ at, isEscalated }: { at: Date; isEscalated: boolean },
): boolean {
	if (facts === undefined) return false
	const { stage } = context
	const capacities = isEscalated ? [{}, { escalated: true as const }] : [{}]
	return seatsAt(context, stage)
		.filter(({ isFilled }) => !isFilled)
		.some(({ group }) =>
			capacities.some(
				(capacity) =>
					judge(charter, facts, decisionQuestion(role, { stage, group, ...capacity }, at.toISOString()))
						.permit,
			),
		)
}
