import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { budgetsFor } from '#app/integrations/graph/families.ts'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { createChanges } from '#app/services/changes.ts'
import type { Deps } from '#app/services/deps.ts'
import { syncTenantGroups } from '#app/services/tenant/sync-groups.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { openDatabase } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { readLookTimes } from '#db/queries/look-asks.ts'
import { openDeps, seed } from '../cascade/stage.ts'
import { print, round } from '../figure.ts'
import { quantile } from '../ledger/stage.ts'
import { startSandboxProcess, TENANT } from './start-sandbox-process.ts'

const GROUP = '9a5e1f30-7c44-4b8e-8d0b-5f2a6c7d8e90'
const ROLE = '00000000-0000-4000-8000-000000000000'
const PIM_PER_SECOND = 10
/** Users that change, and others that come into the group: ten changes together. */
const EACH = 5
const ROUNDS = 5
/** For a short trial. */
const USERS = Number(process.env.BENCH_USERS ?? 50_000)

/**
 * From ten changes in a large tenant, which was read in full before, to their being in our database and compared: the round of users,
 * the round of groups, and the look that this asks for, as the loops run them.
 */
export async function benchDelta(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-delta-'))
	chmodSync(folder, 0o711)
	const server = await startEmbedded({ dataDirectory: join(folder, 'data') })
	const sandbox = await startSandboxProcess({
		directory: join(folder, 'sandbox'),
		users: USERS,
		holders: 0,
		roleDefinitionId: ROLE,
		groups: [GROUP],
		pim: { perSecond: PIM_PER_SECOND, burst: PIM_PER_SECOND * 5 },
	})
	try {
		await migrateDatabase(server.connection)
		const owner = openDatabase(server.connection, { max: 2, asOwner: true })
		await seed(owner, { people: 2100, holders: 0, charter: withGroup })
		await owner.close()
		const stage = await openDeps(server.connection)
		const { directory, reader } = connectTenant(
			{ ...sandbox.connection, budgets: budgetsFor(PIM_PER_SECOND), ...TENANT },
			stage.deps.newId,
		)
		const deps: Deps = { ...stage.deps, directory, reader, changes: createChanges() }
		const { pool } = deps.database
		const count = async (text: string) =>
			(await pool.query<{ n: number }>(`select count(*)::int as n from ${text}`)).rows[0]?.n ?? 0
		const began = performance.now()
		if (!(await syncTenantUsers(deps))) throw new Error('Not everybody could be read.')
		await syncTenantGroups(deps, { everyMs: 0 })
		await reconcileRound(deps)
		const first = (performance.now() - began) / 1000
		const seconds: number[] = []
		for (let turn = 0; turn < ROUNDS; turn++) {
			// What the look before took of the budget is there again.
			await pause(5000)
			await sandbox.change(EACH, turn)
			const changedAt = new Date()
			const from = performance.now()
			await pool.query('update tenant_sync set asked_at = $1', [changedAt])
			await syncTenantUsers(deps)
			await syncTenantGroups(deps, { everyMs: 0 })
			const { askedAt } = await readLookTimes(deps.database.db)
			if (askedAt === null || askedAt < changedAt) throw new Error('The group asks for no look.')
			await reconcileRound(deps)
			seconds.push((performance.now() - from) / 1000)
			const disabled = await count('tenant_users where not account_enabled')
			const found = await count('findings')
			if (disabled !== EACH * (turn + 1) || found !== EACH * (turn + 1))
				throw new Error(`${disabled} users and ${found} members are known after ${turn + 1} rounds.`)
		}
		print({
			name: 'delta-10-seconds',
			value: round(quantile(seconds, 0.5), 3),
			unit: 's',
			note: `median of ${ROUNDS}, the worst ${round(Math.max(...seconds), 3)} s: ${EACH} users and ${EACH} members of a governed group changed, read and compared; ${await count('tenant_users')} users, read in full in ${round(first)} s before; load ${round(loadavg()[0] ?? NaN)}`,
		})
		await stage.close()
	} finally {
		sandbox.stop()
		await server.stop()
		rmSync(folder, { recursive: true, force: true })
	}
}

/** The first role of the stage gives a place in the group. */
function withGroup(text: string): string {
	const role = `{"roleTemplateId":"${ROLE}","name":"Role 0","scope":"/"}`
	if (!text.includes(role)) throw new Error('The charter of the stage has no such role.')
	return text.replace(role, `{"groupId":"${GROUP}","relation":"member","name":"Group"}`)
}
