import type { Tx } from '#db/client.ts'
import { insertUseSignature, loadUse, lockUses, type StoredUse } from '#db/queries/break-glass.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { lockPeople } from '#db/queries/people.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import type { Reader } from '#db/client.ts'
import type { BreakGlassState } from '#workflows/access/break-glass-context.ts'
import { breakGlassRule, judgeUse } from '#workflows/access/judge-break-glass.ts'
import {
	breakGlassEnvelopeSchema,
	type BreakGlassEnvelope,
} from '#workflows/ledger/break-glass-envelope.schema.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
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
} from '../step-up/step-up.server.ts'
import type { PreparedUse } from './sign-use.server.ts'
import { demandSecondOfficer } from './standing.server.ts'
import { applyUseEvent, refusing } from './step-use.server.ts'

export type SecondForm = { useId: string; verdict: 'confirm' | 'refuse' }

/** Fixes what the second officer is about to sign: the same digest that the user signed. */
export async function prepareSecond(deps: Deps, actor: Actor, form: SecondForm): Promise<PreparedUse> {
	const { database, now, randomBytes } = deps
	const at = now()
	const { useId, verdict } = form
	return refusing(deps, actor, { useId, step: 'second' }, async () => {
		const stored = await loadUse(database.db, useId)
		const judged = await demandSecond(database.db, deps, actor, stored, verdict, at)
		const { row } = stored
		const envelope: BreakGlassEnvelope = {
			v: 1,
			purpose: 'break_glass.use',
			nonce: toBase64Url(randomBytes(32)),
			step: verdict,
			requestId: row.id,
			useSha256: row.useSha256,
			signerId: actor.personId,
			userId: row.userId,
			role: row.role ?? '',
			durationSeconds: row.durationSeconds,
			charterTextSha256: judged.charterTextSha256,
			eligibilitySha256: judged.eligibilitySha256,
			expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
		}
		return prepareSignature(deps, actor, 'break_glass', envelope, at)
	})
}

/** Takes the second officer's signature: the access is opened at once and everybody is told, or the use is refused. */
export async function signSecond(
	deps: Deps,
	actor: Actor,
	input: { useId: string; challengeId: string; response: AssertionResponse },
): Promise<{ state: BreakGlassState }> {
	const at = deps.now()
	const { useId } = input
	const result = await refusing(deps, actor, { useId, step: 'second' }, async () => {
		const { envelope } = await consumeSignature(
			deps,
			actor,
			'break_glass',
			input.challengeId,
			breakGlassEnvelopeSchema,
			({ step, requestId }) => step !== 'use' && requestId === useId,
			at,
		)
		const signed = await verifySignature(deps, actor, envelope, input.response)
		return deps.database.withTx((tx) => store(tx, deps, actor, envelope, signed, at))
	})
	deps.wake()
	return result
}

async function store(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	envelope: BreakGlassEnvelope,
	signed: GivenSignature,
	at: Date,
): Promise<{ state: BreakGlassState }> {
	const { credential, assertion } = signed
	const verdict = envelope.step === 'confirm' ? 'confirm' : 'refuse'
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [actor.personId, envelope.userId], 'share')
	const { row: seen } = await loadUse(tx, envelope.requestId)
	await lockUses(tx, seen.usingRole)
	const before = await loadUse(tx, envelope.requestId, true)
	const judged = await demandSecond(tx, deps, actor, before, verdict, at)
	if (judged.eligibilitySha256 !== envelope.eligibilitySha256 || before.row.useSha256 !== envelope.useSha256)
		throw new DomainError('CHALLENGE_INVALID', 'Something this rests on has changed: prepare it again.')
	await countSignature(tx, signed, at)
	const step = await applyUseEvent(
		tx,
		deps,
		before,
		{
			type: 'SECOND',
			officerId: actor.personId,
			verdict,
			useSha256: envelope.useSha256,
			at: at.toISOString(),
		},
		(state) => ({
			kind: 'break_glass.seconded',
			open: {
				requestId: before.row.id,
				verdict,
				credentialEntry: credential.entryId,
				outcome: state === 'inUse' ? 'inUse' : 'refused',
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
	await insertUseSignature(tx, {
		id: deps.newId(),
		useId: before.row.id,
		part: 'second',
		signerId: actor.personId,
		verdict,
		findings: '',
		envelope,
		assertion,
		credentialId: credential.id,
		entryId: step.entryId,
		at,
	})
	return { state: step.state }
}

/**
 * Throws why this person may not sign as the second officer now, or why nobody may any more; otherwise gives the
 * judgement on the user, under the charter that they signed under and the one in force. A refusal needs no judgement.
 */
async function demandSecond(
	reader: Reader,
	deps: Deps,
	actor: Actor,
	{ row, snapshot }: StoredUse,
	verdict: SecondForm['verdict'],
	at: Date,
) {
	const { value: state, context } = snapshot
	if (context.participants.includes(actor.personId))
		throw new DomainError('OWN_USE', 'Nobody is the second officer to themselves.')
	await demandSecondOfficer(reader, deps, actor.personId, at)
	if (state !== 'awaitingSecond' || at.toISOString() >= context.secondBy)
		throw new DomainError('BREAK_GLASS_CLOSED', 'This does not wait for a second officer any more.')
	const pinned = await deps.charters.version(reader, row.charterVersionId)
	const inForce = await deps.charters.inForce(reader)
	const role = row.role ?? ''
	const rule = breakGlassRule(inForce.charter)
	const facts = await factsOfPerson(reader, row.userId)
	const charters = pinned.id === inForce.id ? [pinned.charter] : [pinned.charter, inForce.charter]
	const { usingRole, durationSeconds } = row
	const judged = judgeUse(charters, facts, { usingRole, role, durationSeconds }, at.toISOString())
	if (verdict === 'confirm') {
		if (!rule?.usedBy.includes(usingRole) || !rule.roles.includes(role))
			throw new DomainError('BREAK_GLASS_NOT_ALLOWED', 'The charter in force no longer allows this use.')
		if (durationSeconds * 1000 > rule.maximumMs)
			throw new DomainError('DURATION_TOO_LONG', 'Longer than the charter in force allows.')
		if (judged.denials.length > 0)
			throw new DomainError('INELIGIBLE', 'The charter no longer allows the user this role.', {
				denials: judged.denials,
			})
	}
	return { ...judged, facts, charterTextSha256: pinned.textSha256 }
}
