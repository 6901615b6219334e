import type { Reader, Tx } from '#db/client.ts'
import { openAmendmentsSignedBy } from '#db/queries/amendments.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { findPerson, lockPeople } from '#db/queries/people.ts'
import { liftOf, openSuspensionOf } from '#db/queries/suspensions.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import { suspensionEnvelopeSchema, type SuspensionEnvelope } from '#workflows/ledger/envelope.schema.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordAlone } from '../record-entry.server.ts'
import {
	consumeSignature,
	countSignature,
	prepareSignature,
	SIGN_WITHIN_MS,
	verifySignature,
	type PreparedSignature,
} from '../step-up/step-up.server.ts'
import { confirmLift, proposeLift } from './lift.server.ts'
import { storeSuspension } from './suspend.server.ts'

export type SuspensionStep = SuspensionEnvelope['step']
export type SuspensionForm = { personId: string; step: SuspensionStep; reason: string }
export type PreparedSuspension = PreparedSignature<SuspensionEnvelope>

/** Fixes what is about to be signed and makes its hash the challenge. Refuses with the reason when it may not be. */
export async function prepareSuspension(
	deps: Deps,
	actor: Actor,
	{ personId, step, reason }: SuspensionForm,
): Promise<PreparedSuspension> {
	demand(actor, 'people:suspend')
	const at = deps.now()
	await findPerson(deps.database.db, personId)
	return refusing(deps, actor, personId, step, async () => {
		const { suspensionId, proposalId } = await demandStep(deps.database.db, actor, personId, step)
		const nonce = toBase64Url(deps.randomBytes(32))
		const envelope: SuspensionEnvelope = {
			v: 1,
			purpose: 'person.suspension',
			nonce,
			step,
			suspensionId: suspensionId ?? deps.newId(),
			personId,
			officerId: actor.personId,
			reasonSha256: digestOf({ nonce, reason }),
			proposalId,
			expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
		}
		return prepareSignature(deps, actor, 'suspension', envelope, at, { reason })
	})
}

/**
 * Takes a signed step: a person is stopped, the lifting of a suspension is proposed, or confirmed by a second officer.
 * The challenge is used up first, then the assertion is verified, then everything is judged again in the transaction
 * that stores it, together with all that it ends.
 */
export async function signSuspension(
	deps: Deps,
	actor: Actor,
	input: { personId: string; step: SuspensionStep; challengeId: string; response: AssertionResponse },
): Promise<{ suspensionId: string }> {
	demand(actor, 'people:suspend')
	const { personId, step } = input
	const at = deps.now()
	const suspensionId = await refusing(deps, actor, personId, step, async () => {
		const { envelope, beside } = await consumeSignature(
			deps,
			actor,
			'suspension',
			input.challengeId,
			suspensionEnvelopeSchema,
			(signed) => signed.personId === personId && signed.step === step,
			at,
		)
		const { reason = '' } = (beside ?? {}) as { reason?: string }
		const signature = await verifySignature(deps, actor, envelope, input.response)
		const signed = { envelope, reason, signature }
		// A charter cannot come into force on the signature of somebody who is being stopped: then it stands still.
		const isOwner =
			step === 'suspend' && (await openAmendmentsSignedBy(deps.database.db, personId)).length > 0
		const attempt = (hold: 'judge' | 'change') =>
			deps.database.withTx((tx) => store(tx, deps, actor, signed, at, hold))
		if ((await attempt(isOwner ? 'change' : 'judge')) === 'must_change') await attempt('change')
		return envelope.suspensionId
	})
	deps.wake()
	return { suspensionId }
}

export type SignedStep = {
	envelope: SuspensionEnvelope
	reason: string
	signature: Awaited<ReturnType<typeof verifySignature>>
}

async function store(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	signed: SignedStep,
	at: Date,
	hold: 'judge' | 'change',
): Promise<'done' | 'must_change'> {
	const { step, personId, suspensionId } = signed.envelope
	await holdCharter(tx, hold)
	await lockPeople(tx, [personId, actor.personId], 'update')
	// Whoever was stopped a moment ago stops nobody any more.
	if ((await openSuspensionOf(tx, actor.personId)) !== null)
		throw new DomainError('SUSPENDED', 'You are suspended.')
	const now = await demandStep(tx, actor, personId, step)
	if (now.suspensionId !== null && now.suspensionId !== suspensionId)
		throw new DomainError('CHALLENGE_INVALID', 'Another suspension holds by now: prepare it again.')
	// Signed between the look and the lock: the charter must be held for change first, or two would wait for each other.
	if (step === 'suspend' && hold === 'judge' && (await openAmendmentsSignedBy(tx, personId)).length > 0)
		return 'must_change'
	await countSignature(tx, signed.signature, at)
	await STEPS[step](tx, deps, actor, signed, at)
	return 'done'
}

const STEPS = { suspend: storeSuspension, propose_lift: proposeLift, confirm_lift: confirmLift } as const

/** Throws the reason why this step may not be taken now; otherwise gives what it is about. */
async function demandStep(
	reader: Reader,
	actor: Actor,
	personId: string,
	step: SuspensionStep,
): Promise<{ suspensionId: string | null; proposalId: string | null }> {
	if (actor.personId === personId)
		throw new DomainError('FORBIDDEN', 'Nobody suspends themselves, or lifts their own suspension.', {
			permission: 'people:suspend',
		})
	const open = await openSuspensionOf(reader, personId)
	if (step === 'suspend') {
		if (open !== null) throw new DomainError('ALREADY_SUSPENDED', 'This person is suspended already.')
		return { suspensionId: null, proposalId: null }
	}
	if (open === null) throw new DomainError('NOT_SUSPENDED', 'No suspension of this person holds.')
	const lift = await liftOf(reader, open.id)
	if (step === 'propose_lift') {
		if (lift !== null) throw new DomainError('ALREADY_PROPOSED', 'Lifting this has been proposed already.')
		return { suspensionId: open.id, proposalId: null }
	}
	if (lift === null) throw new DomainError('NOT_FOUND', 'Nobody has proposed to lift this suspension.')
	if (lift.proposedBy === actor.personId)
		throw new DomainError('SAME_OFFICER', 'Another officer must confirm what this one proposed.')
	return { suspensionId: open.id, proposalId: lift.id }
}

/** A refused attempt leaves its own entry; the refusal itself goes on to the page. */
async function refusing<T>(
	deps: Deps,
	actor: Actor,
	personId: string,
	step: SuspensionStep,
	attempt: () => Promise<T>,
): Promise<T> {
	try {
		return await attempt()
	} catch (error) {
		if (isDomainError(error)) {
			const { code, message } = error
			await recordAlone(deps, {
				kind: 'person.suspension_refused',
				subject: personId,
				actor: actor.personId,
				open: { step, code },
				sealed: { refusal: { message } },
				at: deps.now(),
			})
			deps.wake()
		}
		throw error
	}
}
