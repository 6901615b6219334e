import { sql, type SQL } from 'drizzle-orm'
import { UNDERWAY, statesOfTurn } from '#workflows/people/vetting-case.acting.ts'
import { LIVE_GRANT_STATES } from '#workflows/grants/grant.machine.ts'
import type { DueAsked, DueList } from './due-lists.ts'

/**
 * The rows of each list as SQL: `person_id`, `ref`, `label`, `at`, `rank` (what comes first), `number` and `case_id`. Facts count as they are known now. What is counted and what is listed are both made of these.
 */
export function dueRows(list: DueList, asked: DueAsked): SQL {
	const now = sql`${asked.at.toISOString()}::timestamptz`
	const until = sql`${new Date(asked.at.getTime() + asked.days * 86_400_000).toISOString()}::timestamptz`
	return ROWS[list]({ now, until, officerId: asked.officerId })
}

type Given = { now: SQL; until: SQL; officerId: string }

const holds = (alias: string, now: SQL) => {
	const fact = sql.raw(alias)
	return sql`${fact}.retracted_at is null and ${fact}.valid_from <= ${now}
		and (${fact}.valid_until is null or ${fact}.valid_until > ${now})`
}
/** Accesses of a person that the tenant may hold: until it confirms a removal they must be assumed live. */
export const liveAccessesOf = (person: SQL) =>
	sql`(select count(*)::int from grants g where g.person_id = ${person} and g.state in ${[...LIVE_GRANT_STATES]})`
const NO_CASE = sql`null::bigint as number, null::uuid as case_id`

/** The case that is on the way to a clearance of this person, level and scheme; there is one at most. */
const caseUnderWay = sql`left join vetting_cases v on v.person_id = c.person_id and v.scheme = c.scheme
	and v.level = c.level and v.state in ${[...UNDERWAY]}`
/** Another clearance of the same person and level holds on after this one. */
const isRenewed = sql`exists (select 1 from clearances n where n.person_id = c.person_id and n.scheme = c.scheme
	and n.level = c.level and n.id <> c.id and n.state = 'granted' and n.retracted_at is null
	and n.valid_from <= c.valid_until and (n.valid_until is null or n.valid_until > c.valid_until))`

/** People who are appointed now and of whom no fact of this kind is recorded. */
const lacking = (kind: 'citizenship' | 'clearance', now: SQL) => sql`
	select x.person_id, ${sql.raw(`'${kind}'`)} as missing from appointments x where ${holds('x', now)}
		and not exists (select 1 from ${sql.raw(`${kind}s`)} c where c.person_id = x.person_id and c.retracted_at is null)`

const ROWS: Readonly<Record<DueList, (given: Given) => SQL>> = {
	'suspended-live': () => sql`
		select s.person_id, s.id as ref, '' as label, s.at, 0 as rank, ${NO_CASE}
		from suspensions s where s.lifted_at is null and exists (select 1 from grants h
			where h.person_id = s.person_id and h.state in ${[...LIVE_GRANT_STATES]})`,
	events: () => sql`
		select r.person_id, r.id as ref, r.severity as label, r.recorded_at as at,
			case when ${liveAccessesOf(sql`r.person_id`)} > 0 then 0 else 3 end
				+ case r.severity when 'high' then 0 when 'elevated' then 1 else 2 end as rank, ${NO_CASE}
		from reportable_events r where r.triaged_at is null and r.retracted_at is null`,
	leavers: ({ now }) => sql`
		select c.person_id, c.id as ref, c.scheme || ' ' || c.level as label, l.left_at as at, 0 as rank, ${NO_CASE}
		from (select e.person_id, max(e.valid_until) as left_at from employments e
			where e.retracted_at is null and e.valid_until <= ${now}
				and not exists (select 1 from employments n where n.person_id = e.person_id and n.retracted_at is null
					and (n.valid_until is null or n.valid_until > ${now}))
			group by e.person_id) l
		join clearances c on c.person_id = l.person_id and c.state = 'granted' and ${holds('c', now)}`,
	overdue: ({ now }) => sql`
		select c.person_id, c.id as ref, c.scheme || ' ' || c.level as label, c.valid_until as at, 0 as rank,
			v.number, v.id as case_id
		from (select distinct on (o.person_id, o.scheme, o.level) o.* from clearances o
			where o.state = 'granted' and o.retracted_at is null and o.valid_until <= ${now}
			order by o.person_id, o.scheme, o.level, o.valid_until desc) c
		${caseUnderWay}
		where not ${isRenewed}
			and not exists (select 1 from clearances s where s.person_id = c.person_id and s.scheme = c.scheme
				and s.level = c.level and s.state <> 'granted' and s.retracted_at is null and s.valid_from >= c.valid_until)
			and exists (select 1 from appointments a where a.person_id = c.person_id and ${holds('a', now)})`,
	'travel-unapproved': ({ now }) => sql`
		select t.person_id, t.id as ref, coalesce(t.verdict::text, '') as label, t.valid_from as at,
			case when t.valid_from <= ${now} then 0 else 1 end as rank, ${NO_CASE}
		from travels t where t.retracted_at is null and t.valid_until > ${now}
			and (t.verdict is null or (t.verdict = 'refused' and t.valid_from <= ${now}))`,
	'travel-debrief': ({ now }) => sql`
		select t.person_id, t.id as ref, coalesce(t.verdict::text, '') as label, t.valid_until as at, 0 as rank,
			${NO_CASE}
		from travels t where t.retracted_at is null and t.valid_until <= ${now} and t.debriefed_at is null`,
	'cases-mine': (given) => officerCases(given, true),
	'cases-others': (given) => officerCases(given, false),
	expiring: ({ now, until }) => sql`
		select c.person_id, c.id as ref, c.scheme || ' ' || c.level as label, c.valid_until as at, 0 as rank,
			v.number, v.id as case_id
		from clearances c ${caseUnderWay}
		where c.state = 'granted' and c.retracted_at is null and c.valid_from <= ${now}
			and c.valid_until > ${now} and c.valid_until <= ${until} and not ${isRenewed}`,
	contracts: ({ now, until }) => sql`
		select e.person_id, e.id as ref, e.employer as label, e.valid_until as at, 0 as rank, ${NO_CASE}
		from employments e where e.under is not null and ${holds('e', now)} and e.valid_until <= ${until}
			and not exists (select 1 from employments n where n.person_id = e.person_id and n.id <> e.id
				and n.retracted_at is null and n.valid_from <= e.valid_until
				and (n.valid_until is null or n.valid_until > e.valid_until))`,
	incomplete: ({ now }) => sql`
		select i.person_id, null::uuid as ref, i.label, null::timestamptz as at, 0 as rank, ${NO_CASE}
		from (select m.person_id,
				case when count(*) = 2 then 'both' else min(m.missing) end as label
			from (${lacking('citizenship', now)} union ${lacking('clearance', now)}) m
			group by m.person_id) i`,
}

/**
 * Cases on which an officer must act: those this one may act on, or all others. Nobody acts on their own case, on that of
 * anybody above or below them in the line of management, on one they vouch for, or a second time on what they proposed.
 */
function officerCases({ officerId }: Given, mine: boolean): SQL {
	const me = sql`${officerId}::uuid`
	const barred = sql`(v.person_id = ${me} or coalesce(v.sponsor_id = ${me}, false)
		or coalesce(v.context -> 'proposal' ->> 'officerId' = ${officerId}, false)
		or v.person_id in (select id from line))`
	return sql`
		with recursive above as (
			select manager_id as id from people where id = ${me} and manager_id is not null
			union select p.manager_id from people p join above on p.id = above.id where p.manager_id is not null
		), below as (
			select id from people where manager_id = ${me}
			union select p.id from people p join below on p.manager_id = below.id
		), line as (select id from above union select id from below)
		select v.person_id, v.id as ref, v.state::text as label, v.due_at as at, 0 as rank,
			v.number, v.id as case_id
		from vetting_cases v
		where not v.papers_asked and v.state in ${statesOfTurn('officer')} and ${mine ? sql`not ${barred}` : barred}`
}
