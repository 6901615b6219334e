import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { requestsById, type RequestRow } from '#db/queries/requests.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import {
	decisionsEnvelopeSchema,
	MOST_AT_ONCE,
	type DecisionsEnvelope,
} from '#workflows/ledger/envelope.schema.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
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
import { decidedPart, type DecidedPart } from './decided-part.server.ts'
import { judgeDecision, refuseUnlessAllowed } from './judge-decision.server.ts'
import { refusing, storeDecision, type StoredDecision } from './store-decision.server.ts'
import { demandSight } from './visibility.server.ts'

export type DecisionsForm = {
	choices: readonly { requestId: string; verdict: 'approve' | 'deny' }[]
	/** One reason for all of them. */
	reason: string
}
export type PreparedDecisions = PreparedSignature<DecisionsEnvelope>

/**
 * Prepares decisions on several requests for one role, or of one form, to be signed in one ceremony. Each is judged, bound and recorded as
 * if it were signed by itself; where one of them may not be decided, none is prepared. NOT_OF_ONE_KIND for others.
 */
export async function prepareDecisions(
	deps: Deps,
	actor: Actor,
	{ choices, reason }: DecisionsForm,
): Promise<PreparedDecisions> {
	const { database, now, randomBytes } = deps
	const { db } = database
	const at = now()
	const requests = await seen(
		deps,
		actor,
		choices.map(({ requestId }) => requestId),
	)
	if (!isOfOneKind(requests))
		throw new DomainError('NOT_OF_ONE_KIND', 'Requests for different roles are decided one by one.')
	const verdicts = new Map(choices.map(({ requestId, verdict }) => [requestId, verdict]))
	const decisions = await refusing(deps, actor, requests, async () => {
		const parts: DecidedPart[] = []
		for (const request of requests) {
			const verdict = verdicts.get(request.id) ?? 'deny'
			const judgement = await judgeDecision(db, deps, request, actor.personId, at)
			refuseUnlessAllowed(request, judgement, judgement.stage, { verdict, at })
			parts.push(await decidedPart(db, deps, { verdict }, request, judgement))
		}
		return parts
	})
	const envelope = {
		v: 1 as const,
		purpose: 'request.decisions' as const,
		nonce: toBase64Url(randomBytes(32)),
		decisions,
		reason,
		approverId: actor.personId,
		expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
	}
	return prepareSignature(deps, actor, 'decision', envelope, at)
}

/**
 * Takes the one signature over several decisions. They are stored in one transaction, all or none: what was signed together
 * stands together. Each leaves its own entry, which holds the whole of what was signed.
 */
export async function decideMany(
	deps: Deps,
	actor: Actor,
	input: { challengeId: string; response: AssertionResponse },
): Promise<StoredDecision[]> {
	const at = deps.now()
	const { envelope } = await consumeSignature(
		deps,
		actor,
		'decision',
		input.challengeId,
		decisionsEnvelopeSchema,
		({ approverId }) => approverId === actor.personId,
		at,
	)
	// In order of id, as everybody who locks several requests does.
	const parts = [...envelope.decisions].sort((a, b) => (a.requestId < b.requestId ? -1 : 1))
	const requests = await seen(
		deps,
		actor,
		parts.map(({ requestId }) => requestId),
	)
	const stored = await refusing(deps, actor, requests, async () => {
		const signed = await verifySignature(deps, actor, envelope, input.response)
		return deps.database.withTx(async (tx) => {
			await holdCharter(tx, 'judge')
			await lockPeople(tx, [actor.personId, ...parts.map(({ requesterId }) => requesterId)], 'share')
			const done: StoredDecision[] = []
			for (const part of parts) done.push(await storeDecision(tx, deps, actor, part, envelope, signed, at))
			await countSignature(tx, signed, at)
			return done
		})
	})
	deps.wake()
	return stored
}

/** Requests for one role, or what was asked for in one form: what can be weighed together. */
const isOfOneKind = (requests: readonly RequestRow[]) =>
	new Set(requests.map(({ role }) => role)).size === 1 ||
	(requests[0]?.filingKey !== null && new Set(requests.map(({ filingKey }) => filingKey)).size === 1)

/** These requests, each of which the actor may see; INVALID_INPUT for none, too many, or one named twice. */
async function seen(deps: Deps, actor: Actor, ids: readonly string[]): Promise<RequestRow[]> {
	if (ids.length === 0 || ids.length > MOST_AT_ONCE || new Set(ids).size !== ids.length)
		throw new DomainError('INVALID_INPUT', 'Choose between one and twenty requests.')
	const found = await requestsById(deps.database.db, ids)
	const requests: RequestRow[] = []
	for (const id of ids) {
		const request = found.get(id)
		if (!request) throw new DomainError('NOT_FOUND', 'No such request.', { id })
		await demandSight(deps, actor, request)
		requests.push(request)
	}
	return requests
}
