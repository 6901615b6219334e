import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { insertMessage } from '#db/queries/request-messages.ts'
import { findRequest } from '#db/queries/requests.ts'
import { loadRequestState, saveRequestStep } from '#db/queries/workflow-rows.ts'
import { privilegedMachine } from '#workflows/access/privileged.machine.ts'
import { decide } from '#workflows/shared/decide.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { notify } from '../notify/notify.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { judgeDecision, refuseUnlessAllowed } from './judge-decision.server.ts'
import { demandSight } from './visibility.server.ts'

/**
 * Asks the requester something, by whoever may decide now. It is no decision and is not signed; it stops no clock, and
 * keeps nobody from deciding: a question must not become a way of holding a request up.
 */
export async function askInformation(
	deps: Deps,
	actor: Actor,
	{ requestId, text }: { requestId: string; text: string },
): Promise<void> {
	const at = deps.now()
	await demandSight(deps, actor, await findRequest(deps.database.db, requestId))
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		await lockPeople(tx, [actor.personId], 'share')
		const before = await loadRequestState(tx, requestId, true)
		const request = await findRequest(tx, requestId)
		const judgement = await judgeDecision(tx, deps, request, actor.personId, at)
		refuseUnlessAllowed(request, judgement, judgement.stage, { at })
		const event = { type: 'ASK', actorId: actor.personId, at: at.toISOString() } as const
		const decided = decide(privilegedMachine, before.snapshot, event)
		const messageId = deps.newId()
		const entryId = await recordEntry(tx, deps, {
			kind: 'request.information_asked',
			subject: request.requesterId,
			actor: actor.personId,
			open: { requestId, stage: judgement.stage, messageId },
			sealed: { note: { text } },
			at,
		})
		await insertMessage(tx, {
			id: messageId,
			requestId,
			authorId: actor.personId,
			kind: 'question',
			text,
			at,
			entryId,
		})
		await saveRequestStep(tx, before, decided, { event, actorId: actor.personId, entryId, at })
		await notify(tx, deps, {
			kind: 'information_asked',
			to: [request.requesterId],
			about: { type: 'request', id: requestId },
			deadline: request.context.decideBy,
			code: 'ASKED',
			at,
		})
	})
	deps.wake()
}
