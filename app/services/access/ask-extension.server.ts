import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { lockPeople } from '#db/queries/people.ts'
import { findRequest, openExtensionsOf, type RequestRow } from '#db/queries/requests.ts'
import { insertRequest, loadGrantState } from '#db/queries/workflow-rows.ts'
import { judgeRequester } from '#workflows/access/judge-access.ts'
import { privilegedMachine } from '#workflows/access/privileged.machine.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { verdictDigest } from '#workflows/charter/eligibility.ts'
import type { PersonFacts } from '#workflows/charter/facts.ts'
import type { Verdict } from '#workflows/charter/verdict.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import { begin } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { durationMs, msBetween, type Instant } from '#workflows/shared/instants.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { tellDeciders } from '../notify/tell-request.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { requestableAccess, sealedRequest, stageRules, type AskedForm } from './asked-access.server.ts'
import { demandRoute, findRoute } from './route-request.server.ts'

export type ExtensionForm = { reason: string; ticket: string; durationSeconds: number }

/**
 * Asks for more time before an access ends, and gives the id of the request. It is a request like any other, by the same
 * rules and with the whole approval anew, linked to the access. What is left of it and what is asked for may together
 * not be longer than the role's longest access: nobody ever has more than that before them, however often they extend.
 */
export async function askExtension(
	deps: Deps,
	actor: Actor,
	extendedRequestId: string,
	asked: ExtensionForm,
): Promise<string> {
	demand(actor, 'request:file')
	const at = deps.now()
	const requestId = deps.newId()
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		await lockPeople(tx, [actor.personId], 'share')
		const extended = await findRequest(tx, extendedRequestId)
		if (extended.requesterId !== actor.personId) throw new DomainError('NOT_FOUND', 'No such request.')
		const { grantId, endsAt } = await demandExtendable(tx, extended, at)
		const charter = await deps.charters.inForce(tx)
		const form = { ...asked, role: extended.role }
		const access = requestableAccess(charter, form)
		const facts = await factsOfPerson(tx, actor.personId)
		const verdict = judgeExtension(charter.charter, facts, form, endsAt, at)
		demandRoute(charter.charter, await findRoute(tx, charter.charter, form.role, [actor.personId], at))
		const record = sealedRequest(
			{
				...form,
				requestId,
				requesterId: actor.personId,
				filedBy: null,
				startAt: null,
				extendsGrantId: grantId,
				revision: 1,
			},
			access,
			charter.textSha256,
		)
		const stages = stageRules(access)
		const input = {
			requestId,
			requesterId: actor.personId,
			filedBy: null,
			stages,
			filedAt: at.toISOString(),
			durationSeconds: form.durationSeconds,
			startAt: null,
		}
		const decided = begin(privilegedMachine, input, at.toISOString())
		const entryId = await recordEntry(tx, deps, {
			kind: 'request.filed',
			subject: actor.personId,
			actor: actor.personId,
			open: {
				requestId,
				role: form.role,
				charterEntry: charter.entryId,
				durationSeconds: form.durationSeconds,
				stages: stages.map(({ withinMs: _, ...stage }) => stage),
				extendsGrant: grantId,
			},
			sealed: {
				request: record,
				eligibility: { verdictSha256: verdictDigest(verdict), facts: facts as unknown as Json as never },
			},
			at,
		})
		const row = {
			requesterId: actor.personId,
			filedBy: null,
			role: form.role,
			charterVersionId: charter.id,
			durationSeconds: form.durationSeconds,
			startAt: null,
			reason: form.reason,
			ticket: form.ticket,
			filingKey: null,
			requestSha256: digestOf(record),
			extendsGrantId: grantId,
			createdAt: at,
		}
		await insertRequest(tx, row, decided, {
			event: { type: 'FILE', input },
			actorId: actor.personId,
			entryId,
			at,
		})
		// It falls when it can no longer be approved, and at the latest when the access ends.
		await settleMany(tx, deps, { requestIds: [requestId], grantIds: [] }, { cause: 'lapse' })
		await tellDeciders(tx, deps, requestId, at)
	})
	deps.wake()
	return requestId
}

/** The access as it stands, held until the request is stored. */
async function demandExtendable(
	tx: Tx,
	{ grantId, context }: RequestRow,
	at: Date,
): Promise<{ grantId: string; endsAt: string }> {
	// Nobody approved an access by break-glass: its limit is the charter's, and more of it is another request.
	if (grantId === null || context.stages.length === 0) throw nothingToExtend()
	const endsAt = await endOfExtended(tx, grantId, at)
	if ((await openExtensionsOf(tx, grantId)).length > 0)
		throw new DomainError('EXTENSION_OPEN', 'An extension of this access is waiting for a decision already.')
	return { grantId, endsAt }
}

const nothingToExtend = () =>
	new DomainError('NOTHING_TO_EXTEND', 'Only an access that is active can be extended.')

/**
 * The verdict as of any request; and it must be permitted until the new end, so that nobody approves what would be cut off.
 * TOO_FAR_AHEAD where what is left and what is asked for are together longer than the role's longest access; INELIGIBLE with
 * the reasons.
 */
export function judgeExtension(
	charter: Charter,
	facts: PersonFacts,
	{ role, durationSeconds }: Pick<AskedForm, 'role' | 'durationSeconds'>,
	endsAt: Instant,
	at: Date,
): Verdict {
	const cap = (durationMs(charter.roles[role]?.access?.maximumDuration ?? '') ?? 0) / 1000
	const wholeSeconds = Math.ceil(msBetween(at.toISOString(), endsAt) / 1000) + durationSeconds
	if (wholeSeconds > cap)
		throw new DomainError('TOO_FAR_AHEAD', 'With what is left this would be longer than allowed.', {
			maximumMinutes: Math.max(0, Math.floor((cap - wholeSeconds + durationSeconds) / 60)),
		})
	const verdict = judgeRequester(charter, facts, { role, durationSeconds }, at.toISOString())
	const whole = judgeRequester(charter, facts, { role, durationSeconds: wholeSeconds }, at.toISOString())
	for (const each of [verdict, whole])
		if (!each.permit)
			throw new DomainError('INELIGIBLE', 'The charter does not allow this request.', {
				denials: each.denials,
			})
	return verdict
}

/** When the access ends that a request waits to extend; NOTHING_TO_EXTEND where it has begun to end. */
export async function endOfExtended(tx: Tx, grantId: string, at: Date): Promise<Instant> {
	const { value, context } = (await loadGrantState(tx, grantId, true)).snapshot
	if (value !== 'active' || context.endsAt === null || context.endsAt <= at.toISOString())
		throw nothingToExtend()
	return context.endsAt
}
