import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { loadCase, type StoredCase } from '#db/queries/vetting.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import {
	vettingEnvelopeSchema,
	type VettingEnvelope,
	type VettingTerms,
} from '#workflows/ledger/vetting-envelope.schema.ts'
import type { TwoOfficerAct, VettingState } from '#workflows/people/vetting-case.events.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
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
import { invalid } from './find-person.server.ts'
import { refusing } from './officer.server.ts'
import { demandSignable } from './signable.server.ts'
import { applyCaseEvent, type CaseEntry, type CaseEvent } from './step-case.server.ts'
import { demandTerms, setsTerms, type TermsForm } from './terms.server.ts'

export type SignCaseForm = {
	caseId: string
	version: number
	part: 'propose' | 'confirm'
	act: TwoOfficerAct
	reason: string
	/** For a proposal that gives a clearance: what the authority stated. */
	terms: TermsForm | null
}
export type PreparedCase = PreparedSignature<VettingEnvelope>

const LEAST_REASON = 10

/** Fixes what an officer is about to sign and makes its hash the challenge. Refuses with the reason when they must not. */
export async function prepareCase(deps: Deps, actor: Actor, form: SignCaseForm): Promise<PreparedCase> {
	demand(actor, 'vetting:run')
	const at = deps.now()
	const { db } = deps.database
	const { caseId, part, act, reason, version } = form
	const { row } = await loadCase(db, caseId)
	return refusing(deps, actor, { caseId, subjectId: row.personId, act }, async () => {
		if (row.version !== version)
			throw new DomainError('STALE_VERSION', 'Somebody else changed this case in the meantime.')
		await demandSignable(db, deps, actor, row, { part, act }, at)
		if (part === 'propose' && reason.length < LEAST_REASON) throw invalid('reason', 'reasonShort')
		const envelope: VettingEnvelope = {
			v: 1,
			purpose: 'vetting.decision',
			nonce: toBase64Url(deps.randomBytes(32)),
			caseId,
			caseVersion: row.version,
			part,
			act,
			from: row.state,
			subjectId: row.personId,
			officerId: actor.personId,
			scheme: row.scheme,
			level: row.level,
			post: row.post,
			sponsorId: row.sponsorId,
			terms: termsOf(form, row.proposedTerms, at),
			reason,
			proposalEntry: part === 'confirm' ? (row.context.proposal?.entryId ?? null) : null,
			expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
		}
		return prepareSignature(deps, actor, 'vetting', envelope, at)
	})
}

function termsOf(
	{ part, act, terms }: SignCaseForm,
	proposed: VettingTerms | null,
	at: Date,
): VettingTerms | null {
	if (!setsTerms(act)) return null
	return part === 'confirm' ? proposed : demandTerms(act, terms, at)
}

/**
 * Takes the signature of the first or the second officer. The challenge is used up first, then the assertion is verified,
 * then everything is judged again in the transaction that stores it. Gives the state of the case after it.
 */
export async function signCase(
	deps: Deps,
	actor: Actor,
	input: { caseId: string; challengeId: string; response: AssertionResponse },
): Promise<VettingState> {
	demand(actor, 'vetting:run')
	const { row } = await loadCase(deps.database.db, input.caseId)
	const subject = { caseId: row.id, subjectId: row.personId, act: 'SIGN' }
	const to = await refusing(deps, actor, subject, async () => {
		const at = deps.now()
		const { envelope } = await consumeSignature(
			deps,
			actor,
			'vetting',
			input.challengeId,
			vettingEnvelopeSchema,
			({ caseId }) => caseId === row.id,
			at,
		)
		const signed = await verifySignature(deps, actor, envelope, input.response)
		return deps.database.withTx((tx) => store(tx, deps, actor, envelope, signed, at))
	})
	deps.wake()
	return to
}

async function store(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	envelope: VettingEnvelope,
	signed: GivenSignature,
	at: Date,
): Promise<VettingState> {
	const { caseId, part, act, subjectId, terms } = envelope
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [subjectId, actor.personId], 'update')
	const before = await loadCase(tx, caseId, true)
	const { row } = before
	await demandSignable(tx, deps, actor, row, { part, act }, at)
	if (row.version !== envelope.caseVersion)
		throw new DomainError('STALE_VERSION', 'Somebody else changed this case in the meantime.')
	await countSignature(tx, signed, at)
	const entryId = deps.newId()
	const officerId = actor.personId
	const instant = at.toISOString()
	return part === 'propose'
		? applyCaseEvent(
				tx,
				deps,
				before,
				{ type: 'PROPOSE', act, officerId, entryId, at: instant },
				() => tellSigned(before, envelope, signed),
				officerId,
				{ entryId, proposedTerms: terms, proposedBy: officerId, confirmedBy: null },
			)
		: applyCaseEvent(
				tx,
				deps,
				before,
				eventOf(envelope, instant),
				(to) => tellSigned(before, envelope, signed, to),
				officerId,
				{ entryId, proposedTerms: null, confirmedBy: officerId, ...(terms === null ? {} : { terms }) },
			)
}

function eventOf({ act: type, officerId, terms }: VettingEnvelope, at: string): CaseEvent {
	if (type === 'REINSTATE' || type === 'CLEAR_REVIEW' || type === 'REVOKE') return { type, officerId, at }
	return { type, officerId, validUntil: terms?.validUntil ?? null, at }
}

function tellSigned(
	{ row }: StoredCase,
	envelope: VettingEnvelope,
	{ credential, assertion }: GivenSignature,
	to?: VettingState,
): CaseEntry {
	const { act, proposalEntry } = envelope
	const common = { caseId: row.id, from: row.state, act, credentialEntry: credential.entryId }
	const sealed = { evidence: { envelope, assertion } }
	return to === undefined || proposalEntry === null
		? { kind: 'vetting.proposed', open: common, sealed }
		: { kind: 'vetting.confirmed', open: { ...common, to, proposalEntry }, sealed }
}
