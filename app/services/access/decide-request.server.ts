import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { findRequest, insertDecision, type RequestRow } from '#db/queries/requests.ts'
import { loadRequestState, saveRequestStep } from '#db/queries/workflow-rows.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import { privilegedMachine, type RequestState } from '#workflows/access/privileged.machine.ts'
import { decisionEnvelopeSchema, type DecisionEnvelope } from '#workflows/ledger/envelope.schema.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import { isOutward } from '#workflows/shared/commands.ts'
import { decide } from '#workflows/shared/decide.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { tellDecided } from '../notify/tell-request.server.ts'
import { recordAlone, recordEntry } from '../record-entry.server.ts'
import {
	consumeSignature,
	countSignature,
	prepareSignature,
	SIGN_WITHIN_MS,
	verifySignature,
	type GivenSignature,
	type PreparedSignature,
} from '../step-up/step-up.server.ts'
import { judgeDecision, refuseUnlessAllowed, type DecisionJudgement } from './judge-decision.server.ts'
import { openGrant } from './open-grant.server.ts'
import { directoryRoleOf } from './target.server.ts'
import { demandSight } from './visibility.server.ts'

export type DecisionForm = { requestId: string; verdict: 'approve' | 'deny'; reason: string }
export type PreparedDecision = PreparedSignature<DecisionEnvelope>

/** Fixes what is about to be decided and makes its hash the challenge. Refuses with the reason when it may not be. */
export async function prepareDecision(
	deps: Deps,
	actor: Actor,
	form: DecisionForm,
): Promise<PreparedDecision> {
	const { database, now } = deps
	const at = now()
	const request = await findRequest(database.db, form.requestId)
	await demandSight(deps, actor, request)
	const judgement = await judgeDecision(database.db, deps, request, actor.personId, at)
	await refusing(deps, actor, request, () => refuseUnlessAllowed(request, judgement, judgement.stage))
	const envelope = await envelopeOf(deps, actor, form, request, judgement, at)
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
): Promise<{ state: RequestState; entryId: string }> {
	const at = deps.now()
	const request = await findRequest(deps.database.db, input.requestId)
	await demandSight(deps, actor, request)
	const result = await refusing(deps, actor, request, async () => {
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
		return deps.database.withTx((tx) => store(tx, deps, actor, envelope, signed, at))
	})
	deps.wake()
	return result
}

async function envelopeOf(
	{ randomBytes, charters, database }: Deps,
	actor: Actor,
	{ verdict, reason }: DecisionForm,
	request: RequestRow,
	{ stage, eligibilitySha256 }: DecisionJudgement,
	at: Date,
): Promise<DecisionEnvelope> {
	const { charter } = await charters.version(database.db, request.charterVersionId)
	const access = charter.roles[request.role]?.access
	if (!access) throw new DomainError('ROLE_NOT_REQUESTABLE', 'The charter has no such role to ask for.')
	const { roleTemplateId, scope } = directoryRoleOf(access)
	return {
		v: 1,
		purpose: 'request.decision',
		nonce: toBase64Url(randomBytes(32)),
		requestId: request.id,
		requestSha256: request.requestSha256,
		stage,
		verdict,
		reason,
		approverId: actor.personId,
		requesterId: request.requesterId,
		role: request.role,
		entraRoleTemplateId: roleTemplateId,
		scope,
		durationSeconds: request.durationSeconds,
		charterTextSha256: request.charterTextSha256,
		eligibilitySha256,
		expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
	}
}

async function store(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	envelope: DecisionEnvelope,
	signed: GivenSignature,
	at: Date,
) {
	const { credential, assertion } = signed
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [actor.personId, envelope.requesterId], 'share')
	const before = await loadRequestState(tx, envelope.requestId, true)
	const request = await findRequest(tx, envelope.requestId)
	const judgement = await judgeDecision(tx, deps, request, actor.personId, at)
	refuseUnlessAllowed(request, judgement, envelope.stage)
	if (!judgement.requester.permit && envelope.verdict === 'approve') {
		throw new DomainError('INELIGIBLE', 'The charter no longer allows the requester this access.', {
			denials: judgement.requester.denials,
		})
	}
	if (
		judgement.eligibilitySha256 !== envelope.eligibilitySha256 ||
		request.requestSha256 !== envelope.requestSha256
	) {
		throw new DomainError(
			'CHALLENGE_INVALID',
			'Something this decision rests on has changed: prepare it again.',
		)
	}
	await countSignature(tx, signed, at)
	const event = {
		type: 'DECIDE',
		stage: envelope.stage,
		approverId: actor.personId,
		verdict: envelope.verdict,
		at: at.toISOString(),
	} as const
	const decided = decide(privilegedMachine, before.snapshot, event)
	const state = decided.next.value
	const entryId = await recordEntry(tx, deps, {
		kind: 'request.decided',
		subject: request.requesterId,
		actor: actor.personId,
		open: {
			requestId: request.id,
			stage: envelope.stage,
			verdict: envelope.verdict,
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
		stage: envelope.stage,
		approverId: actor.personId,
		verdict: envelope.verdict,
		reason: envelope.reason,
		envelope,
		assertion,
		credentialId: credential.id,
		entryId,
		decidedAt: at,
	})
	await saveRequestStep(tx, before, decided, { event, actorId: actor.personId, entryId, at })
	const grantIds = decided.commands.some((command) => !isOutward(command))
		? [await openGrant(tx, deps, request, entryId, at)]
		: []
	// What rests on this decision, and on its giver while the request waits, has its end set as a deadline.
	const requestIds = state === 'pending' ? [request.id] : []
	await settleMany(tx, deps, { requestIds, grantIds }, { cause: 'lapse' })
	await tellDecided(tx, deps, { ...request, state, context: decided.next.context }, envelope.stage, at)
	return { state, entryId }
}

/** A refused attempt leaves its own entry; the refusal itself goes on to the page. */
async function refusing<T>(
	deps: Deps,
	actor: Actor,
	request: RequestRow,
	attempt: () => T | Promise<T>,
): Promise<T> {
	try {
		return await attempt()
	} catch (error) {
		if (isDomainError(error)) {
			const { code, message } = error
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
