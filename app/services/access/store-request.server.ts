import type { Tx } from '#db/client.ts'
import { insertRequest } from '#db/queries/workflow-rows.ts'
import { privilegedMachine } from '#workflows/access/privileged.machine.ts'
import { verdictDigest } from '#workflows/charter/eligibility.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import { begin } from '#workflows/shared/decide.ts'
import { byToken, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { sealedRequest, stageRules } from './asked-access.server.ts'
import type { FilingBasis, JudgedRole } from './judge-filing.server.ts'

/** Stores the request for one role of a form, which was judged in the same transaction, with its entry; gives its id. */
export async function storeRequest(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ charter, requesterId, filedBy, facts, startAt, at }: FilingBasis,
	{ role, access, verdict }: JudgedRole,
	{
		reason,
		ticket,
		durationSeconds,
		filingId,
		isAlone,
	}: {
		reason: string
		ticket: string
		durationSeconds: number
		filingId: string
		/** Whether nothing else was filed with the same form. */
		isAlone: boolean
	},
): Promise<string> {
	const requestId = deps.newId()
	const asked = { role, reason, ticket, durationSeconds, requestId, requesterId, filedBy, startAt }
	const record = sealedRequest({ ...asked, extendsGrantId: null, revision: 1 }, access, charter.textSha256)
	const stages = stageRules(access)
	const input = {
		requestId,
		requesterId,
		filedBy,
		stages,
		filedAt: at.toISOString(),
		durationSeconds,
		startAt: startAt?.toISOString() ?? null,
	}
	const decided = begin(privilegedMachine, input, at.toISOString())
	const entryId = await recordEntry(tx, deps, {
		kind: 'request.filed',
		subject: requesterId,
		actor: actor.personId,
		open: {
			requestId,
			role,
			charterEntry: charter.entryId,
			durationSeconds,
			stages: stages.map(({ withinMs: _, ...stage }) => stage),
			...(startAt === null ? {} : { startAt: startAt.toISOString() }),
			...(filedBy === null ? {} : { onBehalf: true as const }),
			...(isAlone ? {} : { filingId }),
			...byToken(actor),
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
		role,
		charterVersionId: charter.id,
		durationSeconds,
		startAt,
		reason,
		ticket,
		filingKey: filingId,
		requestSha256: digestOf(record),
		createdAt: at,
	}
	await insertRequest(tx, row, decided, {
		event: { type: 'FILE', input },
		actorId: actor.personId,
		entryId,
		at,
	})
	return requestId
}
