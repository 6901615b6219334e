import type { Database } from '#db/client.ts'

const id = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`
const [OTHER, VERSION] = [id(2), id(3)]
/** The approver whose queue it is. */
export const ME = id(1)

/** So many requests that wait for two roles, every third of them the approver's own, and as many that are over. */
export async function fillQueue(owner: Database, count: number): Promise<void> {
	const { pool } = owner
	await pool.query(
		`insert into people (id, display_name, user_principal_name, entra_object_id, employer, created_at)
			values ($1, 'Me', 'me', gen_random_uuid(), '', now()), ($2, 'Other', 'other', gen_random_uuid(), '', now())`,
		[ME, OTHER],
	)
	await pool.query(
		`insert into charter_versions (id, charter_id, version, yaml, text_sha256, in_force_from, entry_id)
			values ($1, 'charter', 1, '', repeat('ab', 32), now(), gen_random_uuid())`,
		[VERSION],
	)
	await pool.query(
		`insert into requests (id, requester_id, role, charter_version_id, duration_seconds, reason, ticket, request_sha256,
				state, context, machine_version, version, created_at)
			select ('01900000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid, case when i % 3 = 0 then $1::uuid else $2::uuid end,
				'role-' || i, $3, 600, '', '', '', (case when i <= $4 then 'pending' else 'denied' end)::request_state,
				'{"revision": 1}', 2, 1, now()
			from generate_series(1, $4::int * 2) i`,
		[ME, OTHER, VERSION, count],
	)
	await pool.query(
		`insert into requests_waiting (request_id, role, decide_by)
			select ('01900000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid, role, timestamptz '2026-11-29T00:00:00Z' + (i::bigint * 7919 % $1) * interval '1 second'
			from generate_series(1, $1::int) i, unnest(array['duty', 'owner']) role`,
		[count],
	)
	await pool.query('analyze requests, requests_waiting, decisions')
}
