import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { factsOf } from '#db/queries/facts.ts'
import { lockPeople } from '#db/queries/people.ts'
import { insertMessage } from '#db/queries/request-messages.ts'
import { findRequest, type RequestRow } from '#db/queries/requests.ts'
import { loadRequestState, saveRequestStep } from '#db/queries/workflow-rows.ts'
import { privilegedMachine } from '#workflows/access/privileged.machine.ts'
import { verdictDigest } from '#workflows/charter/eligibility.ts'
import type { Verdict } from '#workflows/charter/verdict.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import { decide } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { notify } from '../notify/notify.server.ts'
import { tellDeciders } from '../notify/tell-request.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { endOfExtended, judgeExtension } from './ask-extension.server.ts'
import { requestableAccess, sealedRequest } from './asked-access.server.ts'
import { judgeAsked } from './judge-filing.server.ts'
import { demandRoute, findRoute } from './route-request.server.ts'
import { demandSight } from './visibility.server.ts'

/** What a requester may change: never the role, for that is another request. */
export type AmendForm = { requestId: string; reason: string; ticket: string; durationSeconds: number }

/**
 * Changes what is asked for, by its requester while it waits. Its digest changes with it: every decision given so far falls,
 * its giver is told, and the stages begin anew. NOTHING_CHANGED where the form says what the request says.
 */
export async function amendRequest(deps: Deps, actor: Actor, form: AmendForm): Promise<void> {
	const at = deps.now()
	await demandSight(deps, actor, await findRequest(deps.database.db, form.requestId))
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		await lockPeople(tx, [actor.personId], 'share')
		const before = await loadRequestState(tx, form.requestId, true)
		const request = await findRequest(tx, form.requestId)
		if (request.requesterId !== actor.personId) throw new DomainError('NOT_FOUND', 'No such request.')
		if (request.state !== 'pending')
			throw new DomainError('STAGE_CLOSED', 'This request is no longer waiting for a decision.')
		await amend(tx, deps, actor, { form, request, before }, at)
	})
	deps.wake()
}

type Amending = {
	form: AmendForm
	request: RequestRow
	before: Awaited<ReturnType<typeof loadRequestState>>
}

async function amend(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ form, request, before }: Amending,
	at: Date,
): Promise<void> {
	const { requesterId, filedBy, role, startAt, extendsGrantId } = request
	const { reason, ticket, durationSeconds } = form
	if (reason === request.reason && ticket === request.ticket && durationSeconds === request.durationSeconds)
		throw new DomainError('NOTHING_CHANGED', 'The form says what the request says.')
	const pinned = await deps.charters.version(tx, request.charterVersionId)
	const inForce = await deps.charters.inForce(tx)
	const asked = { ...form, role, requesterId, filedBy, startAt, extendsGrantId }
	const access = requestableAccess(pinned, asked)
	requestableAccess(inForce, asked)
	const facts = (await factsOf(tx, [requesterId])).get(requesterId)
	if (!facts) throw new DomainError('NOT_FOUND', 'No such person.')
	const endsAt = extendsGrantId === null ? null : await endOfExtended(tx, extendsGrantId, at)
	const judged = [pinned, inForce].map(({ charter }) =>
		endsAt === null
			? judgeAsked(charter, facts, asked, at)
			: judgeExtension(charter, facts, asked, endsAt, at),
	)
	const [verdict] = judged as [Verdict, Verdict]
	const without = [requesterId, ...(filedBy === null ? [] : [filedBy])]
	demandRoute(pinned.charter, await findRoute(tx, pinned.charter, role, without, at))
	const event = {
		type: 'AMEND',
		actorId: actor.personId,
		durationSeconds,
		at: at.toISOString(),
	} as const
	const decided = decide(privilegedMachine, before.snapshot, event)
	const { revision } = decided.next.context
	const record = sealedRequest({ ...asked, revision }, access, pinned.textSha256)
	const fell = before.snapshot.context.decisions
	const entryId = await recordEntry(tx, deps, {
		kind: 'request.amended',
		subject: requesterId,
		actor: actor.personId,
		open: { requestId: request.id, revision, durationSeconds, fell: fell.length },
		sealed: {
			request: record,
			eligibility: { verdictSha256: verdictDigest(verdict), facts: facts as unknown as Json as never },
		},
		at,
	})
	await saveRequestStep(
		tx,
		before,
		decided,
		{ event, actorId: actor.personId, entryId, at },
		{ reason, ticket, durationSeconds, requestSha256: digestOf(record) },
	)
	await notify(tx, deps, {
		kind: 'approval_fell',
		to: fell.map(({ approverId }) => approverId),
		about: { type: 'request', id: request.id },
		code: 'REQUEST_CHANGED',
		at,
	})
	await settleMany(tx, deps, { requestIds: [request.id], grantIds: [] }, { cause: 'lapse' })
	await tellDeciders(tx, deps, request.id, at)
}

/** Answers a question on the request; only its requester can. ILLEGAL_TRANSITION when none waits for an answer. */
export async function giveInformation(
	deps: Deps,
	actor: Actor,
	{ requestId, text }: { requestId: string; text: string },
): Promise<void> {
	const at = deps.now()
	await demandSight(deps, actor, await findRequest(deps.database.db, requestId))
	await deps.database.withTx(async (tx) => {
		const before = await loadRequestState(tx, requestId, true)
		const { requesterId, asked } = before.snapshot.context
		if (requesterId !== actor.personId) throw new DomainError('NOT_FOUND', 'No such request.')
		const event = { type: 'ANSWER', actorId: actor.personId, at: at.toISOString() } as const
		const decided = decide(privilegedMachine, before.snapshot, event)
		const messageId = deps.newId()
		const entryId = await recordEntry(tx, deps, {
			kind: 'request.information_given',
			subject: requesterId,
			actor: actor.personId,
			open: { requestId, messageId },
			sealed: { note: { text } },
			at,
		})
		await insertMessage(tx, {
			id: messageId,
			requestId,
			authorId: actor.personId,
			kind: 'answer',
			text,
			at,
			entryId,
		})
		await saveRequestStep(tx, before, decided, { event, actorId: actor.personId, entryId, at })
		if (asked !== null)
			await notify(tx, deps, {
				kind: 'information_answered',
				to: [asked.by],
				about: { type: 'request', id: requestId },
				stage: before.snapshot.context.stage,
				deadline: before.snapshot.context.decideBy,
				code: 'ANSWERED',
				at,
			})
	})
	deps.wake()
}
