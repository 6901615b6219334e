import type { Tx } from '#db/client.ts'
import { insertUse, insertUseSignature, loadUse, lockUses } from '#db/queries/break-glass.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { hasOpenRequest } from '#db/queries/requests.ts'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import type { BreakGlassState } from '#workflows/access/break-glass-context.ts'
import { breakGlassMachine } from '#workflows/access/break-glass.machine.ts'
import { judgeUse, type BreakGlassRule, type JudgedUse } from '#workflows/access/judge-break-glass.ts'
import {
	breakGlassEnvelopeSchema,
	type BreakGlassEnvelope,
	type BreakGlassUse,
} from '#workflows/ledger/break-glass-envelope.schema.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import { begin } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { SHORTEST_SECONDS } from '../access/asked-access.server.ts'
import { signedPlace } from '#workflows/grants/place.ts'
import type { Actor } from '../actor.ts'
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
import { openUse } from './open-use.server.ts'
import { demandNoDebt, demandRule, standingOf, type Standing } from './standing.server.ts'
import { refusing } from './step-use.server.ts'

export type UseForm = { role: string; reason: string; ticket: string; durationSeconds: number }
export type PreparedUse = PreparedSignature<BreakGlassEnvelope>

/** Fixes what is about to be used and makes its hash the challenge. Refuses with the reason when it may not be. */
export async function prepareUse(deps: Deps, actor: Actor, form: UseForm): Promise<PreparedUse> {
	const { database, now, newId, randomBytes } = deps
	const at = now()
	return refusing(deps, actor, { useId: null, step: 'use' }, async () => {
		const standing = await standingOf(database.db, deps, actor.personId, at)
		const { usingRole } = demandForm(standing, form)
		const judged = judgeNow(standing, { ...form, usingRole }, at)
		if (await hasOpenRequest(database.db, actor.personId, form.role)) throw alreadyOpen()
		const use = useOf(standing, actor, { ...form, usingRole }, newId())
		const envelope: BreakGlassEnvelope = {
			v: 1,
			purpose: 'break_glass.use',
			nonce: toBase64Url(randomBytes(32)),
			step: 'use',
			requestId: use.requestId,
			useSha256: digestOf(use),
			signerId: actor.personId,
			userId: actor.personId,
			role: use.role,
			durationSeconds: use.durationSeconds,
			charterTextSha256: use.charterTextSha256,
			eligibilitySha256: judged.eligibilitySha256,
			expiresAt: new Date(at.getTime() + SIGN_WITHIN_MS).toISOString(),
		}
		return prepareSignature(deps, actor, 'break_glass', envelope, at, { use })
	})
}

/**
 * Takes the user's signature. Where the charter asks for nobody else the access is opened at once and everybody is told;
 * otherwise it waits for a second officer. Judged anew in the transaction that stores it.
 */
export async function signUse(
	deps: Deps,
	actor: Actor,
	input: { challengeId: string; response: AssertionResponse },
): Promise<{ useId: string; state: BreakGlassState }> {
	const at = deps.now()
	const result = await refusing(deps, actor, { useId: null, step: 'use' }, async () => {
		const { envelope, beside } = await consumeSignature(
			deps,
			actor,
			'break_glass',
			input.challengeId,
			breakGlassEnvelopeSchema,
			({ step, userId }) => step === 'use' && userId === actor.personId,
			at,
		)
		const signed = await verifySignature(deps, actor, envelope, input.response)
		const { use } = beside as { use: BreakGlassUse }
		return deps.database.withTx((tx) => store(tx, deps, actor, { envelope, use, signed }, at))
	})
	deps.wake()
	return result
}

async function store(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ envelope, use, signed }: { envelope: BreakGlassEnvelope; use: BreakGlassUse; signed: GivenSignature },
	at: Date,
): Promise<{ useId: string; state: BreakGlassState }> {
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [actor.personId], 'share')
	await lockUses(tx, use.usingRole)
	const standing = await standingOf(tx, deps, actor.personId, at)
	const { rule, usingRole } = demandForm(standing, use)
	const judged = judgeNow(standing, use, at)
	if (await hasOpenRequest(tx, actor.personId, use.role)) throw alreadyOpen()
	const { version } = standing
	if (
		usingRole !== use.usingRole ||
		judged.eligibilitySha256 !== envelope.eligibilitySha256 ||
		version.textSha256 !== use.charterTextSha256
	)
		throw new DomainError('CHALLENGE_INVALID', 'Something this rests on has changed: prepare it again.')
	await countSignature(tx, signed, at)
	const { review, secondOfficer, maximumMs } = rule
	const decided = begin(
		breakGlassMachine,
		{
			useId: use.requestId,
			kind: 'online',
			userId: actor.personId,
			participants: [],
			durationMs: use.durationSeconds * 1000,
			maximumMs,
			useSha256: envelope.useSha256,
			needsSecond: secondOfficer,
			reviewQuorum: review.quorum,
			reviewWithinMs: review.withinMs,
			at: at.toISOString(),
		},
		at.toISOString(),
	)
	const { value: state } = decided.next
	if (state !== 'inUse' && state !== 'awaitingSecond')
		throw new DomainError('DURATION_TOO_LONG', 'Longer than the charter allows.')
	const entryId = await recordEntry(tx, deps, {
		kind: 'break_glass.signed',
		subject: actor.personId,
		actor: actor.personId,
		open: {
			requestId: use.requestId,
			usingRole: use.usingRole,
			role: use.role,
			charterEntry: version.entryId,
			durationSeconds: use.durationSeconds,
			credentialEntry: signed.credential.entryId,
			secondOfficer,
			review: { by: review.by, quorum: review.quorum, within: review.withinMs / 1000 },
			outcome: state,
		},
		sealed: {
			use,
			evidence: { envelope, assertion: signed.assertion },
			eligibility: {
				verdictSha256: judged.eligibilitySha256,
				facts: standing.facts as unknown as Json as never,
			},
		},
		at,
	})
	const step = { event: { type: 'SIGN', outcome: state }, actorId: actor.personId, entryId, at }
	await insertUse(
		tx,
		{
			userId: actor.personId,
			usingRole: use.usingRole,
			role: use.role,
			charterVersionId: version.id,
			durationSeconds: use.durationSeconds,
			reason: use.reason,
			ticket: use.ticket,
			useSha256: envelope.useSha256,
			offline: null,
			createdAt: at,
		},
		decided,
		step,
	)
	await insertUseSignature(tx, {
		id: deps.newId(),
		useId: use.requestId,
		part: 'use',
		signerId: actor.personId,
		verdict: 'use',
		findings: '',
		envelope,
		assertion: signed.assertion,
		credentialId: signed.credential.id,
		entryId,
		at,
	})
	if (decided.commands.length > 0)
		await openUse(tx, deps, (await loadUse(tx, use.requestId)).row, { entryId, at })
	return { useId: use.requestId, state }
}

/** Everything but the person's own standing: what is asked, for how long, with which number, and that nothing is owed. */
function demandForm(
	standing: Standing,
	{ role, ticket, durationSeconds }: Pick<UseForm, 'role' | 'ticket' | 'durationSeconds'>,
): { rule: BreakGlassRule; usingRole: string } {
	const allowed = demandRule(standing, role)
	demandNoDebt(standing)
	const maximumSeconds = allowed.rule.maximumMs / 1000
	if (durationSeconds > maximumSeconds)
		throw new DomainError('DURATION_TOO_LONG', 'Longer than the charter allows.', { maximumSeconds })
	if (durationSeconds < SHORTEST_SECONDS)
		throw new DomainError('DURATION_TOO_SHORT', 'Shorter than Entra accepts.', {
			minimumSeconds: SHORTEST_SECONDS,
		})
	const access = standing.version.charter.roles[role]?.access
	if (!access) throw new DomainError('ROLE_NOT_REQUESTABLE', 'The charter has no such role to ask for.')
	if (!new RegExp(access.ticket.pattern).test(ticket))
		throw new DomainError('TICKET_MALFORMED', 'The number does not fit the pattern.', {
			example: access.ticket.example,
		})
	return allowed
}

/** INELIGIBLE, with every reason, where a rule about the person denies: only the stages of approval fall away. */
function judgeNow(
	{ version, facts }: Standing,
	asked: { usingRole: string; role: string; durationSeconds: number },
	at: Date,
): JudgedUse {
	const judged = judgeUse([version.charter], facts, asked, at.toISOString())
	if (judged.denials.length > 0)
		throw new DomainError('INELIGIBLE', 'The charter does not allow this person the role.', {
			denials: judged.denials,
		})
	return judged
}

function useOf(
	{ version }: Standing,
	actor: Actor,
	{ usingRole, role, reason, ticket, durationSeconds }: UseForm & { usingRole: string },
	requestId: string,
): BreakGlassUse {
	const access = version.charter.roles[role]?.access
	if (!access) throw new DomainError('ROLE_NOT_REQUESTABLE', 'The charter has no such role to ask for.')
	return {
		requestId,
		userId: actor.personId,
		usingRole,
		role,
		...signedPlace(access),
		durationSeconds,
		reason,
		ticket,
		charterTextSha256: version.textSha256,
	}
}

const alreadyOpen = () =>
	new DomainError('ALREADY_REQUESTED', 'A request or a grant of this role is still open.')
