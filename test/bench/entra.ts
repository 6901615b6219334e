import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { budgetsFor, PIM_CALLS_PER_SECOND } from '#app/integrations/graph/families.ts'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { stepGrant } from '#app/services/access/step-grant.server.ts'
import { createChanges } from '#app/services/changes.ts'
import type { Deps } from '#app/services/deps.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { openDatabase, type Database } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import { idOf, officer, openDeps, ROLES, seed, templateOf } from './cascade/stage.ts'
import { benchDelta } from './entra/delta.ts'
import { benchDrift } from './entra/drift.ts'
import { benchReadiness } from './entra/readiness.ts'
import { benchReconcile } from './entra/reconcile.ts'
import { startSandboxProcess, TENANT } from './entra/start-sandbox-process.ts'
import { print, round } from './figure.ts'

/** What the sandbox's PIM gives a second, and what we ask of it at most: real tenants publish no number. */
const PIM_PER_SECOND = Number(process.env.BENCH_PIM_PER_SECOND ?? PIM_CALLS_PER_SECOND)
/** For a short trial. */
const REVOCATIONS = Number(process.env.BENCH_REVOCATIONS ?? 1000)
const USERS = Number(process.env.BENCH_USERS ?? 50_000)
const LONGEST_MS = 10 * 60_000
const TARGET_FIRST_MS = 1000
const TARGET_RATIO = 0.9

/** `npm run bench -- entra [revoke] [reconcile] [readiness] [delta] [drift]`: calls to a tenant, the sandbox in a process of its own on the same machine. */
export async function benchEntra(parts: readonly string[]): Promise<void> {
	const wants = (part: string) => parts.length === 0 || parts.includes(part)
	if (wants('revoke')) for (const roles of [1, ROLES]) await benchRevoke(roles)
	if (wants('reconcile')) await benchReconcile()
	if (wants('readiness')) await benchReadiness()
	if (wants('delta')) await benchDelta()
	if (wants('drift')) await benchDrift()
}

/**
 * So many removals queued at once while everybody of a large tenant is being read, of this many roles in turn: those of one role are
 * confirmed by a few lists of it, and of many roles each has lists of its own.
 */
async function benchRevoke(roles: number): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-entra-'))
	chmodSync(folder, 0o711)
	const server = await startEmbedded({ dataDirectory: join(folder, 'data') })
	const { burst } = budgetsFor(PIM_PER_SECOND)['pim-roles']
	// A little more than we allow ourselves: calls do not arrive at the distance at which they are sent.
	const gives = { perSecond: PIM_PER_SECOND, burst: burst + PIM_PER_SECOND * 2 }
	const sandbox = await startSandboxProcess({
		directory: join(folder, 'sandbox'),
		users: USERS,
		holders: REVOCATIONS,
		roleDefinitionId: templateOf(0),
		inTurn: Array.from({ length: roles }, (_, role) => templateOf(role)),
		pim: gives,
	})
	try {
		await migrateDatabase(server.connection)
		const owner = openDatabase(server.connection, { max: 2, asOwner: true })
		await seed(owner, { people: 2100, holders: REVOCATIONS / ROLES })
		await spread(owner, roles)
		await owner.close()
		const stage = await openDeps(server.connection)
		const { grants, directory } = connectTenant(
			{ ...sandbox.connection, budgets: budgetsFor(PIM_PER_SECOND), ...TENANT },
			stage.deps.newId,
		)
		let first: number | null = null
		let last = NaN
		const deps: Deps = {
			...stage.deps,
			directory,
			changes: createChanges(),
			grants: {
				...grants,
				remove: async (order) => {
					const outcome = await grants.remove(order)
					last = performance.now()
					first ??= last
					return outcome
				},
			},
		}
		const commands = await endAll(deps)
		await stage.queue.work(deps)
		const reading = readEveryone(deps, sandbox)
		await pause(3000)
		const load = loadavg()[0] ?? NaN
		const from = performance.now()
		await deps.database.withTx((tx) => stage.queue.enqueue(tx, commands))
		let left = REVOCATIONS
		while (left > 0 && performance.now() - from < LONGEST_MS) {
			await pause(100)
			const { rows } = await deps.database.pool.query<{ n: number }>(
				`select count(*)::int as n from grants where state in ('removing', 'notConfirmed', 'postponed')`,
			)
			left = rows[0]?.n ?? left
		}
		const seconds = (performance.now() - from) / 1000
		const users = await reading.stop()
		const { refused, held, readings } = await sandbox.state()
		if (users < USERS) throw new Error(`Only ${users} users were read meanwhile: there was no full sync.`)
		const machine = `load ${round(load)} at the start, ${round(loadavg()[0] ?? NaN)} at the end`
		if (left > 0 || held > 0)
			throw new Error(
				`${left} removals are not confirmed after ${round(seconds)} s, and the tenant lists ${held}.`,
			)
		const suffix = roles === 1 ? '' : `-${roles}-roles`
		const of = roles === 1 ? 'of one role' : `over ${roles} roles in turn`
		print({
			name: `revoke-first-call${suffix}-ms`,
			value: round((first ?? Infinity) - from),
			unit: 'ms',
			peer: `target: under ${TARGET_FIRST_MS} ms`,
			ratio: round(TARGET_FIRST_MS / ((first ?? Infinity) - from), 2),
			note: `from the commit of ${REVOCATIONS} jobs, ${of}, to the tenant's answer to the first removal; ${machine}`,
		})
		const bound = (REVOCATIONS - gives.burst) / gives.perSecond
		print({
			name: `revoke-budget-ratio${suffix}`,
			value: round(bound / seconds, 3),
			unit: 'ratio',
			peer: `target: at least ${TARGET_RATIO} of ${round(bound)} s: ${REVOCATIONS} calls at ${gives.perSecond}/s, less ${gives.burst} that are saved up, with no call for reading`,
			note: `${REVOCATIONS} removals ${of}, confirmed by two readings each in ${round(seconds)} s (the last was sent after ${round((last - from) / 1000)} s), and the tenant lists none; ${readings} calls of the budget went to reading, ${refused} were refused; ${users} users read meanwhile; ${machine}`,
		})
		await stage.close()
	} finally {
		sandbox.stop()
		await server.stop()
		rmSync(folder, { recursive: true, force: true })
	}
}

/** The accesses of the stage, which are of its first role, are of so many in turn. */
async function spread({ pool }: Database, roles: number): Promise<void> {
	await pool.query(
		`update grants set role = g.role, context = jsonb_set(context, '{place,roleDefinitionId}', to_jsonb(g.template))
		from unnest($1::uuid[], $2::text[], $3::text[]) as g(id, role, template) where grants.id = g.id`,
		[
			Array.from({ length: REVOCATIONS }, (_, n) => idOf('grant', n)),
			Array.from({ length: REVOCATIONS }, (_, n) => `role-${n % roles}`),
			Array.from({ length: REVOCATIONS }, (_, n) => templateOf(n % roles)),
		],
	)
}

/** Ends all accesses, and gives the jobs that this asks for in place of queueing them. */
async function endAll(deps: Deps): Promise<readonly OutwardCommand[]> {
	const commands: OutwardCommand[] = []
	const collecting: Deps = {
		...deps,
		enqueue: (_, more) => {
			commands.push(...more)
			return Promise.resolve()
		},
	}
	const at = new Date().toISOString()
	for (let n = 0; n < REVOCATIONS; n++)
		await stepGrant(
			collecting,
			idOf('grant', n),
			{ type: 'END', cause: 'security_officer', actorId: officer.personId, at },
			({ grantId, requestId }) => ({
				kind: 'grant.ending',
				open: { grantId, requestId, cause: 'security_officer' },
			}),
			officer.personId,
		)
	return commands.filter(({ type }) => type === 'grant.remove')
}

/** Reads everyone of the tenant, and everyone anew when that is done, until it is stopped; gives how many were read. */
function readEveryone(deps: Deps, sandbox: { forget: () => void }): { stop: () => Promise<number> } {
	let isStopped = false
	let read = 0
	const counting: Deps = {
		...deps,
		directory: {
			...deps.directory,
			changes: async (link) => {
				const page = await deps.directory.changes(link)
				if (page.kind === 'page') read += page.changes.length
				return page
			},
		},
	}
	const loop = async () => {
		while (!isStopped) {
			const isDone = await syncTenantUsers(counting, { mayGoOn: () => !isStopped })
			if (isDone) sandbox.forget()
			if (!isDone) await pause(100)
			await deps.database.pool.query('update tenant_sync set asked_at = now()')
		}
	}
	const running = loop()
	return {
		async stop() {
			isStopped = true
			await running
			return read
		},
	}
}
