import type { Reader, Tx } from '#db/client.ts'
import { insertUse, insertUseSignature, lockUses, overlappingOffline } from '#db/queries/break-glass.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople, peopleCalled } from '#db/queries/people.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import { breakGlassMachine } from '#workflows/access/break-glass.machine.ts'
import { breakGlassRule, type BreakGlassRule } from '#workflows/access/judge-break-glass.ts'
import {
	offlineEnvelopeSchema,
	type OfflineEnvelope,
	type OfflineUse,
} from '#workflows/ledger/break-glass-envelope.schema.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import { begin } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { msBetween } from '#workflows/shared/instants.ts'
import { demand, type Actor } from '../actor.ts'
import type { CharterInForce } from '../charter/charter-store.server.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import {
	consumeSignature,
	countSignature,
	prepareSignature,
	SIGN_WITHIN_MS,
	verifySignature,
	type GivenSignature,
	type PreparedSignature,
} from '../step-up/step-up.server.ts'
import { demandUnsuspended } from '../suspension/demand-unsuspended.server.ts'
import { refusing } from './step-use.server.ts'

/** The form on paper, as an officer types it in. People by name, user principal name or id. */
export type OfflineForm = {
	usingRole: string
	openedBy: string
	witness: string
	account: string
	from: Date
	until: Date
	reason: string
	envelope: string
}
export type PreparedOffline = PreparedSignature<OfflineEnvelope> & { use: OfflineUse }

/** Fixes a use by the sealed procedure as an officer records it. Each thing that cannot be so is refused by its field. */
export async function prepareOffline(deps: Deps, actor: Actor, form: OfflineForm): Promise<PreparedOffline> {
	demand(actor, 'break_glass:record')
	const { database, now, newId, randomBytes } = deps
	const at = now()
	return refusing(deps, actor, { useId: null, step: 'offline' }, async () => {
		const { db } = database
		const version = await deps.charters.inForce(db)
		const openedBy = await personCalled(db, 'openedBy', form.openedBy)
		const witness = await personCalled(db, 'witness', form.witness)
		const { usingRole, account, reason, envelope: number } = form
		const use: OfflineUse = {
			requestId: newId(),
			usingRole,
			openedBy,
			witnesses: [witness],
			account,
			from: form.from.toISOString(),
			until: form.until.toISOString(),
			reason,
			envelope: number,
			charterTextSha256: version.textSha256,
		}
		await demandOffline(db, version, actor, use, at)
		const envelope: OfflineEnvelope = {
			v: 1,
			purpose: 'break_glass.offline',
			nonce: toBase64Url(randomBytes(32)),
			requestId: use.requestId,
			useSha256: digestOf(use),
			officerId: actor.personId,
			expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
		}
		return { ...(await prepareSignature(deps, actor, 'break_glass', envelope, at, { use })), use }
	})
}

/** Takes the officer's signature: from then on the use is in the record, and owes its review like any other. */
export async function signOffline(
	deps: Deps,
	actor: Actor,
	input: { challengeId: string; response: AssertionResponse },
): Promise<{ useId: string }> {
	demand(actor, 'break_glass:record')
	const at = deps.now()
	const useId = await refusing(deps, actor, { useId: null, step: 'offline' }, async () => {
		const { envelope, beside } = await consumeSignature(
			deps,
			actor,
			'break_glass',
			input.challengeId,
			offlineEnvelopeSchema,
			({ officerId }) => officerId === actor.personId,
			at,
		)
		const signed = await verifySignature(deps, actor, envelope, input.response)
		const { use } = beside as { use: OfflineUse }
		await deps.database.withTx((tx) => store(tx, deps, actor, { envelope, use, signed }, at))
		return use.requestId
	})
	deps.wake()
	return { useId }
}

async function store(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ envelope, use, signed }: { envelope: OfflineEnvelope; use: OfflineUse; signed: GivenSignature },
	at: Date,
): Promise<void> {
	const { credential, assertion } = signed
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [actor.personId, use.openedBy, ...use.witnesses], 'share')
	await demandUnsuspended(tx, actor.personId)
	await lockUses(tx, use.usingRole)
	const version = await deps.charters.inForce(tx)
	const rule = await demandOffline(tx, version, actor, use, at)
	if (version.textSha256 !== use.charterTextSha256)
		throw new DomainError('CHALLENGE_INVALID', 'Another charter is in force by now: prepare it again.')
	await countSignature(tx, signed, at)
	const durationMs = msBetween(use.from, use.until)
	const { review } = rule
	const decided = begin(
		breakGlassMachine,
		{
			useId: use.requestId,
			kind: 'offline',
			userId: use.openedBy,
			participants: [...use.witnesses, actor.personId],
			durationMs,
			maximumMs: rule.maximumMs,
			useSha256: envelope.useSha256,
			needsSecond: false,
			reviewQuorum: review.quorum,
			reviewWithinMs: review.withinMs,
			usedAt: use.from,
			at: at.toISOString(),
		},
		at.toISOString(),
	)
	const entryId = await recordEntry(tx, deps, {
		kind: 'break_glass.offline_recorded',
		subject: use.openedBy,
		actor: actor.personId,
		open: {
			requestId: use.requestId,
			usingRole: use.usingRole,
			charterEntry: version.entryId,
			credentialEntry: credential.entryId,
			from: use.from,
			until: use.until,
			participants: decided.next.context.participants,
			review: { by: review.by, quorum: review.quorum, within: review.withinMs / 1000 },
		},
		sealed: { use, evidence: { envelope, assertion } },
		at,
	})
	await insertUse(
		tx,
		{
			userId: use.openedBy,
			usingRole: use.usingRole,
			role: null,
			charterVersionId: version.id,
			durationSeconds: Math.max(1, Math.round(durationMs / 1000)),
			reason: use.reason,
			ticket: use.envelope,
			useSha256: envelope.useSha256,
			offline: {
				account: use.account,
				envelope: use.envelope,
				witnesses: use.witnesses,
				from: use.from,
				until: use.until,
			},
			createdAt: at,
		},
		decided,
		{ event: { type: 'RECORD' }, actorId: actor.personId, entryId, at },
	)
	await insertUseSignature(tx, {
		id: deps.newId(),
		useId: use.requestId,
		part: 'offline',
		signerId: actor.personId,
		verdict: 'record',
		findings: '',
		envelope,
		assertion,
		credentialId: credential.id,
		entryId,
		at,
	})
}

const wrong = (field: string, problem: string, message: string) =>
	new DomainError('INVALID_INPUT', message, { field, problem })

async function personCalled(reader: Reader, field: string, text: string): Promise<string> {
	const [person, another] = await peopleCalled(reader, text)
	if (!person) throw wrong(field, 'NO_SUCH_PERSON', 'Nobody is called so.')
	if (another) throw wrong(field, 'SEVERAL_PEOPLE', 'Several people are called so.')
	return person.id
}

/** Throws the first thing that cannot be as the form says it; otherwise gives the charter's rule. */
async function demandOffline(
	reader: Reader,
	{ charter }: CharterInForce,
	actor: Actor,
	use: OfflineUse,
	at: Date,
): Promise<BreakGlassRule> {
	const rule = breakGlassRule(charter)
	if (!rule?.usedBy.includes(use.usingRole))
		throw new DomainError('BREAK_GLASS_NOT_ALLOWED', 'The charter in force has no such emergency.')
	const [from, until, now] = [Date.parse(use.from), Date.parse(use.until), at.getTime()]
	if (from > now) throw wrong('from', 'BEGINS_IN_FUTURE', 'It begins in the future.')
	if (until > now) throw wrong('until', 'BEGINS_IN_FUTURE', 'It ends in the future.')
	if (until <= from) throw wrong('until', 'ENDS_BEFORE_IT_BEGINS', 'It ends before it begins.')
	if (use.witnesses.includes(use.openedBy))
		throw wrong('witness', 'TWO_PEOPLE', 'Whoever opens the envelope is not their own witness.')
	if ([use.openedBy, ...use.witnesses].includes(actor.personId))
		throw new DomainError('OWN_USE', 'Nobody records a use that they had a part in.')
	const number = await overlappingOffline(reader, use)
	if (number !== null)
		throw new DomainError('OFFLINE_OVERLAPS', 'A use of this account at this time is recorded already.', {
			number,
		})
	return rule
}
