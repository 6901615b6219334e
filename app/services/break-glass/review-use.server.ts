import type { Reader, Tx } from '#db/client.ts'
import { insertUseSignature, loadUse, type StoredUse } from '#db/queries/break-glass.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { lockPeople } from '#db/queries/people.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import { refusalToReview, type BreakGlassState } from '#workflows/access/break-glass-context.ts'
import {
	breakGlassReviewEnvelopeSchema,
	type BreakGlassReviewEnvelope,
} from '#workflows/ledger/break-glass-envelope.schema.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
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
	type GivenSignature,
	type PreparedSignature,
} from '../step-up/step-up.server.ts'
import { isHolder, reviewingRole } from './standing.server.ts'
import { applyUseEvent, refusing } from './step-use.server.ts'
import { tellUse } from './tell.server.ts'

export type ReviewForm = {
	useId: string
	verdict: 'justified' | 'not_justified'
	/** What was found; the record keeps it apart from the signature, so that it can be erased. */
	findings: string
}
export type PreparedReview = PreparedSignature<BreakGlassReviewEnvelope>

/** Fixes a review and makes its hash the challenge. Refuses with the reason when this person may not review. */
export async function prepareReview(deps: Deps, actor: Actor, form: ReviewForm): Promise<PreparedReview> {
	const { database, now, randomBytes } = deps
	const at = now()
	const { useId, verdict, findings } = form
	return refusing(deps, actor, { useId, step: 'review' }, async () => {
		const stored = await loadUse(database.db, useId)
		await demandReview(database.db, deps, actor, stored, at)
		const nonce = toBase64Url(randomBytes(32))
		const envelope: BreakGlassReviewEnvelope = {
			v: 1,
			purpose: 'break_glass.review',
			nonce,
			requestId: useId,
			useSha256: stored.row.useSha256,
			verdict,
			findingsSha256: digestOf({ nonce, findings }),
			reviewerId: actor.personId,
			expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
		}
		return prepareSignature(deps, actor, 'break_glass', envelope, at, { findings })
	})
}

/**
 * Takes a signed review. With the quorum of reviews the debt is done, whatever they say; one that finds the use not
 * justified is told to the security officers at once.
 */
export async function signReview(
	deps: Deps,
	actor: Actor,
	input: { useId: string; challengeId: string; response: AssertionResponse },
): Promise<{ state: BreakGlassState }> {
	const at = deps.now()
	const { useId } = input
	const result = await refusing(deps, actor, { useId, step: 'review' }, async () => {
		const { envelope, beside } = await consumeSignature(
			deps,
			actor,
			'break_glass',
			input.challengeId,
			breakGlassReviewEnvelopeSchema,
			({ requestId }) => requestId === useId,
			at,
		)
		const signed = await verifySignature(deps, actor, envelope, input.response)
		const { findings = '' } = (beside ?? {}) as { findings?: string }
		return deps.database.withTx((tx) => store(tx, deps, actor, { envelope, findings, signed }, at))
	})
	deps.wake()
	return result
}

async function store(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	given: { envelope: BreakGlassReviewEnvelope; findings: string; signed: GivenSignature },
	at: Date,
): Promise<{ state: BreakGlassState }> {
	const { envelope, findings, signed } = given
	const { credential, assertion } = signed
	const { verdict } = envelope
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [actor.personId], 'share')
	const before = await loadUse(tx, envelope.requestId, true)
	await demandReview(tx, deps, actor, before, at)
	if (before.row.useSha256 !== envelope.useSha256)
		throw new DomainError('CHALLENGE_INVALID', 'Something this rests on has changed: prepare it again.')
	await countSignature(tx, signed, at)
	const step = await applyUseEvent(
		tx,
		deps,
		before,
		{ type: 'REVIEW', reviewerId: actor.personId, verdict, at: at.toISOString() },
		(state) => ({
			kind: 'break_glass.reviewed',
			open: {
				requestId: before.row.id,
				verdict,
				credentialEntry: credential.entryId,
				outcome: state === 'reviewed' ? 'reviewed' : 'owed',
			},
			sealed: { evidence: { envelope, assertion }, findings: { text: findings } },
		}),
		actor.personId,
	)
	await insertUseSignature(tx, {
		id: deps.newId(),
		useId: before.row.id,
		part: 'review',
		signerId: actor.personId,
		verdict,
		findings,
		envelope,
		assertion,
		credentialId: credential.id,
		entryId: step.entryId,
		at,
	})
	if (verdict === 'not_justified') await tellUse(tx, deps, before.row, 'review_not_justified', at)
	return { state: step.state }
}

/** Throws why this person may not review this use now; otherwise gives nothing. */
export async function demandReview(
	reader: Reader,
	deps: Pick<Deps, 'charters'>,
	actor: Actor,
	{ row, snapshot }: StoredUse,
	at: Date,
): Promise<void> {
	const { value: state, context } = snapshot
	const refusal = refusalToReview(context, actor.personId)
	if (refusal === 'OWN_USE') throw new DomainError('OWN_USE', 'Nobody reviews a use that they had a part in.')
	if (refusal === 'ALREADY_REVIEWED')
		throw new DomainError('ALREADY_SIGNED_USE', 'This person has reviewed this use already.')
	const pinned = await deps.charters.version(reader, row.charterVersionId)
	const { charter } = await deps.charters.inForce(reader)
	const role = reviewingRole(pinned.charter, charter)
	const facts = await factsOfPerson(reader, actor.personId)
	if (role === null || !isHolder(charter, facts, role, at))
		throw new DomainError('NOT_REVIEWER', 'Holders of another role review this use.')
	if (state === 'awaitingSecond' || state === 'inUse')
		throw new DomainError('REVIEW_TOO_EARLY', 'The review is given once the access has ended.')
	if (state !== 'reviewOwed' && state !== 'overdue')
		throw new DomainError('BREAK_GLASS_CLOSED', 'No review of this is owed.')
}
