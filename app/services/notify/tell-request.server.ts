import type { Reader, Tx } from '#db/client.ts'
import { factsOf } from '#db/queries/facts.ts'
import { appointedTo } from '#db/queries/people.ts'
import { findRequest, type RequestRow } from '#db/queries/requests.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { refusalToDecide } from '#workflows/people/separation-of-duty.ts'
import type { Deps } from '../deps.ts'
import { notify, type NotifyDeps } from './notify.server.ts'

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
	const { stage, decideBy } = request.context
	await notify(tx, deps, {
		kind: 'decision_needed',
		to: await decidersOf(tx, deps, request, at),
		about: { type: 'request', id: request.id },
		at,
		stage,
		deadline: decideBy,
	})
}

/** Who may decide on the open stage of a request at this instant, by appointment, rules and separation of duty. */
async function decidersOf(
	reader: Reader,
	{ charters }: Pick<Deps, 'charters'>,
	{ requesterId, role, context, charterVersionId }: RequestRow,
	at: Date,
): Promise<string[]> {
	const { stage, decisions } = context
	const from = context.stages[stage]?.from
	if (from === undefined) return []
	const { charter } = await charters.version(reader, charterVersionId)
	const candidates = (await appointedTo(reader, [from], at)).filter(
		(approverId) => refusalToDecide({ requesterId, approverId, decisions, stage }) === null,
	)
	const facts = await factsOf(reader, candidates)
	return candidates.filter((approverId) => {
		const person = facts.get(approverId)
		const question = { role, part: 'approver', stage, at: at.toISOString(), durationMs: 0 } as const
		return person !== undefined && judge(charter, person, question).permit
	})
}
