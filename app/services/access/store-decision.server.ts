import type { Tx } from '#db/client.ts'
import { deleteDraft } from '#db/queries/drafts.ts'
import { findRequest, insertDecision, type RequestRow } from '#db/queries/requests.ts'
import { loadRequestState, saveRequestStep } from '#db/queries/workflow-rows.ts'
import { privilegedMachine, storedState, type RequestState } from '#workflows/access/privileged.machine.ts'
import type { DecisionEnvelope, DecisionsEnvelope } from '#workflows/ledger/envelope.schema.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import { isOutward } from '#workflows/shared/commands.ts'
import { decide } from '#workflows/shared/decide.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { tellDecided } from '../notify/tell-request.server.ts'
import { recordAlone, recordEntry } from '../record-entry.server.ts'
import type { GivenSignature } from '../step-up/step-up.server.ts'
import type { DecidedPart } from './decided-part.server.ts'
import { judgeDecision, refuseUnlessAllowed } from './judge-decision.server.ts'
import { openGrant } from './open-grant.server.ts'

export type StoredDecision = { requestId: string; state: RequestState; entryId: string }

/**
 * Stores one signed decision in the transaction that is given: everything is judged again there, and what the signature
 * rests on must be as it was when it was shown. The caller has locked the charter and the people, and counts the signature.
 */
export async function storeDecision(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	part: DecidedPart,
	envelope: DecisionEnvelope | DecisionsEnvelope,
	{ credential, assertion }: GivenSignature,
	at: Date,
): Promise<StoredDecision> {
	const before = await loadRequestState(tx, part.requestId, true)
	const request = await findRequest(tx, part.requestId)
	const judgement = await judgeDecision(tx, deps, request, actor.personId, at, part.group ?? 0)
	const { verdict } = part
	refuseUnlessAllowed(request, judgement, part.stage, { verdict, at })
	if (!judgement.requester.permit && verdict === 'approve') {
		throw new DomainError('INELIGIBLE', 'The charter no longer allows the requester this access.', {
			denials: judgement.requester.denials,
		})
	}
	const { way } = judgement
	if (
		judgement.eligibilitySha256 !== part.eligibilitySha256 ||
		request.requestSha256 !== part.requestSha256 ||
		way.escalated !== part.escalated ||
		way.absenceId !== part.absenceId
	) {
		throw new DomainError(
			'CHALLENGE_INVALID',
			'Something this decision rests on has changed: prepare it again.',
		)
	}
	const capacity = {
		...(part.group ? { group: part.group } : {}),
		...(part.escalated ? { escalated: part.escalated } : {}),
	}
	const given = part.grantedSeconds === undefined ? {} : { grantedSeconds: part.grantedSeconds }
	const event = {
		type: 'DECIDE',
		stage: part.stage,
		...capacity,
		...(part.absenceId === undefined ? {} : { absenceId: part.absenceId }),
		...given,
		approverId: actor.personId,
		verdict,
		at: at.toISOString(),
	} as const
	const decided = decide(privilegedMachine, before.snapshot, event)
	const state = storedState(decided.next)
	const entryId = await recordEntry(tx, deps, {
		kind: 'request.decided',
		subject: request.requesterId,
		actor: actor.personId,
		open: {
			requestId: request.id,
			stage: part.stage,
			...capacity,
			...(way.absenceEntry === undefined ? {} : { absenceEntry: way.absenceEntry }),
			...given,
			verdict,
			credentialEntry: credential.entryId,
			charterEntry: request.charterEntryId,
			outcome: state === 'approved' || state === 'denied' ? state : 'pending',
		},
		sealed: {
			evidence: { envelope, assertion },
			eligibility: {
				verdictSha256: judgement.eligibilitySha256,
				facts: judgement.facts as unknown as Json as never,
			},
		},
		at,
	})
	await insertDecision(tx, {
		id: deps.newId(),
		requestId: request.id,
		revision: request.context.revision,
		stage: part.stage,
		groupIndex: part.group ?? 0,
		asRole: part.escalated ? way.asRole : null,
		grantedSeconds: part.grantedSeconds ?? null,
		approverId: actor.personId,
		verdict,
		reason: envelope.reason,
		envelope,
		assertion,
		credentialId: credential.id,
		entryId,
		decidedAt: at,
	})
	await saveRequestStep(tx, before, decided, { event, actorId: actor.personId, entryId, at })
	await deleteDraft(tx, { personId: actor.personId, kind: 'decision', subject: request.id })
	const opened: RequestRow = { ...request, context: decided.next.context }
	const grantIds = decided.commands.some((command) => !isOutward(command))
		? [await openGrant(tx, deps, opened, entryId, at)]
		: []
	// What rests on this decision, and on its giver while the request waits, has its end set as a deadline.
	const requestIds = state === 'pending' ? [request.id] : []
	await settleMany(tx, deps, { requestIds, grantIds }, { cause: 'lapse' })
	await tellDecided(tx, deps, { ...opened, state }, request.context.stage, at)
	return { requestId: request.id, state, entryId }
}

/** A refused attempt leaves an entry of its own for each request; the refusal itself goes on to the page. */
export async function refusing<T>(
	deps: Deps,
	actor: Actor,
	requests: readonly RequestRow[],
	attempt: () => T | Promise<T>,
): Promise<T> {
	try {
		return await attempt()
	} catch (error) {
		if (isDomainError(error)) {
			const { code, message } = error
			for (const request of requests)
				await recordAlone(deps, {
					kind: 'request.decision_refused',
					subject: request.requesterId,
					actor: actor.personId,
					open: { requestId: request.id, stage: request.context.stage, code },
					sealed: { refusal: { message } },
					at: deps.now(),
				})
			deps.wake()
		}
		throw error
	}
}
