import type { Reader, Tx } from '#db/client.ts'
import { insertSignature, loadAmendment, signaturesOf, type AmendmentRow } from '#db/queries/amendments.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { lockPeople } from '#db/queries/people.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import { impactDigest, type ShownImpact } from '#workflows/charter/impact.ts'
import { amendmentEnvelopeSchema, type AmendmentEnvelope } from '#workflows/ledger/envelope.schema.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import { readCharter } from '../charter/read-charter.server.ts'
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
import { demandOwners, judgeOwner } from './check-amendment.server.ts'
import { findImpact } from './find-impact.server.ts'
import { applyAmendmentEvent, type AmendmentEntry } from './step-amendment.server.ts'

export type SignForm = { amendmentId: string; verdict: 'sign' | 'reject'; reason: string }
export type PreparedAmendment = PreparedSignature<AmendmentEnvelope>

/** Fixes what is about to be signed and makes its hash the challenge. Refuses with the reason when it may not be. */
export async function prepareAmendment(
	deps: Deps,
	actor: Actor,
	{ amendmentId, verdict, reason }: SignForm,
): Promise<PreparedAmendment> {
	demand(actor, 'charter:amend')
	const at = deps.now()
	const { db } = deps.database
	const { row } = await loadAmendment(db, amendmentId)
	return refusing(deps, actor, row, async () => {
		await demandSignable(db, deps, actor, row, verdict, at)
		const base = await deps.charters.version(db, row.baseVersionId)
		const { summary, endings } = await findImpact(deps, row)
		const shown: ShownImpact = { summary, endings }
		const envelope: AmendmentEnvelope = {
			v: 1,
			purpose: 'charter.amendment',
			nonce: toBase64Url(deps.randomBytes(32)),
			amendmentId,
			verdict,
			reason,
			signerId: actor.personId,
			charterId: row.charterId,
			version: row.version,
			textSha256: row.context.textSha256,
			baseTextSha256: base.textSha256,
			inForceFrom: row.context.inForceFrom,
			impactSha256: impactDigest(shown),
			expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
		}
		return prepareSignature(deps, actor, 'amendment', envelope, at, shown as unknown as Json)
	})
}

/**
 * Takes a signature or a rejection. The challenge is used up first, then the assertion is verified, then everything
 * is judged again in the transaction that stores it. Gives the state of the amendment after it.
 */
export async function signAmendment(
	deps: Deps,
	actor: Actor,
	input: { amendmentId: string; challengeId: string; response: AssertionResponse },
): Promise<{ state: AmendmentRow['state'] }> {
	demand(actor, 'charter:amend')
	const at = deps.now()
	const { row } = await loadAmendment(deps.database.db, input.amendmentId)
	const state = await refusing(deps, actor, row, async () => {
		const { envelope, beside } = await consumeSignature(
			deps,
			actor,
			'amendment',
			input.challengeId,
			amendmentEnvelopeSchema,
			({ amendmentId }) => amendmentId === row.id,
			at,
		)
		const signed = await verifySignature(deps, actor, envelope, input.response)
		return deps.database.withTx((tx) => store(tx, deps, actor, { envelope, beside }, signed, at))
	})
	deps.wake()
	return { state }
}

async function store(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ envelope, beside }: { envelope: AmendmentEnvelope; beside: Json },
	signed: GivenSignature,
	at: Date,
): Promise<AmendmentRow['state']> {
	const { amendmentId, verdict, reason, textSha256 } = envelope
	await holdCharter(tx, 'change')
	await lockPeople(tx, [actor.personId], 'share')
	const before = await loadAmendment(tx, amendmentId, true)
	await demandSignable(tx, deps, actor, before.row, verdict, at)
	if (before.row.context.textSha256 !== textSha256)
		throw new DomainError('CHALLENGE_INVALID', 'The text has changed since: prepare it again.')
	await countSignature(tx, signed, at)
	const instant = at.toISOString()
	const { decided, entryId } = await applyAmendmentEvent(
		tx,
		deps,
		before,
		verdict === 'sign'
			? { type: 'SIGN', ownerId: actor.personId, textSha256, at: instant }
			: { type: 'REJECT', actorId: actor.personId, at: instant },
		(_, state): AmendmentEntry => ({
			kind: 'amendment.decided',
			open: {
				amendmentId,
				verdict,
				textSha256,
				credentialEntry: signed.credential.entryId,
				outcome: state as 'proposed' | 'signed' | 'rejected' | 'inForce',
			},
			sealed: { evidence: { envelope, assertion: signed.assertion }, impact: { shown: beside as never } },
		}),
		actor.personId,
	)
	await insertSignature(tx, {
		id: deps.newId(),
		amendmentId,
		ownerId: actor.personId,
		verdict,
		reason,
		envelope,
		assertion: signed.assertion,
		credentialId: signed.credential.id,
		entryId,
		at,
	})
	return decided.next.value
}

/** Throws the reason why this person may not sign or reject now; otherwise gives nothing. */
export async function demandSignable(
	reader: Reader,
	deps: Deps,
	actor: Actor,
	row: AmendmentRow,
	verdict: 'sign' | 'reject',
	at: Date,
): Promise<void> {
	if (row.state !== 'proposed' && !(row.state === 'signed' && verdict === 'reject'))
		throw new DomainError('ILLEGAL_TRANSITION', 'This amendment does not wait for signatures.')
	const { charter } = await deps.charters.inForce(reader)
	const owner = judgeOwner(charter, await factsOfPerson(reader, actor.personId), at.toISOString())
	if (!owner.permit)
		throw new DomainError('INELIGIBLE', 'The charter does not allow you to sign its amendments.', {
			denials: owner.denials,
		})
	const given = await signaturesOf(reader, row.id)
	if (given.some(({ ownerId }) => ownerId === actor.personId))
		throw new DomainError('ALREADY_SIGNED', 'This person has already signed or rejected this amendment.')
	if (verdict === 'sign') await demandOwners(reader, readCharter(row.yaml).charter, at)
}

/** A refused attempt leaves its own entry; the refusal itself goes on to the page. */
async function refusing<T>(
	deps: Deps,
	actor: Actor,
	{ id }: AmendmentRow,
	attempt: () => Promise<T>,
): Promise<T> {
	try {
		return await attempt()
	} catch (error) {
		if (isDomainError(error)) {
			const { code, message } = error
			await recordAlone(deps, {
				kind: 'amendment.decision_refused',
				subject: null,
				actor: actor.personId,
				open: { amendmentId: id, code },
				sealed: { refusal: { message } },
				at: deps.now(),
			})
			deps.wake()
		}
		throw error
	}
}
