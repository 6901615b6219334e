import { and, desc, eq, sql, type SQL } from 'drizzle-orm'
import { OPEN_LOCKBOX_STATES, type LockboxState } from '#workflows/lockbox/lockbox-context.ts'
import type { LockboxRequest } from '#workflows/ledger/lockbox-envelope.schema.ts'
import type { Provider } from '#workflows/lockbox/providers.ts'
import type { Reader } from '../client.ts'
import { amongTexts } from '../schema/columns.ts'
import { lockboxRequests, providerBoundaries } from '../schema/index.ts'
import { utc, type EventPart } from './history.ts'
import { isAmong, type HistoryFilter } from './history-filter.ts'
import { streamCursor } from './stream-cursor.ts'

export type LockboxDecisionPart = {
	approverId: string
	approver: string
	/** Key of the role that the stage asks. */
	from: string | null
	stage: number
	verdict: 'approve' | 'deny'
	reason: string
	/** Why an approval no longer counts; null while it does. */
	fell: string | null
	at: string
	entryId: string
	entryIndex: number | null
}

/** One request for customer content and what came of it. Instants are texts in UTC with milliseconds. */
export type LockboxHistoryRow = {
	id: string
	number: string
	origin: 'poll' | 'import' | 'hand' | 'inside'
	provider: Provider
	providerRequestId: string
	boundaryId: string | null
	boundaryName: string | null
	asked: LockboxRequest
	state: LockboxState
	requestedAt: string
	charterVersionId: string
	requesterId: string | null
	requesterName: string | null
	beneficiaryId: string | null
	beneficiaryName: string | null
	employer: string | null
	denials: string[]
	answer: 'approve' | 'deny' | null
	answerCause: string | null
	providerStatus: string
	isOutOfBand: boolean
	stages: { from: string; quorum: number }[]
	grantedAt: string | null
	accessEndsAt: string | null
	closedAt: string | null
	endedBy: 'provider' | 'clock' | null
	entryId: string | null
	entryIndex: string | null
	leafHash: string | null
	decisions: LockboxDecisionPart[]
	/** Every event with its entry, oldest first; empty where they were not asked for. */
	events: EventPart[]
}

const context = lockboxRequests.context
/** When it was over; an access that was seen after all makes it open again. */
const overAt = sql`case when ${lockboxRequests.state} in ${amongTexts(OPEN_LOCKBOX_STATES)} then null
	else (${context} ->> 'closedAt')::timestamptz end`

/**
 * The conditions of a history, over requests for customer content. They ask for no role and tell of no facility, so that a
 * history of some roles or facilities has none of them.
 */
export function lockboxConditions({
	people: ids,
	roles,
	facilities,
	boundaries,
	from,
	until,
}: HistoryFilter): SQL[] {
	const conditions: SQL[] = []
	if (roles.length > 0 || facilities.length > 0) conditions.push(sql`false`)
	if (ids.length > 0)
		conditions.push(sql`(${isAmong(lockboxRequests.requesterId, ids, 'uuid')}
			or ${isAmong(lockboxRequests.beneficiaryId, ids, 'uuid')}
			or exists (select 1 from lockbox_decisions by where by.request_id = ${lockboxRequests.id}
				and ${isAmong(sql`by.approver_id`, ids, 'uuid')}))`)
	if (boundaries.length > 0) conditions.push(isAmong(lockboxRequests.boundaryId, boundaries, 'uuid'))
	if (from) conditions.push(sql`coalesce(${overAt}, 'infinity') >= ${from.toISOString()}`)
	if (until) conditions.push(sql`${lockboxRequests.createdAt} < ${until.toISOString()}`)
	return conditions
}

const decisionsPart = sql`coalesce((select json_agg(json_build_object(
		'approverId', d.approver_id, 'approver', a.display_name, 'from', ${context} #>> array['stages', d.stage::text, 'from'],
		'stage', d.stage, 'verdict', d.verdict, 'reason', d.reason, 'at', ${utc(sql`d.at`)}, 'entryId', d.entry_id, 'entryIndex', e.index,
		'fell', (select given -> 'fell' ->> 'code' from jsonb_array_elements(${context} -> 'decisions') given
			where given ->> 'approverId' = d.approver_id::text limit 1))
		order by d.at, d.id)
	from lockbox_decisions d join people a on a.id = d.approver_id left join ledger_entries e on e.id = d.entry_id
	where d.request_id = ${lockboxRequests.id}), '[]'::json)`

const eventsPart = sql`coalesce((select json_agg(json_build_object(
		'id', v.entry_id, 'index', e.index, 'kind', coalesce(e.kind, p.kind), 'at', ${utc(sql`v.at`)}) order by v.version)
	from workflow_events v left join ledger_entries e on e.id = v.entry_id left join ledger_pending p on p.id = v.entry_id
	where v.workflow = 'lockbox' and v.workflow_id = ${lockboxRequests.id}), '[]'::json)`

const where = (filter: HistoryFilter) => {
	const conditions = lockboxConditions(filter)
	return conditions.length === 0 ? sql`` : sql`where ${and(...conditions)}`
}

/** The query of a history of requests for customer content, newest first. */
function lockboxHistoryQuery(filter: HistoryFilter, withEvents: boolean): SQL {
	return sql`select ${lockboxRequests.id} as "id", ${lockboxRequests.number} as "number", ${lockboxRequests.origin} as "origin",
		${lockboxRequests.provider} as "provider", ${lockboxRequests.providerRequestId} as "providerRequestId",
		${lockboxRequests.boundaryId} as "boundaryId", ${providerBoundaries.name} as "boundaryName", ${lockboxRequests.asked} as "asked",
		${lockboxRequests.state} as "state", ${utc(sql`${lockboxRequests.createdAt}`)} as "requestedAt",
		${lockboxRequests.charterVersionId} as "charterVersionId",
		${lockboxRequests.requesterId} as "requesterId", requester.display_name as "requesterName",
		${lockboxRequests.beneficiaryId} as "beneficiaryId", beneficiary.display_name as "beneficiaryName", beneficiary.employer as "employer",
		${context} -> 'denials' as "denials", ${context} ->> 'answer' as "answer", ${context} ->> 'answerCause' as "answerCause",
		${context} ->> 'providerStatus' as "providerStatus", (${context} ->> 'isOutOfBand')::boolean as "isOutOfBand", ${context} -> 'stages' as "stages",
		${context} ->> 'grantedAt' as "grantedAt", ${context} ->> 'accessEndsAt' as "accessEndsAt",
		${context} ->> 'closedAt' as "closedAt", ${context} ->> 'endedBy' as "endedBy",
		${lockboxRequests.entryId} as "entryId", filed.index as "entryIndex", encode(filed.leaf_hash, 'hex') as "leafHash",
		${decisionsPart} as "decisions", ${withEvents ? eventsPart : sql`'[]'::json`} as "events"
	from ${lockboxRequests}
		left join ${providerBoundaries} on ${eq(providerBoundaries.id, lockboxRequests.boundaryId)}
		left join people requester on requester.id = ${lockboxRequests.requesterId}
		left join people beneficiary on beneficiary.id = ${lockboxRequests.beneficiaryId}
		left join ledger_entries filed on filed.id = ${lockboxRequests.entryId}
	${where(filter)}
	order by ${desc(lockboxRequests.number)}`
}

/** The requests for customer content of a history in batches, as `streamHistory` gives those for access. */
export function streamLockboxHistory(
	reader: Reader,
	filter: HistoryFilter,
	{ withEvents = false, batch }: { withEvents?: boolean; batch?: number } = {},
): AsyncGenerator<LockboxHistoryRow[]> {
	return streamCursor<LockboxHistoryRow>(reader, lockboxHistoryQuery(filter, withEvents), batch)
}

/** The newest requests for customer content of a history, so many at most, without their events. */
export async function lockboxHistory(
	reader: Reader,
	filter: HistoryFilter,
	limit: number,
): Promise<LockboxHistoryRow[]> {
	const { rows } = await reader.execute<LockboxHistoryRow>(
		sql`${lockboxHistoryQuery(filter, false)} limit ${limit}`,
	)
	return rows
}

/** How many requests for customer content a history has, and when the first came in; null where there is none. */
export async function countLockboxHistory(
	reader: Reader,
	filter: HistoryFilter,
): Promise<{ rows: number; first: Date | null }> {
	const { rows } = await reader.execute<{ n: string; first: string | null }>(
		sql`select count(*) as "n", ${utc(sql`min(${lockboxRequests.createdAt})`)} as "first" from ${lockboxRequests} ${where(filter)}`,
	)
	const [row] = rows
	return { rows: Number(row?.n ?? 0), first: row?.first ? new Date(row.first) : null }
}
