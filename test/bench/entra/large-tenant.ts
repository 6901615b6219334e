import { fork } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { PIM_CALLS_PER_SECOND } from '#app/integrations/graph/families.ts'
import type { TenantConnection } from '#app/integrations/graph/client.server.ts'
import { openDatabase, type ConnectionTarget, type Database } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { idOf, ROLES, seed } from '../cascade/stage.ts'
import { round } from '../figure.ts'
import { startSandboxProcess } from './start-sandbox-process.ts'

/** For a short trial. */
export const USERS = Number(process.env.BENCH_USERS ?? 50_000)
const template = (role: number) => `00000000-0000-4000-8000-${String(role).padStart(12, '0')}`
/** The first roles of the stage are directory roles, the others places in groups. */
const GROUPS = [7, 8, 9].map((role) => ({
	role,
	id: `9a5e1f30-7c44-4b8e-8d0b-5f2a6c7d8e9${role}`,
}))
const DIRECTORY_ROLES = ROLES - GROUPS.length
/** Accesses of ours: the first are places in a group, and Entra knows nothing of the last. */
const OURS = 1000
const IN_GROUP = 200
export const MISSING = 10
/** Assignments that nobody approved, roles and members of groups: 2,000 with those of ours that Entra holds. */
export const IN_ROLES = 500
export const IN_GROUPS = 510
export const ASSIGNMENTS = OURS - MISSING + IN_ROLES + IN_GROUPS
export const FINDINGS = IN_ROLES + IN_GROUPS + MISSING

export type Task = { what: 'reconcile' | 'readiness'; target: ConnectionTarget; connection: SentConnection }
type SentConnection = Omit<TenantConnection, 'kind' | 'name' | 'groups' | 'timeoutMs' | 'budgets'>
/** What a process says when it is done. `steps` are seconds by name, in their order. */
export type Done = {
	steps: Record<string, number>
	seconds: number
	rssMb: number
	rssBeforeMb: number
	cpuSeconds: number
}

/**
 * A tenant of 50,000 users with 2,000 assignments, about half of them approved, and a process of its own that does `what` with it,
 * so that its memory is its own: neither PostgreSQL nor the sandbox are in it. `check` looks at what came of it.
 */
export async function withLargeTenant(
	what: Task['what'],
	check: (owner: Database) => Promise<void>,
): Promise<Done & { note: string }> {
	const { server, sandbox, owner, stop } = await openLargeTenant(what)
	try {
		const before = await sandbox.state()
		const load = loadavg()[0] ?? NaN
		const done = await perform({ what, target: server.connection, connection: sandbox.connection })
		const after = await sandbox.state()
		await check(owner)
		const steps = Object.entries(done.steps).map(([step, seconds]) => `${step} ${round(seconds)} s`)
		return {
			...done,
			note: `${USERS} users, ${ASSIGNMENTS} assignments; ${steps.join(', ')}; ${round(done.cpuSeconds)} s of computing, the sandbox ${round(after.cpuSeconds - before.cpuSeconds)} s for ${after.calls - before.calls} calls, of which it refused ${after.refused - before.refused}; load ${round(load)} at the start, ${round(loadavg()[0] ?? NaN)} at the end`,
		}
	} finally {
		await stop()
	}
}

/** Starts such a tenant in a process of its own, and a database that knows our half of it. */
export async function openLargeTenant(what: string) {
	const folder = mkdtempSync(join(tmpdir(), `charterkeep-${what}-`))
	chmodSync(folder, 0o711)
	const server = await startEmbedded({ dataDirectory: join(folder, 'data') })
	const sandbox = await startSandboxProcess({
		directory: join(folder, 'sandbox'),
		users: USERS,
		holders: OURS - MISSING,
		roleDefinitionId: template(0),
		groups: GROUPS.map(({ id }) => id),
		inGroup: IN_GROUP,
		strangers: {
			roles: Array.from({ length: DIRECTORY_ROLES }, (_, role) => template(role)),
			inRoles: IN_ROLES,
			inGroups: IN_GROUPS,
		},
		pim: { perSecond: PIM_CALLS_PER_SECOND, burst: PIM_CALLS_PER_SECOND * 5 },
	})
	const owner = openDatabase(server.connection, { max: 2, asOwner: true })
	const stop = async () => {
		await owner.close()
		sandbox.stop()
		await server.stop()
		rmSync(folder, { recursive: true, force: true })
	}
	try {
		await migrateDatabase(server.connection)
		await seed(owner, { people: 2100, holders: OURS / ROLES, charter: withGroups })
		await settle(owner)
	} catch (error) {
		await stop()
		throw error
	}
	return { server, sandbox, owner, stop }
}

/** Some of our accesses are places in the first group, and all of them began a while ago: nobody's list lags. */
async function settle({ pool }: Database): Promise<void> {
	const [group] = GROUPS
	const place = { kind: 'group', groupId: group?.id, relation: 'member', by: 'pim' }
	await pool.query(
		`update grants set role = $1, context = jsonb_set(context, '{place}', $2) where id = any($3::uuid[])`,
		[
			`role-${group?.role}`,
			JSON.stringify(place),
			Array.from({ length: IN_GROUP }, (_, n) => idOf('grant', n)),
		],
	)
	await pool.query(
		`update grants set context = jsonb_set(context, '{startsAt}', to_jsonb($1::text)) where context ->> 'startsAt' is not null`,
		[new Date(Date.now() - 3_600_000).toISOString()],
	)
}

function perform(task: Task): Promise<Done> {
	return new Promise((resolve, reject) => {
		const child = fork(join(import.meta.dirname, 'large-tenant-process.ts'), {
			execArgv: [...process.execArgv, ...startedWith()],
		})
		child.once('message', (said) => resolve(said as Done))
		child.once('exit', (code) => reject(new Error(`The process ended with ${code}.`)))
		child.send(task)
	})
}

/** The options that `npm start` gives Node: what is measured is held as the product holds it. */
function startedWith(): string[] {
	const text = readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')
	const { scripts } = z.object({ scripts: z.object({ start: z.string() }) }).parse(JSON.parse(text))
	return scripts.start.split(' ').filter((word) => word.startsWith('--'))
}

/** The charter of the stage, with places in groups for some of its roles. */
function withGroups(text: string): string {
	return GROUPS.reduce((charter, { role, id }) => {
		const directory = `{"roleTemplateId":"${template(role)}","name":"Role ${role}","scope":"/"}`
		if (!charter.includes(directory)) throw new Error('The charter of the stage has no such role.')
		return charter.replace(directory, `{"groupId":"${id}","relation":"member","name":"Group ${role}"}`)
	}, text)
}
