import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { findRequest } from '#db/queries/requests.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import { decisionEnvelopeSchema, type DecisionEnvelope } from '#workflows/ledger/envelope.schema.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import {
	consumeSignature,
	countSignature,
	prepareSignature,
	SIGN_WITHIN_MS,
	verifySignature,
	type PreparedSignature,
} from '../step-up/step-up.server.ts'
import { decidedPart, type DecisionChoice } from './decided-part.server.ts'
import { keepDecisionDraft } from './drafts.server.ts'
import { judgeDecision, refuseUnlessAllowed } from './judge-decision.server.ts'
import { refusing, storeDecision, type StoredDecision } from './store-decision.server.ts'
import { demandSight } from './visibility.server.ts'

export type DecisionForm = DecisionChoice & {
	requestId: string
	reason: string
	/** Index of the group of the stage that it is for; left out, the first for which the charter lets them decide. */
	group?: number | undefined
}
export type PreparedDecision = PreparedSignature<DecisionEnvelope>

/** Fixes what is about to be decided and makes its hash the challenge. Refuses with the reason when it may not be. */
export async function prepareDecision(
	deps: Deps,
	actor: Actor,
	form: DecisionForm,
): Promise<PreparedDecision> {
	const { database, now, randomBytes } = deps
	const { db } = database
	const at = now()
	const request = await findRequest(db, form.requestId)
	await demandSight(deps, actor, request)
	const part = await refusing(deps, actor, [request], async () => {
		const judgement = await judgeDecision(db, deps, request, actor.personId, at, form.group)
		refuseUnlessAllowed(request, judgement, judgement.stage, { verdict: form.verdict, at })
		return decidedPart(db, deps, form, request, judgement)
	})
	const envelope = {
		v: 1 as const,
		purpose: 'request.decision' as const,
		nonce: toBase64Url(randomBytes(32)),
		...part,
		reason: form.reason,
		approverId: actor.personId,
		expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
	}
	await keepDecisionDraft(deps, actor, form)
	return prepareSignature(deps, actor, 'decision', envelope, at)
}

/**
 * Takes a signed decision. The challenge is used up first, then the assertion is verified, then everything is judged
 * again in the transaction that stores it. Gives the state of the request after it.
 */
export async function decideRequest(
	deps: Deps,
	actor: Actor,
	input: { requestId: string; challengeId: string; response: AssertionResponse },
): Promise<StoredDecision> {
	const at = deps.now()
	const request = await findRequest(deps.database.db, input.requestId)
	await demandSight(deps, actor, request)
	const result = await refusing(deps, actor, [request], async () => {
		const { envelope } = await consumeSignature(
			deps,
			actor,
			'decision',
			input.challengeId,
			decisionEnvelopeSchema,
			({ requestId }) => requestId === request.id,
			at,
		)
		const signed = await verifySignature(deps, actor, envelope, input.response)
		return deps.database.withTx(async (tx) => {
			await holdCharter(tx, 'judge')
			await lockPeople(tx, [actor.personId, envelope.requesterId], 'share')
			const stored = await storeDecision(tx, deps, actor, envelope, envelope, signed, at)
			await countSignature(tx, signed, at)
			return stored
		})
	})
	deps.wake()
	return result
}
