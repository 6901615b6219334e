import type pg from 'pg'

/** Far beyond what the sequencer gives out meanwhile. */
const FIRST_INDEX = 1_000_000_000

/**
 * Fills a database with `count` ended accesses, each with its grant, two approvals and the entries of the three, by SQL
 * alone; the requesters and approvers are people who are there already, and the charter is the newest. What the leaves
 * say is not made up: they are only there to be joined.
 */
export async function seedHistory(pool: pg.Pool, count: number): Promise<void> {
	const n = String(Math.trunc(count))
	const id = (kind: string) => `('01900000-0000-7000-800${kind}-' || lpad(to_hex(i), 12, '0'))::uuid`
	const filedAt = `timestamptz '2025-01-01T00:00:00Z' + i * interval '31.557 seconds'`
	const instant = (at: string) => `to_char((${at}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
	const series = `generate_series(1, ${n}) i`
	const statements = [
		`create temporary table seed_people on commit drop as
			select row_number() over (order by id) - 1 as k, id from people`,
		`insert into requests (id, requester_id, role, charter_version_id, duration_seconds, reason, ticket, request_sha256,
				state, context, machine_version, version, created_at)
			select ${id('1')}, p.id, (array['user-administrator', 'security-reader', 'exchange-administrator'])[1 + i % 3],
				(select id from charter_versions order by version desc limit 1), 1800,
				'Maintenance window ' || i || ', agreed with the control room', 'CHG-' || (10000 + i % 80000), repeat('ab', 32),
				'approved', jsonb_build_object('requestId', ${id('1')}, 'requesterId', p.id, 'stage', 1, 'stages', jsonb_build_array(
					jsonb_build_object('from', 'duty-officer', 'quorum', 1, 'withinMs', 14400000),
					jsonb_build_object('from', 'data-owner', 'quorum', 1, 'withinMs', 14400000)),
					'decisions', '[]'::jsonb, 'decideBy', ${instant(`${filedAt} + interval '4 hours'`)},
					'closedAt', ${instant(`${filedAt} + interval '9 minutes'`)}, 'voidedBy', null), 1, 4, ${filedAt}
			from ${series} join seed_people p on p.k = i % (select count(*) from seed_people)`,
		`insert into grants (id, request_id, person_id, role, state, context, machine_version, version, created_at)
			select ${id('2')}, r.id, r.requester_id, r.role, 'ended', jsonb_build_object('grantId', ${id('2')}, 'requestId', r.id,
				'personId', r.requester_id, 'directoryScopeId', '/', 'durationMs', 1800000,
				'startsAt', ${instant(`${filedAt} + interval '10 minutes'`)}, 'endsAt', ${instant(`${filedAt} + interval '40 minutes'`)},
				'closedAt', ${instant(`${filedAt} + interval '41 minutes'`)}, 'cause', 'deadline', 'endedBy', null, 'retryAt', null,
				'failure', null, 'tenantRequestId', ${id('2')}, 'tenantInstanceId', 'instance'), 1, 4, ${filedAt} + interval '9 minutes'
			from ${series} join requests r on r.id = ${id('1')}`,
		...[0, 1].map(
			(
				stage,
			) => `insert into decisions (id, request_id, stage, approver_id, verdict, reason, envelope, assertion,
				credential_id, entry_id, decided_at)
			select ${id(String(3 + stage))}, ${id('1')}, ${stage}, c.person_id, 'approve', '', '{}', '{}', c.id, ${id(String(6 + stage))},
				${filedAt} + interval '${4 + 4 * stage} minutes'
			from ${series} join (select id, person_id, row_number() over (order by id) as k from credentials) c on c.k = ${stage + 1}`,
		),
		`insert into workflow_events (workflow, workflow_id, version, event, state, actor_id, entry_id, at)
			select 'request', ${id('1')}, 1, '{"type":"begin"}', 'pending', null, ${id('5')}, ${filedAt} from ${series}`,
		`insert into ledger_entries (index, id, kind, subject, time, leaf, leaf_hash)
			select ${FIRST_INDEX} + i * 3 + k, x.id, case k when 0 then 'request.filed' else 'request.decided' end, null,
				${filedAt}, '\\x7b7d', sha256(x.id::text::bytea)
			from ${series} cross join lateral (values (0, ${id('5')}), (1, ${id('6')}), (2, ${id('7')})) x (k, id)`,
	]
	const client = await pool.connect()
	try {
		await client.query('begin')
		for (const statement of statements) await client.query(statement)
		await client.query('commit')
		for (const table of ['requests', 'grants', 'decisions', 'workflow_events', 'ledger_entries'])
			await client.query(`vacuum analyze ${table}`)
	} finally {
		client.release()
	}
}
