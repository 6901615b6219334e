import { and, desc, eq, sql, type SQL } from 'drizzle-orm'
import type { GrantContext } from '#workflows/grants/grant-context.ts'
import type { GrantState } from '#workflows/grants/grant-states.ts'
import type { Reader } from '../client.ts'
import { facilityAuthorisations, grants, people, presences, requests } from '../schema/index.ts'
import { streamCursor } from './stream-cursor.ts'
import { historyConditions, sharesTime, type HistoryFilter } from './history-filter.ts'
import type { RequestRow } from './requests.ts'

export type DecisionPart = {
	approverId: string
	approver: string
	/** Key of the role that the stage asks. */
	from: string | null
	stage: number
	verdict: 'approve' | 'deny'
	at: string
	entryId: string
	entryIndex: number | null
}
export type UsePart = {
	number: number
	state: string
	signatures: {
		part: string
		id: string
		name: string
		verdict: string
		at: string
		entryId: string
		entryIndex: number | null
	}[]
}
export type EventPart = { id: string; index: number | null; kind: string; at: string }

/** One request and what came of it. Instants are texts in UTC with milliseconds. */
export type HistoryRecordRow = {
	id: string
	number: string
	requesterId: string
	requesterName: string
	employer: string
	role: string
	state: RequestRow['state']
	reason: string
	ticket: string
	durationSeconds: number
	requestedAt: string
	closedAt: string | null
	voidedBy: string | null
	charterVersionId: string
	/** The access that it was to extend, as it stands. */
	extendsGrantId: string | null
	extendedState: GrantState | null
	extendedContext: GrantContext | null
	grantId: string | null
	grantState: GrantState | null
	approvedAt: string | null
	startsAt: string | null
	endsAt: string | null
	endedAt: string | null
	cause: string | null
	endedBy: string | null
	failure: string | null
	tenantRequestId: string | null
	scope: string | null
	entryId: string | null
	entryIndex: string | null
	leafHash: string | null
	decisions: DecisionPart[]
	/** Null for what is no use of break-glass. */
	breakGlass: UsePart | null
	/** Every event with its entry, oldest first; empty where they were not asked for. */
	events: EventPart[]
	authorisedAt: string[]
	presentAt: string[]
}

/** An instant as every export writes it: UTC with milliseconds. */
export const utc = (at: SQL) => sql`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const decisionsPart = sql`coalesce((select json_agg(json_build_object(
		'approverId', d.approver_id, 'approver', a.display_name, 'from', coalesce(d.as_role, case when d.group_index = 0 then ${requests.context} #>> array['stages', d.stage::text, 'from']
			else ${requests.context} #>> array['stages', d.stage::text, 'alongside', (d.group_index - 1)::text, 'from'] end),
		'stage', d.stage, 'verdict', d.verdict, 'at', ${utc(sql`d.decided_at`)}, 'entryId', d.entry_id, 'entryIndex', e.index)
		order by d.stage, d.decided_at)
	from decisions d join people a on a.id = d.approver_id left join ledger_entries e on e.id = d.entry_id
	where d.request_id = ${requests.id}
		and d.revision = coalesce((${requests.context} ->> 'revision')::integer, 1)), '[]'::json)`

const breakGlassPart = sql`(select json_build_object('number', b.number, 'state', b.state, 'signatures',
		coalesce((select json_agg(json_build_object('part', s.part, 'id', s.signer_id, 'name', n.display_name,
			'verdict', s.verdict, 'at', ${utc(sql`s.at`)}, 'entryId', s.entry_id, 'entryIndex', e.index) order by s.at)
		from break_glass_signatures s join people n on n.id = s.signer_id left join ledger_entries e on e.id = s.entry_id
		where s.use_id = b.id), '[]'::json))
	from break_glass_uses b where b.id = ${requests.id})`

const eventsPart = sql`coalesce((select json_agg(json_build_object(
		'id', v.entry_id, 'index', e.index, 'kind', coalesce(e.kind, p.kind), 'at', ${utc(sql`v.at`)})
		order by v.at, v.workflow, v.version)
	from (
		select * from workflow_events where workflow = 'request' and workflow_id = ${requests.id}
		union all select * from workflow_events where workflow = 'grant' and workflow_id = ${grants.id}
		-- The first step of a use is the one that its request begins with.
		union all select * from workflow_events where workflow = 'break_glass' and workflow_id = ${requests.id} and event ->> 'type' <> 'SIGN'
	) v left join ledger_entries e on e.id = v.entry_id left join ledger_pending p on p.id = v.entry_id), '[]'::json)`

/** For whom the requester worked when they asked: what is recorded of it, else what stands with the person. */
const employerPart = sql`coalesce((select string_agg(distinct m.employer, '; ') from employments m
	where m.person_id = ${requests.requesterId} and m.retracted_at is null and m.valid_from <= ${requests.createdAt}
	and (m.valid_until is null or m.valid_until > ${requests.createdAt})), ${people.employer})`

const facilitiesPart = (fact: typeof facilityAuthorisations | typeof presences) =>
	sql`array(select distinct ${fact.facility} from ${fact}
		where ${fact.personId} = ${requests.requesterId} and ${sharesTime(fact)} order by 1)`

/**
 * The query of a history, newest first. It has the filter's values as parameters; without a filter it has none, and may
 * be given to COPY.
 */
export function historyQuery(filter: HistoryFilter, { withEvents = false }: { withEvents?: boolean } = {}) {
	const conditions = historyConditions(filter)
	return sql`select ${requests.id} as "id", ${requests.number} as "number", ${requests.requesterId} as "requesterId",
		${people.displayName} as "requesterName", ${employerPart} as "employer", ${requests.role} as "role",
		${requests.state} as "state", ${requests.reason} as "reason", ${requests.ticket} as "ticket",
		${requests.durationSeconds} as "durationSeconds", ${utc(sql`${requests.createdAt}`)} as "requestedAt",
		${requests.context} ->> 'closedAt' as "closedAt", ${requests.context} ->> 'voidedBy' as "voidedBy", ${requests.charterVersionId} as "charterVersionId",
		${requests.extendsGrantId} as "extendsGrantId", extended.state as "extendedState", extended.context as "extendedContext",
		${grants.id} as "grantId", ${grants.state} as "grantState", ${utc(sql`${grants.createdAt}`)} as "approvedAt",
		${grants.context} ->> 'startsAt' as "startsAt", ${grants.context} ->> 'endsAt' as "endsAt",
		${grants.context} ->> 'closedAt' as "endedAt", ${grants.context} ->> 'cause' as "cause",
		ended_by.display_name as "endedBy", ${grants.context} ->> 'failure' as "failure",
		${grants.context} ->> 'tenantRequestId' as "tenantRequestId", coalesce(${grants.context} -> 'place' ->> 'directoryScopeId', ${grants.context} ->> 'directoryScopeId') as "scope",
		filed.entry_id as "entryId", filed_entry.index as "entryIndex", encode(filed_entry.leaf_hash, 'hex') as "leafHash",
		${decisionsPart} as "decisions", ${breakGlassPart} as "breakGlass", ${withEvents ? eventsPart : sql`'[]'::json`} as "events",
		${facilitiesPart(facilityAuthorisations)} as "authorisedAt", ${facilitiesPart(presences)} as "presentAt"
	from ${requests}
		join ${people} on ${eq(people.id, requests.requesterId)}
		left join ${grants} on ${eq(grants.requestId, requests.id)}
		left join grants extended on extended.id = ${requests.extendsGrantId}
		left join people ended_by on ended_by.id = (${grants.context} ->> 'endedBy')::uuid
		left join workflow_events filed on filed.workflow = 'request' and filed.workflow_id = ${requests.id} and filed.version = 1
		left join ledger_entries filed_entry on filed_entry.id = filed.entry_id
	${conditions.length === 0 ? sql`` : sql`where ${and(...conditions)}`}
	order by ${desc(requests.number)}`
}

/** When the first request of a history was filed; null when it has none. */
export async function firstFiled(reader: Reader, filter: HistoryFilter): Promise<Date | null> {
	const [row] = await reader
		.select({ at: requests.createdAt })
		.from(requests)
		.leftJoin(grants, eq(grants.requestId, requests.id))
		.where(and(...historyConditions(filter)))
		.orderBy(requests.createdAt)
		.limit(1)
	return row?.at ?? null
}

/** How many rows a history has. */
export async function countHistory(reader: Reader, filter: HistoryFilter): Promise<number> {
	const [row] = await reader
		.select({ n: sql<string>`count(*)` })
		.from(requests)
		.leftJoin(grants, eq(grants.requestId, requests.id))
		.where(and(...historyConditions(filter)))
	return Number(row?.n ?? 0)
}

/**
 * The rows of a history in batches, newest first (see `streamCursor`). `reader` must be inside a transaction
 * (`openSnapshot`), so that all rows are of one moment.
 */
export function streamHistory(
	reader: Reader,
	filter: HistoryFilter,
	options: { withEvents?: boolean; batch?: number } = {},
): AsyncGenerator<HistoryRecordRow[]> {
	return streamCursor<HistoryRecordRow>(reader, historyQuery(filter, options), options.batch)
}
