import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { insertFindingDecision, loadFinding, lockRemovals } from '#db/queries/findings.ts'
import { lockPeople } from '#db/queries/people.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import type { FindingState } from '#workflows/grants/finding-context.ts'
import type { FindingEvent } from '#workflows/grants/finding-events.ts'
import { shownDigest } from '#workflows/grants/shown-difference.ts'
import {
	findingEnvelopeSchema,
	MOST_RELEASED_AT_ONCE,
	type FindingEnvelope,
	type FindingStep,
} from '#workflows/ledger/finding-envelope.schema.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { plusMs, type Instant } from '#workflows/shared/instants.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordAlone } from '../record-entry.server.ts'
import {
	consumeSignature,
	countSignature,
	prepareSignature,
	SIGN_WITHIN_MS,
	verifySignature,
	type GivenSignature,
	type PreparedSignature,
} from '../step-up/step-up.server.ts'
import { dispatchRemovals } from './dispatch-removals.server.ts'
import { closed, demandStep, demandUnwatched } from './finding-steps.server.ts'
import { applyFindingEvent } from './step-finding.server.ts'

export type FindingForm = {
	findingIds: readonly string[]
	step: FindingStep
	reason: string
	/** For how many days somebody answers for it; of `accept` alone. */
	days: number | null
}
export type PreparedFinding = PreparedSignature<FindingEnvelope>
/** Nothing is accepted for longer: then somebody looks again. */
const MOST_ACCEPTED_DAYS = 90
export const SHORTEST_REASON = 3
const DAY_MS = 86_400_000

/** Fixes what is about to be signed and makes its hash the challenge. Refuses with the reason when it may not be. */
export async function prepareFinding(deps: Deps, actor: Actor, form: FindingForm): Promise<PreparedFinding> {
	demand(actor, 'finding:decide')
	const { findingIds, step, reason, days } = form
	const at = deps.now()
	return refusing(deps, actor, form, async () => {
		const { db } = deps.database
		const ids = [...new Set(findingIds)].sort()
		if (ids.length === 0 || ids.length > (step === 'remove' || step === 'accept' ? 1 : MOST_RELEASED_AT_ONCE))
			throw new DomainError('INVALID_INPUT', 'Choose what is to be signed.')
		if ((step === 'accept' || step === 'ask_release') && reason.trim().length < SHORTEST_REASON)
			throw new DomainError('FINDING_REASON', 'Say why: the next officer reads it.')
		if (step === 'accept' && (days === null || days < 1 || days > MOST_ACCEPTED_DAYS))
			throw new DomainError('INVALID_INPUT', 'It is accepted for one day at least, and not for good.')
		const stored = await Promise.all(ids.map((id) => loadFinding(db, id)))
		for (const finding of stored) demandStep(actor, finding, step)
		const nonce = toBase64Url(deps.randomBytes(32))
		const { charter, textSha256 } = await deps.charters.inForce(db)
		for (const finding of stored) demandUnwatched(charter, finding, step)
		const envelope: FindingEnvelope = {
			v: 1,
			purpose: 'finding.decision',
			nonce,
			step,
			findings: stored.map(({ row }) => ({
				findingId: row.id,
				differenceSha256: shownDigest(row.id, row.context.difference),
			})),
			officerId: actor.personId,
			reasonSha256: digestOf({ nonce, reason }),
			acceptedUntil: step === 'accept' && days !== null ? plusMs(at.toISOString(), days * DAY_MS) : null,
			charterTextSha256: textSha256,
			expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
		}
		return prepareSignature(deps, actor, 'finding', envelope, at, { reason })
	})
}

/**
 * Takes a signed decision. The challenge is used up first, then the assertion is verified, then everything is judged again in
 * the transaction that stores it; what it orders is let pass or held by the guard in it.
 */
export async function signFinding(
	deps: Deps,
	actor: Actor,
	input: {
		findingIds: readonly string[]
		step: FindingStep
		challengeId: string
		response: AssertionResponse
	},
): Promise<{ states: FindingState[] }> {
	demand(actor, 'finding:decide')
	const at = deps.now()
	const ids = [...new Set(input.findingIds)].sort()
	const states = await refusing(deps, actor, { findingIds: ids, step: input.step }, async () => {
		const { envelope, beside } = await consumeSignature(
			deps,
			actor,
			'finding',
			input.challengeId,
			findingEnvelopeSchema,
			({ step, officerId, findings }) =>
				step === input.step &&
				officerId === actor.personId &&
				findings.map(({ findingId }) => findingId).join() === ids.join(),
			at,
		)
		const { reason = '' } = (beside ?? {}) as { reason?: string }
		const signed = await verifySignature(deps, actor, envelope, input.response)
		return deps.database.withTx((tx) => store(tx, deps, actor, { envelope, reason, signed }, at))
	})
	deps.wake()
	return { states }
}

type Signed = { envelope: FindingEnvelope; reason: string; signed: GivenSignature }

async function store(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ envelope, reason, signed }: Signed,
	at: Date,
): Promise<FindingState[]> {
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [actor.personId], 'share')
	await lockRemovals(tx)
	const { charter, entryId: charterEntry, textSha256 } = await deps.charters.inForce(tx)
	if (textSha256 !== envelope.charterTextSha256) throw changed()
	await countSignature(tx, signed, at)
	const { credential, assertion } = signed
	for (const { findingId, differenceSha256 } of envelope.findings) {
		const before = await loadFinding(tx, findingId, true)
		demandStep(actor, before, envelope.step)
		demandUnwatched(charter, before, envelope.step)
		if (shownDigest(findingId, before.row.context.difference) !== differenceSha256) throw changed()
		const stepped = await applyFindingEvent(tx, deps, before, eventOf(envelope, actor, at.toISOString()), {
			charterEntry,
			actorId: actor.personId,
			entry: ({ state }) => ({
				kind: 'finding.decided',
				open: {
					findingId,
					step: envelope.step,
					acceptedUntil: envelope.acceptedUntil,
					credentialEntry: credential.entryId,
					charterEntry,
					outcome: state,
				},
				sealed: { evidence: { envelope, assertion }, reason: { text: reason } },
			}),
		})
		if (stepped === null || stepped.entryId === null) throw closed()
		await insertFindingDecision(tx, {
			id: deps.newId(),
			findingId,
			officerId: actor.personId,
			step: envelope.step,
			reason,
			acceptedUntil: envelope.acceptedUntil === null ? null : new Date(envelope.acceptedUntil),
			envelope,
			assertion,
			credentialId: credential.id,
			entryId: stepped.entryId,
			at,
		})
	}
	await dispatchRemovals(tx, deps, at)
	const after = await Promise.all(envelope.findings.map(({ findingId }) => loadFinding(tx, findingId)))
	return after.map(({ row }) => row.state)
}

function eventOf(
	{ step, acceptedUntil }: FindingEnvelope,
	{ personId: actorId }: Actor,
	at: Instant,
): FindingEvent {
	switch (step) {
		case 'remove':
			return { type: 'REMOVE', actorId, at }
		case 'accept':
			return { type: 'ACCEPT', actorId, until: acceptedUntil ?? at, at }
		case 'ask_release':
			return { type: 'ASK_RELEASE', actorId, at }
		case 'release':
			return { type: 'RELEASE', actorId, at }
	}
}

const changed = () =>
	new DomainError('CHALLENGE_INVALID', 'Something this rests on has changed: prepare it again.')

/** A refused attempt leaves its own entry; the refusal itself goes on to the page. */
async function refusing<T>(
	deps: Deps,
	actor: Actor,
	{ findingIds, step }: Pick<FindingForm, 'findingIds' | 'step'>,
	attempt: () => Promise<T>,
): Promise<T> {
	try {
		return await attempt()
	} catch (error) {
		if (isDomainError(error)) {
			await recordAlone(deps, {
				kind: 'finding.attempt_refused',
				subject: actor.personId,
				actor: actor.personId,
				open: { findingId: findingIds[0] ?? null, step, code: error.code },
				sealed: { refusal: { message: error.message } },
				at: deps.now(),
			})
			deps.wake()
		}
		throw error
	}
}
