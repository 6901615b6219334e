import type { Reader, Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { factsOf } from '#db/queries/facts.ts'
import { insertLockboxDecision, loadLockbox, type StoredLockbox } from '#db/queries/lockbox.ts'
import { lockPeople } from '#db/queries/people.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Verdict } from '#workflows/charter/verdict.ts'
import { lockboxEnvelopeSchema, type LockboxEnvelope } from '#workflows/ledger/lockbox-envelope.schema.ts'
import { judgeLockboxApprover } from '#workflows/lockbox/judge-lockbox.ts'
import { refusalToDecideLockbox, type LockboxState } from '#workflows/lockbox/lockbox-context.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { CharterInForce } from '../charter/charter-store.server.ts'
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
import { codesAgainst } from './rule-out.server.ts'
import { settleLockbox } from './settle-lockboxes.server.ts'
import { applyLockboxEvent, refusingLockbox } from './step-lockbox.server.ts'

export type LockboxForm = { requestId: string; verdict: 'approve' | 'deny'; reason: string }
export type PreparedLockbox = PreparedSignature<LockboxEnvelope>
/** A denial says why to whoever asked. */
export const SHORTEST_REASON = 3

/** Fixes what is about to be decided and makes its hash the challenge. Refuses with the reason when it may not be. */
export async function prepareLockbox(deps: Deps, actor: Actor, form: LockboxForm): Promise<PreparedLockbox> {
	const { database, now, randomBytes } = deps
	const at = now()
	const { requestId, verdict, reason } = form
	demand(actor, 'lockbox:read')
	return refusingLockbox(deps, actor, { lockboxId: requestId, step: 'decide' }, async () => {
		// What no longer counts by now falls first: the signature is for the stage that decides then.
		await database.withTx(async (tx) => {
			await holdCharter(tx, 'judge')
			await settleLockbox(tx, deps, requestId)
		})
		const stored = await loadLockbox(database.db, requestId)
		const judged = await demandDecision(database.db, deps, actor, stored, form, at)
		const { asked, requestSha256 } = stored.row
		const { name, country, clearance } = asked.disclosed
		const envelope: LockboxEnvelope = {
			v: 1,
			purpose: 'lockbox.decision',
			nonce: toBase64Url(randomBytes(32)),
			requestId,
			requestSha256,
			stage: stored.snapshot.context.stage,
			verdict,
			reason,
			approverId: actor.personId,
			provider: asked.provider,
			providerRequestId: asked.providerRequestId,
			boundaryId: asked.boundaryId,
			resources: asked.resources,
			durationSeconds: asked.durationSeconds,
			disclosed: { name: name !== null, country: country !== null, clearance: clearance !== null },
			deadline: asked.deadline,
			charterTextSha256: asked.charterTextSha256,
			eligibilitySha256: judged.eligibilitySha256,
			expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
		}
		return prepareSignature(deps, actor, 'lockbox', envelope, at)
	})
}

/**
 * Takes a signed decision. The challenge is used up first, then the assertion is verified, then everything is judged
 * again in the transaction that stores it; with the last approval of the last stage the one answer is queued in it.
 */
export async function signLockbox(
	deps: Deps,
	actor: Actor,
	input: { requestId: string; challengeId: string; response: AssertionResponse },
): Promise<{ state: LockboxState }> {
	const at = deps.now()
	demand(actor, 'lockbox:read')
	const result = await refusingLockbox(
		deps,
		actor,
		{ lockboxId: input.requestId, step: 'decide' },
		async () => {
			const { envelope } = await consumeSignature(
				deps,
				actor,
				'lockbox',
				input.challengeId,
				lockboxEnvelopeSchema,
				({ requestId, approverId }) => requestId === input.requestId && approverId === actor.personId,
				at,
			)
			const signed = await verifySignature(deps, actor, envelope, input.response)
			return deps.database.withTx((tx) => store(tx, deps, actor, envelope, signed, at))
		},
	)
	deps.wake()
	return result
}

async function store(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	envelope: LockboxEnvelope,
	signed: GivenSignature,
	at: Date,
): Promise<{ state: LockboxState }> {
	const { requestId, verdict, stage } = envelope
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [actor.personId], 'share')
	const before = await loadLockbox(tx, requestId, true)
	const judged = await demandDecision(tx, deps, actor, before, envelope, at)
	if (
		before.row.requestSha256 !== envelope.requestSha256 ||
		before.snapshot.context.stage !== stage ||
		judged.eligibilitySha256 !== envelope.eligibilitySha256
	)
		throw new DomainError('CHALLENGE_INVALID', 'Something this rests on has changed: prepare it again.')
	await countSignature(tx, signed, at)
	const { credential, assertion } = signed
	const step = await applyLockboxEvent(
		tx,
		deps,
		before,
		{ type: 'DECIDE', stage, approverId: actor.personId, verdict, at: at.toISOString() },
		(outcome) => ({
			kind: 'lockbox.decided',
			open: {
				requestId,
				stage,
				verdict,
				credentialEntry: credential.entryId,
				charterEntry: judged.pinned.entryId,
				outcome,
			},
			sealed: {
				evidence: { envelope, assertion },
				eligibility: {
					verdictSha256: judged.eligibilitySha256,
					facts: judged.facts as unknown as Json as never,
				},
			},
		}),
		actor.personId,
	)
	await insertLockboxDecision(tx, {
		id: deps.newId(),
		requestId,
		stage,
		approverId: actor.personId,
		verdict,
		reason: envelope.reason,
		envelope,
		assertion,
		credentialId: credential.id,
		entryId: step.entryId,
		at,
	})
	return { state: step.state }
}

export type LockboxJudgement = {
	approver: Verdict
	facts: PersonFacts
	eligibilitySha256: string
	pinned: CharterInForce
}

/** Throws why this person may not decide so now; otherwise gives the judgement that the signature names. */
export async function demandDecision(
	reader: Reader,
	deps: Pick<Deps, 'charters'>,
	actor: Actor,
	{ row, snapshot }: StoredLockbox,
	{ verdict, reason }: Pick<LockboxForm, 'verdict' | 'reason'>,
	at: Date,
): Promise<LockboxJudgement> {
	const { context } = snapshot
	const refusal = refusalToDecideLockbox(context, actor.personId)
	if (refusal === 'OWN_REQUEST')
		throw new DomainError('OWN_REQUEST', 'Nobody decides on what benefits them, or what they brought in.')
	if (refusal === 'ALREADY_DECIDED')
		throw new DomainError('ALREADY_DECIDED', 'Each stage needs another person.')
	if (row.state !== 'pending')
		throw new DomainError('LOCKBOX_CLOSED', 'This request no longer waits for a decision.')
	if (at.toISOString() >= context.decideBy)
		throw new DomainError('TOO_LATE_TO_DECIDE', 'The time to decide has run out: silence denies.')
	if (verdict === 'deny' && reason.trim().length < SHORTEST_REASON)
		throw new DomainError('LOCKBOX_REASON', 'A denial says why to whoever asked.')
	const pinned = await deps.charters.version(reader, row.charterVersionId)
	const inForce = await deps.charters.inForce(reader)
	const under = pinned.id === inForce.id ? [pinned] : [pinned, inForce]
	const charters = under.map(({ charter }) => charter)
	const own = (await factsOf(reader, [actor.personId])).get(actor.personId)
	const from = context.stages[context.stage]?.from
	if (own === undefined || from === undefined) throw new DomainError('NOT_FOUND', 'No such person.')
	const judged = judgeLockboxApprover(charters, own, from, at.toISOString())
	if (!judged.approver.permit)
		throw new DomainError('INELIGIBLE', 'The charter does not allow you to decide here.', {
			denials: judged.approver.denials,
		})
	if (verdict === 'approve') {
		const codes = await codesAgainst(reader, deps, { row, snapshot }, at)
		if (codes.length > 0) throw new DomainError('LOCKBOX_RULED_OUT', 'It can only be denied now.', { codes })
	}
	return { ...judged, facts: own, pinned }
}
