import { and, desc, eq, sql, type SQL } from 'drizzle-orm'
import type { FindingKind } from '#workflows/charter/entra.schema.ts'
import type { FindingFamily } from '#workflows/grants/differences.ts'
import {
	CLOSED_FINDING_STATES,
	type FindingContext,
	type FindingState,
} from '#workflows/grants/finding-context.ts'
import type { FindingStep } from '#workflows/ledger/finding-envelope.schema.ts'
import type { Reader } from '../client.ts'
import { amongTexts } from '../schema/columns.ts'
import { findings, people } from '../schema/index.ts'
import { utc, type EventPart } from './history.ts'
import { isAmong, type HistoryFilter } from './history-filter.ts'
import { streamCursor } from './stream-cursor.ts'

export type FindingEventPart = EventPart & { state: FindingState }

/** One finding and what came of it. Instants are texts in UTC with milliseconds. */
export type FindingHistoryRow = {
	id: string
	number: string
	family: FindingFamily
	state: FindingState
	context: FindingContext
	foundAt: string
	removedAt: string | null
	charterVersionId: string
	kindsWhenFound: FindingKind[]
	rolesWhenFound: string[]
	personName: string | null
	employer: string | null
	/** What the mirror of the tenant's users calls the account. */
	accountName: string | null
	ownerName: string | null
	/** The request of our own access that it deviates from. */
	requestId: string | null
	requestNumber: string | null
	/** Number of the finding about the same thing before this one. */
	earlier: string | null
	decisions: {
		officerId: string
		officer: string
		step: FindingStep
		/** As the record still holds it. */
		reason: string | null
		acceptedUntil: string | null
		at: string
		entryId: string
		entryIndex: number | null
	}[]
	/** Each time it was believed, or was a finding anew. */
	turns: FindingEventPart[]
	entryId: string
	entryIndex: string | null
	leafHash: string | null
	/** Every event with its entry, oldest first; empty where they were not asked for. */
	events: FindingEventPart[]
}

const context = findings.context
const difference = (part: string) => sql`${context} #>> ${sql.raw(`'{difference,${part}}'`)}`
/** When it was over; null while it is not. */
const overAt = sql`case when ${findings.state} in ${amongTexts(CLOSED_FINDING_STATES)}
	then (${context} ->> 'closedAt')::timestamptz end`
/** Its first sighting as it was stored then. */
const found = sql`(select v.event -> 'difference' from workflow_events v
	where v.workflow = 'finding' and v.workflow_id = ${findings.id} and v.version = 1)`
/** Its events with the entries that tell of them. */
const told = sql`workflow_events v left join ledger_entries e on e.id = v.entry_id left join ledger_pending p on p.id = v.entry_id
	where v.workflow = 'finding' and v.workflow_id = ${findings.id}`
const kind = sql`coalesce(e.kind, p.kind)`

/**
 * The conditions of a history, over findings, as a bundle chooses them: of whoever held it at any time, by the roles that gave the
 * place when it was found. They tell of neither facility nor boundary, so that a history of some has none of them.
 */
export function findingConditions({
	people: ids,
	roles,
	facilities,
	boundaries,
	from,
	until,
}: HistoryFilter): SQL[] {
	const conditions: SQL[] = []
	if (facilities.length > 0 || boundaries.length > 0) conditions.push(sql`false`)
	if (ids.length > 0)
		conditions.push(sql`(${isAmong(findings.personId, ids, 'uuid')}
			or exists (select 1 from ${told} and ${isAmong(sql`coalesce(e.subject, p.subject)`, ids, 'uuid')}))`)
	if (roles.length > 0)
		conditions.push(
			sql`jsonb_exists_any(coalesce(${found} -> 'roles', '[]'::jsonb), ${sql.param([...roles])}::text[])`,
		)
	if (from) conditions.push(sql`coalesce(${overAt}, 'infinity') >= ${from.toISOString()}`)
	if (until) conditions.push(sql`${findings.createdAt} < ${until.toISOString()}`)
	return conditions
}

const decisionsPart = sql`coalesce((select json_agg(json_build_object(
		'officerId', d.officer_id, 'officer', o.display_name, 'step', d.step, 'reason', nullif(said.record ->> 'text', ''),
		'acceptedUntil', ${utc(sql`d.accepted_until`)}, 'at', ${utc(sql`d.at`)}, 'entryId', d.entry_id, 'entryIndex', e.index)
		order by d.at, d.id)
	from finding_decisions d join people o on o.id = d.officer_id left join ledger_entries e on e.id = d.entry_id
		left join ledger_openings said on said.entry_id = d.entry_id and said."group" = 'reason'
	where d.finding_id = ${findings.id}), '[]'::json)`

const eventsOf = (which: SQL) => sql`coalesce((select json_agg(json_build_object(
		'id', v.entry_id, 'index', e.index, 'kind', ${kind}, 'state', v.state, 'at', ${utc(sql`v.at`)}) order by v.version)
	from ${told} ${which}), '[]'::json)`
const turnsPart = eventsOf(sql`and (${kind} in ('finding.confirmed', 'finding.acceptance_over')
	or (${kind} = 'finding.changed' and v.state = 'seen'))`)

/** The account as the mirror names it. Ids of what is no user need not be UUIDs. */
const accountPart = sql`(select coalesce(u.display_name, u.user_principal_name) from tenant_users u
	where u.object_id = case when ${difference('principalId')} ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
		then (${difference('principalId')})::uuid end)`

const where = (filter: HistoryFilter) => {
	const conditions = findingConditions(filter)
	return conditions.length === 0 ? sql`` : sql`where ${and(...conditions)}`
}

/** The query of a history of findings, newest first. */
function findingHistoryQuery(filter: HistoryFilter, withEvents: boolean): SQL {
	return sql`select ${findings.id} as "id", ${findings.number} as "number", ${findings.family} as "family", ${findings.state} as "state",
		${context} as "context", ${utc(sql`${findings.createdAt}`)} as "foundAt", ${utc(sql`${findings.removedAt}`)} as "removedAt",
		${findings.charterVersionId} as "charterVersionId",
		coalesce(${found} -> 'kinds', '[]'::jsonb) as "kindsWhenFound", coalesce(${found} -> 'roles', '[]'::jsonb) as "rolesWhenFound",
		${people.displayName} as "personName", ${people.employer} as "employer", ${accountPart} as "accountName",
		owner.display_name as "ownerName", request.id as "requestId", request.number as "requestNumber", earlier.number as "earlier",
		${decisionsPart} as "decisions", ${turnsPart} as "turns",
		${findings.entryId} as "entryId", opened.index as "entryIndex", encode(opened.leaf_hash, 'hex') as "leafHash",
		${withEvents ? eventsOf(sql``) : sql`'[]'::json`} as "events"
	from ${findings}
		left join ${people} on ${eq(people.id, findings.personId)}
		left join people owner on owner.id = (${context} ->> 'ownerId')::uuid
		left join grants deviating on deviating.id = (${difference('grantId')})::uuid
		left join requests request on request.id = deviating.request_id
		left join ledger_entries opened on opened.id = ${findings.entryId}
		left join (select id, lag(number) over (partition by key order by number) as number
			from findings where state <> 'neverConfirmed') earlier on earlier.id = ${findings.id}
	${where(filter)}
	order by ${desc(findings.number)}`
}

/** The findings of a history in batches, as `streamHistory` gives requests. */
export function streamFindingHistory(
	reader: Reader,
	filter: HistoryFilter,
	{ withEvents = false, batch }: { withEvents?: boolean; batch?: number } = {},
): AsyncGenerator<FindingHistoryRow[]> {
	return streamCursor<FindingHistoryRow>(reader, findingHistoryQuery(filter, withEvents), batch)
}

/** The newest findings of a history, so many at most, without their events. */
export async function findingHistory(
	reader: Reader,
	filter: HistoryFilter,
	limit: number,
): Promise<FindingHistoryRow[]> {
	const { rows } = await reader.execute<FindingHistoryRow>(
		sql`${findingHistoryQuery(filter, false)} limit ${limit}`,
	)
	return rows
}

/** How many findings a history has, and when the first was seen; null where there is none. */
export async function countFindingHistory(
	reader: Reader,
	filter: HistoryFilter,
): Promise<{ rows: number; first: Date | null }> {
	const { rows } = await reader.execute<{ n: string; first: string | null }>(
		sql`select count(*) as "n", ${utc(sql`min(${findings.createdAt})`)} as "first" from ${findings} ${where(filter)}`,
	)
	const [row] = rows
	return { rows: Number(row?.n ?? 0), first: row?.first ? new Date(row.first) : null }
}
