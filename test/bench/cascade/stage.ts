import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { GrantPort } from '#app/integrations/grant-port.ts'
import type { Actor } from '#app/services/actor.ts'
import { charterStore } from '#app/services/charter/charter-store.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { openQueue } from '#app/jobs/queue.server.ts'
import { openDatabase, type ConnectionTarget, type Database } from '#db/client.ts'
import { begin, decide } from '#workflows/shared/decide.ts'
import { grantMachine } from '#workflows/grants/grant.machine.ts'
import { GRANT_MACHINE_VERSION } from '#workflows/grants/grant.machine.ts'

export const PEOPLE = 100_000
/** Who hold access, ten each; every second of them is cleared for less. */
export const HOLDERS = 2000
export const ROLES = 10
const HOURS = 8
const FROM = new Date('2020-01-01T00:00:00.000Z')

/** The id of a thing by its number: the same in every process. */
export const idOf = (kind: 'person' | 'request' | 'grant' | 'passkey', number: number) => {
	const hex = createHash('sha256').update(`${kind} ${number}`).digest('hex')
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
/** Nobody of those who hold access: they decide. */
const [OFFICER, APPROVER] = [idOf('person', HOLDERS), idOf('person', HOLDERS + 1)]
export const officer: Actor = {
	personId: OFFICER,
	sessionId: idOf('request', -1),
	displayName: 'Officer',
	permissions: new Set(['people:suspend', 'people:read', 'grant:read_all', 'request:read_all']),
}

/** A charter as JSON, which is YAML; `stricter` asks more for half of its roles. */
export function charterText(version: number, stricter: boolean): string {
	const common = {
		citizenship: { anyOf: ['DE'] },
		facilities: ['hall'],
		clearance: { anyOf: [{ scheme: 'DE', level: 'U2' }] },
	}
	const held = (title: string, duty: string) => ({ title, purpose: 'Measured.', duties: [duty], ...common })
	return JSON.stringify({
		charter: {
			id: 'bench',
			title: 'Bench',
			version,
			boundary: 'Bench',
			jurisdiction: 'DE',
			organisation: 'Bench',
		},
		facilities: { hall: { title: 'Hall', country: 'DE', city: 'Berlin', networks: ['10.0.0.0/16'] } },
		roles: {
			officer: held('Officer', 'security_officer'),
			approver: held('Approver', 'approver'),
			owner: held('Owner', 'charter_owner'),
			operator: held('Operator', 'operator'),
			...Object.fromEntries(
				Array.from({ length: ROLES }, (_, i) => [
					`role-${i}`,
					{
						title: `Role ${i}`,
						purpose: 'Measured.',
						...common,
						clearance: { anyOf: [{ scheme: 'DE', level: stricter && i < ROLES / 2 ? 'U3' : 'U2' }] },
						access: {
							requestedBy: ['operator'],
							maximumDuration: 'PT8H',
							ticket: { pattern: '^CHG-[0-9]{4}$', example: 'CHG-1234' },
							stages: [{ from: 'approver', quorum: 1, within: 'PT4H' }],
							entra: { roleTemplateId: templateOf(i), name: `Role ${i}`, scope: '/' },
						},
					},
				]),
			),
		},
	})
}

/** The directory role of this role of the charter. */
export const templateOf = (role: number) => `00000000-0000-4000-8000-${String(role).padStart(12, '0')}`

/** What the use cases are made of, on this database; tenant and passkeys answer at once. */
export async function openDeps(
	target: ConnectionTarget,
	onCall: (principalId: string) => void = () => undefined,
) {
	const database = openDatabase(target)
	const queue = await openQueue(target, () => undefined)
	const called = (principalId: string) => Promise.resolve(onCall(principalId))
	const grants: GrantPort = {
		assign: () => Promise.resolve({ kind: 'accepted', requestId: 'x', status: 'Provisioned' }),
		update: () => Promise.resolve({ kind: 'accepted', requestId: 'x', status: 'Provisioned' }),
		remove: () => Promise.resolve({ kind: 'accepted', requestId: 'x', status: 'Revoked' }),
		async read({ principalId }) {
			await called(principalId)
			return { assignRequest: null, active: null, activeIsOurs: false, elsewhere: [] }
		},
		cancel: () => Promise.resolve({ kind: 'accepted', requestId: 'x', status: 'Canceled' }),
		revokeSessions: called,
		eligibilities: {
			remove: () => Promise.resolve({ kind: 'absent' }),
			isHeld: () => Promise.resolve(false),
		},
		schedules: { read: () => Promise.resolve([]) },
		assignments: { isListed: () => Promise.resolve(false) },
		killSwitch: null,
	}
	let count = 0
	const deps = {
		database,
		now: () => new Date(),
		newId: () => uuidv7(),
		pause: (ms: number) => pause(ms),
		randomBytes: (length: number) => new Uint8Array(randomBytes(length)),
		enqueue: queue.enqueue,
		wake: () => undefined,
		charters: charterStore(),
		grants,
		passkeys: {
			assertionOptions: () => Promise.resolve({ challenge: '' }),
			verifyAssertion: () => Promise.resolve(++count),
		},
		tenant: {
			kind: 'sandbox',
			id: idOf('grant', 0),
			former: [],
			name: 'Bench',
			groups: 'pim',
			lacks: [],
			certificates: [],
		},
		backlog: { count: () => Promise.resolve(0), isFull: () => Promise.resolve(false) },
		log: pino({ level: 'silent' }),
	} as unknown as Deps
	return { deps, queue, close: async () => (await queue.stop(), await database.close()) }
}

/** So many people with what the charter asks for, and ten accesses that are active for each of the holders among them. */
export async function seed(
	owner: Database,
	{
		people: count = PEOPLE,
		holders = HOLDERS,
		charter = (text) => text,
	}: { people?: number; holders?: number; charter?: (text: string) => string } = {},
): Promise<void> {
	const { pool } = owner
	const now = new Date()
	const people = Array.from({ length: count }, (_, n) => idOf('person', n))
	await pool.query(
		`insert into people (id, display_name, user_principal_name, entra_object_id, employer, created_at)
		select id, 'Person ' || n, 'p' || n || '@bench.example', id, 'Bench', now() from unnest($1::uuid[]) with ordinality as p(id, n)`,
		[people],
	)
	const fact = `gen_random_uuid(), id, '${FROM.toISOString()}', null, '${FROM.toISOString()}', null, null, 'bench'`
	const columns = 'id, person_id, valid_from, valid_until, recorded_at, recorded_by, retracted_at, evidence'
	await pool.query(`insert into citizenships (${columns}, country) select ${fact}, 'DE' from people`)
	await pool.query(
		`insert into facility_authorisations (${columns}, facility) select ${fact}, 'hall' from people`,
	)
	await pool.query(
		`insert into clearances (${columns}, scheme, level, issuer, state)
		select ${fact}, 'DE', case when n % 2 = 1 then 'U2' else 'U3' end, 'BfV', 'granted' from unnest($1::uuid[]) with ordinality as p(id, n)`,
		[people],
	)
	await pool.query(
		`insert into appointments (${columns}, role)
		select ${fact}, case id when '${OFFICER}' then 'officer' when '${APPROVER}' then 'approver' else 'operator' end from people`,
	)
	await pool.query(
		`insert into credentials (id, person_id, credential_id, public_key, sign_count, aaguid, transports, backed_up, entry_id, created_at)
		values ($1, $2, 'bench', '\\x00', 0, '', '[]', false, $1, now())`,
		[idOf('passkey', 0), OFFICER],
	)
	const yaml = charter(charterText(1, false))
	const versionId = idOf('request', -2)
	await insertVersion(owner, versionId, 1, yaml)
	const rows = Array.from({ length: holders * ROLES }, (_, n) => grantRow(n, now))
	for (let from = 0; from < rows.length; from += 5000) {
		const batch = rows.slice(from, from + 5000)
		await pool.query(
			`insert into requests (id, requester_id, role, charter_version_id, duration_seconds, reason, ticket, request_sha256, state, context, machine_version, version, created_at)
			select id, person, role, '${versionId}', ${HOURS * 3600}, 'bench', 'CHG-1234', '', 'approved', context, 1, 3, now()
			from unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[]) as r(id, person, role, context)`,
			[
				batch.map(({ requestId }) => requestId),
				batch.map(({ personId }) => personId),
				batch.map(({ role }) => role),
				batch.map(({ requestContext }) => JSON.stringify(requestContext)),
			],
		)
		await pool.query(
			`insert into grants (id, request_id, person_id, role, state, context, machine_version, version, created_at)
			select id, request, person, role, 'active', context, ${GRANT_MACHINE_VERSION}, 3, now()
			from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::jsonb[]) as g(id, request, person, role, context)`,
			[
				batch.map(({ grantId }) => grantId),
				batch.map(({ requestId }) => requestId),
				batch.map(({ personId }) => personId),
				batch.map(({ role }) => role),
				batch.map(({ context }) => JSON.stringify(context)),
			],
		)
		await pool.query(
			`insert into timers (workflow, workflow_id, name, event, due_at)
			select 'grant', id, name, event, due from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) as t(id, name, event, due)`,
			[
				batch.map(({ grantId }) => grantId),
				batch.map(({ timer }) => timer.name),
				batch.map(({ timer }) => timer.event),
				batch.map(({ timer }) => timer.dueAt),
			],
		)
	}
	await pool.query('analyze')
}

/** The access of this number, as its statechart comes to it. */
function grantRow(number: number, now: Date) {
	const personId = idOf('person', number % HOLDERS)
	const role = Math.floor(number / HOLDERS)
	const [grantId, requestId] = [idOf('grant', number), idOf('request', number)]
	const at = now.toISOString()
	const planned = begin(
		grantMachine,
		{
			grantId,
			requestId,
			personId,
			principalId: personId,
			place: { kind: 'role', roleDefinitionId: templateOf(role), directoryScopeId: '/' },
			durationMs: HOURS * 3_600_000,
		},
		at,
	)
	const sent = decide(grantMachine, planned.next, { type: 'SEND', at })
	const active = decide(grantMachine, sent.next, {
		type: 'CONFIRMED',
		startsAt: at,
		tenantRequestId: 'x',
		tenantInstanceId: 'x',
		at,
	})
	const [timer] = active.timersSet
	if (!timer) throw new Error('An active access has a deadline.')
	const requestContext = {
		requestId,
		requesterId: personId,
		stages: [{ from: 'approver', quorum: 1, withinMs: 4 * 3_600_000 }],
		stage: 0,
		decisions: [{ stage: 0, approverId: APPROVER, verdict: 'approve', at }],
		decideBy: at,
		closedAt: at,
		voidedBy: null,
	}
	return {
		grantId,
		requestId,
		personId,
		role: `role-${role}`,
		context: active.next.context,
		requestContext,
		timer,
	}
}

export async function insertVersion(
	owner: Database,
	id: string,
	version: number,
	yaml: string,
): Promise<void> {
	await owner.pool.query(
		`insert into charter_versions (id, charter_id, version, yaml, text_sha256, in_force_from, entry_id)
		values ($1, 'bench', $2, $3, $4, now(), $1)`,
		[id, version, yaml, createHash('sha256').update(yaml).digest('hex')],
	)
}

/** Waits until something is so; at most a minute. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
	for (let n = 0; n < 6000; n++) {
		if (await isSo()) return
		await pause(10)
	}
	throw new Error('What was waited for did not come within a minute.')
}
