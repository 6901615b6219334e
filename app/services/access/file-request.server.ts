import { holdCharter } from '#db/queries/charter.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { lockPeople } from '#db/queries/people.ts'
import { hasOpenRequest } from '#db/queries/requests.ts'
import { insertRequest } from '#db/queries/workflow-rows.ts'
import { judgeRequester } from '#workflows/access/judge-access.ts'
import { privilegedMachine, type StageRule } from '#workflows/access/privileged.machine.ts'
import type { RoleAccess } from '#workflows/charter/charter.schema.ts'
import { verdictDigest } from '#workflows/charter/eligibility.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import { begin } from '#workflows/shared/decide.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { durationMs, plusMs } from '#workflows/shared/instants.ts'
import { demand, type Actor } from '../actor.ts'
import type { CharterInForce } from '../charter/charter-store.server.ts'
import type { Deps } from '../deps.ts'
import { settleMany } from '../lapse/settle-many.server.ts'
import { tellDeciders } from '../notify/tell-request.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { directoryRoleOf } from './target.server.ts'

/** Shortest access that may be asked for: Entra refuses active times under five minutes. */
export const SHORTEST_SECONDS = 600

export type RequestForm = { role: string; reason: string; ticket: string; durationSeconds: number }

/** Files a request for privileged access and gives its id. Judged and pinned under the charter in force now. */
export async function fileRequest(deps: Deps, actor: Actor, form: RequestForm): Promise<string> {
	demand(actor, 'request:file')
	const at = deps.now()
	const requestId = deps.newId()
	await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		await lockPeople(tx, [actor.personId], 'share')
		const charter = await deps.charters.inForce(tx)
		const access = requestableAccess(charter, form)
		const facts = await factsOfPerson(tx, actor.personId)
		const verdict = judgeRequester(charter.charter, facts, form, at.toISOString())
		if (!verdict.permit) {
			throw new DomainError('INELIGIBLE', 'The charter does not allow this request.', {
				denials: verdict.denials,
			})
		}
		if (await hasOpenRequest(tx, actor.personId, form.role)) {
			throw new DomainError('ALREADY_REQUESTED', 'A request or a grant of this role is still open.')
		}
		const record = sealedRequest(requestId, actor.personId, form, access, charter)
		const stages: StageRule[] = access.stages.map(({ from, quorum, within }) => ({
			from,
			quorum,
			withinMs: durationMs(within) ?? 0,
		}))
		const decideBy = plusMs(at.toISOString(), stages[0]?.withinMs ?? 0)
		const decided = begin(
			privilegedMachine,
			{ requestId, requesterId: actor.personId, stages, decideBy },
			at.toISOString(),
		)
		const entryId = await recordEntry(tx, deps, {
			kind: 'request.filed',
			subject: actor.personId,
			actor: actor.personId,
			open: {
				requestId,
				role: form.role,
				charterEntry: charter.entryId,
				durationSeconds: form.durationSeconds,
				stages: access.stages.map(({ from, quorum }) => ({ from, quorum })),
			},
			sealed: {
				request: record,
				eligibility: { verdictSha256: verdictDigest(verdict), facts: facts as unknown as Json as never },
			},
			at,
		})
		const row = {
			requesterId: actor.personId,
			role: form.role,
			charterVersionId: charter.id,
			durationSeconds: form.durationSeconds,
			reason: form.reason,
			ticket: form.ticket,
			requestSha256: digestOf(record),
			createdAt: at,
		}
		await insertRequest(tx, row, decided, {
			event: { type: 'FILE', input: { stages, decideBy } },
			actorId: actor.personId,
			entryId,
			at,
		})
		// The moment at which it could no longer be approved becomes a deadline.
		await settleMany(tx, deps, { requestIds: [requestId], grantIds: [] }, { cause: 'lapse' })
		await tellDeciders(tx, deps, requestId, at)
	})
	deps.wake()
	return requestId
}

function requestableAccess(
	{ charter }: CharterInForce,
	{ role, ticket, durationSeconds }: RequestForm,
): RoleAccess {
	const access = Object.hasOwn(charter.roles, role) ? charter.roles[role]?.access : undefined
	if (!access) throw new DomainError('ROLE_NOT_REQUESTABLE', 'The charter has no such role to ask for.')
	const cap = (durationMs(access.maximumDuration) ?? 0) / 1000
	if (durationSeconds > cap)
		throw new DomainError('DURATION_TOO_LONG', 'Longer than the charter allows.', { maximumSeconds: cap })
	if (durationSeconds < SHORTEST_SECONDS) {
		throw new DomainError('DURATION_TOO_SHORT', 'Shorter than Entra accepts.', {
			minimumSeconds: SHORTEST_SECONDS,
		})
	}
	if (!new RegExp(access.ticket.pattern).test(ticket)) {
		throw new DomainError('TICKET_MALFORMED', 'The ticket does not fit the pattern.', {
			example: access.ticket.example,
		})
	}
	return access
}

const targetOf = (access: RoleAccess) => {
	const { roleTemplateId, scope } = directoryRoleOf(access)
	return { entraRoleTemplateId: roleTemplateId, scope }
}

/** What approvers see and sign the digest of; nothing about a request may change between sight and signature. */
const sealedRequest = (
	requestId: string,
	requesterId: string,
	form: RequestForm,
	access: RoleAccess,
	charter: CharterInForce,
) => ({
	requestId,
	requesterId,
	role: form.role,
	...targetOf(access),
	durationSeconds: form.durationSeconds,
	reason: form.reason,
	ticket: form.ticket,
	charterTextSha256: charter.textSha256,
})
