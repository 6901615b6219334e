import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { deleteDraft } from '#db/queries/drafts.ts'
import { factsOf } from '#db/queries/facts.ts'
import { lockPeople } from '#db/queries/people.ts'
import { findByFilingKey, hasOpenRequest } from '#db/queries/requests.ts'
import { insertRequest } from '#db/queries/workflow-rows.ts'
import { judgeRequester } from '#workflows/access/judge-access.ts'
import { privilegedMachine } from '#workflows/access/privileged.machine.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge, verdictDigest } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Verdict } from '#workflows/charter/verdict.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import { begin } from '#workflows/shared/decide.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { tellDeciders } from '../notify/tell-request.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import {
	askedStart,
	requestableAccess,
	sealedRequest,
	stageRules,
	type AskedForm,
} from './asked-access.server.ts'
import { demandRoute, findRoute } from './route-request.server.ts'

export type RequestForm = AskedForm & {
	/** When the access is to begin; left out or null: once it is approved. */
	startAt?: Date | null
	/** Whom it is for; left out: whoever files it. */
	beneficiaryId?: string | undefined
	/** Made with the form: the same form sent again gives the request that it filed. */
	filingKey?: string | undefined
	/** Number of the charter version that the form was shown under. */
	charterVersion?: number | undefined
}

/**
 * Files a request for privileged access and gives its id. Judged and pinned under the charter in force now. A request that
 * too few people could decide on is not filed (QUORUM_UNREACHABLE); a form that was shown under another version is not
 * either (CHARTER_SUPERSEDED).
 */
export async function fileRequest(deps: Deps, actor: Actor, form: RequestForm): Promise<string> {
	demand(actor, 'request:file')
	const before = await filedBefore(deps, actor, form)
	if (before !== null) return before
	const requestId = deps.newId()
	try {
		await deps.database.withTx((tx) => file(tx, deps, actor, form, requestId))
	} catch (error) {
		// The other of two that were sent at once was faster: this one says the same.
		const twin = isDomainError(error) ? await filedBefore(deps, actor, form) : null
		if (twin === null) throw error
		return twin
	}
	deps.wake()
	return requestId
}

/** The request that this very form has filed; null when it has not. */
async function filedBefore(
	{ database }: Deps,
	actor: Actor,
	{ filingKey }: RequestForm,
): Promise<string | null> {
	if (filingKey === undefined) return null
	const filed = await findByFilingKey(database.db, filingKey)
	if (filed === null) return null
	if ((filed.filedBy ?? filed.requesterId) !== actor.personId)
		throw new DomainError('DUPLICATE', 'This form was sent by somebody else.')
	return filed.id
}

async function file(tx: Tx, deps: Deps, actor: Actor, form: RequestForm, requestId: string): Promise<void> {
	const at = deps.now()
	const requesterId = form.beneficiaryId ?? actor.personId
	const filedBy = requesterId === actor.personId ? null : actor.personId
	await holdCharter(tx, 'judge')
	await lockPeople(tx, [actor.personId, requesterId], 'share')
	const charter = await deps.charters.inForce(tx)
	if (form.charterVersion !== undefined && form.charterVersion !== charter.version)
		throw new DomainError('CHARTER_SUPERSEDED', 'Another charter version has come into force.', {
			version: charter.version,
		})
	const access = requestableAccess(charter, form)
	const startAt = askedStart(form.startAt ?? null, at)
	const known = await factsOf(tx, [actor.personId, requesterId])
	const facts = known.get(requesterId)
	if (!facts) throw new DomainError('NOT_FOUND', 'No such person.', { id: requesterId })
	if (filedBy !== null) demandFiler(charter.charter, known.get(filedBy), form.role, at)
	const verdict = judgeAsked(charter.charter, facts, { ...form, filedBy, startAt }, at)
	if (await hasOpenRequest(tx, requesterId, form.role)) {
		throw new DomainError('ALREADY_REQUESTED', 'A request or a grant of this role is still open.')
	}
	const without = [requesterId, ...(filedBy === null ? [] : [filedBy])]
	demandRoute(charter.charter, await findRoute(tx, charter.charter, form.role, without, at))
	const asked = { ...form, requestId, requesterId, filedBy, startAt, extendsGrantId: null, revision: 1 }
	const record = sealedRequest(asked, access, charter.textSha256)
	const stages = stageRules(access)
	const input = {
		requestId,
		requesterId,
		filedBy,
		stages,
		filedAt: at.toISOString(),
		durationSeconds: form.durationSeconds,
		startAt: startAt?.toISOString() ?? null,
	}
	const decided = begin(privilegedMachine, input, at.toISOString())
	const entryId = await recordEntry(tx, deps, {
		kind: 'request.filed',
		subject: requesterId,
		actor: actor.personId,
		open: {
			requestId,
			role: form.role,
			charterEntry: charter.entryId,
			durationSeconds: form.durationSeconds,
			stages: stages.map(({ withinMs: _, ...stage }) => stage),
			...(startAt === null ? {} : { startAt: startAt.toISOString() }),
			...(filedBy === null ? {} : { onBehalf: true as const }),
		},
		sealed: {
			request: record,
			eligibility: { verdictSha256: verdictDigest(verdict), facts: facts as unknown as Json as never },
		},
		at,
	})
	const row = {
		requesterId,
		filedBy,
		role: form.role,
		charterVersionId: charter.id,
		durationSeconds: form.durationSeconds,
		startAt,
		reason: form.reason,
		ticket: form.ticket,
		filingKey: form.filingKey ?? null,
		requestSha256: digestOf(record),
		createdAt: at,
	}
	await insertRequest(tx, row, decided, {
		event: { type: 'FILE', input },
		actorId: actor.personId,
		entryId,
		at,
	})
	if (form.filingKey !== undefined)
		await deleteDraft(tx, { personId: actor.personId, kind: 'request', subject: form.filingKey })
	// The moment at which it could no longer be approved becomes a deadline.
	await settleMany(tx, deps, { requestIds: [requestId], grantIds: [] }, { cause: 'lapse' })
	await tellDeciders(tx, deps, requestId, at)
}

/** Whoever asks for somebody else must be one who may ask. */
function demandFiler(charter: Charter, facts: PersonFacts | undefined, role: string, at: Date): void {
	const verdict = facts
		? judge(charter, facts, {
				role,
				part: 'requester',
				at: at.toISOString(),
				durationMs: 0,
				standing: true,
			})
		: null
	if (!verdict?.permit)
		throw new DomainError('INELIGIBLE', 'The charter does not allow this person to ask for the role.', {
			denials: verdict?.denials ?? [],
		})
}

/** The verdict on whom it benefits, now and, where a start is asked for, then. INELIGIBLE with the reasons otherwise. */
export function judgeAsked(
	charter: Charter,
	facts: PersonFacts,
	{
		role,
		durationSeconds,
		filedBy,
		startAt,
	}: { role: string; durationSeconds: number; filedBy: string | null; startAt: Date | null },
	at: Date,
): Verdict {
	const part = filedBy === null ? ('requester' as const) : ('beneficiary' as const)
	const verdict = judgeRequester(charter, facts, { role, durationSeconds, part }, at.toISOString())
	// Where somebody will be then nobody knows; what they hold then is known.
	const then =
		startAt === null
			? verdict
			: judge(charter, facts, {
					role,
					part,
					at: startAt.toISOString(),
					durationMs: durationSeconds * 1000,
					standing: true,
				})
	for (const each of [verdict, then])
		if (!each.permit)
			throw new DomainError('INELIGIBLE', 'The charter does not allow this request.', {
				denials: each.denials,
			})
	return verdict
}
