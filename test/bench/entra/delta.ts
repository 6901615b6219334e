import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { budgetsFor, PIM_CALLS_PER_SECOND } from '#app/integrations/graph/families.ts'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { createChanges } from '#app/services/changes.ts'
import type { Deps } from '#app/services/deps.ts'
import { syncTenantGroups } from '#app/services/tenant/sync-groups.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { readLookTimes } from '#db/queries/look-asks.ts'
import { openDeps } from '../cascade/stage.ts'
import { print, round } from '../figure.ts'
import { quantile } from '../ledger/stage.ts'
import { ASSIGNMENTS, FINDINGS, openLargeTenant } from './large-tenant.ts'
import { TENANT } from './start-sandbox-process.ts'

/** Users that change, and others that come into a governed group: ten changes together. */
const EACH = 5
const ROUNDS = 5
const TARGET_SECONDS = 2
/** As long as the loop waits before it looks again for what it saw once. */
const AGAIN_MS = 3000
/** What a look took of the budget is there again. */
const REFILLED_MS = 8000

/**
 * From ten changes in the large tenant, which was read in full before, to their being in our database and compared: the round of
 * users, the round of groups, and the look that this asks for, as the loops run them.
 */
export async function benchDelta(): Promise<void> {
	const { server, sandbox, stop } = await openLargeTenant('delta')
	try {
		const stage = await openDeps(server.connection)
		const tenant = { ...sandbox.connection, budgets: budgetsFor(PIM_CALLS_PER_SECOND), ...TENANT }
		const deps: Deps = {
			...stage.deps,
			...connectTenant(tenant, stage.deps.newId),
			changes: createChanges(),
		}
		const { pool } = deps.database
		const count = async (text: string) =>
			(await pool.query<{ n: number }>(`select count(*)::int as n from ${text}`)).rows[0]?.n ?? 0
		const began = performance.now()
		if (!(await syncTenantUsers(deps))) throw new Error('Not everybody could be read.')
		await syncTenantGroups(deps, { everyMs: 0 })
		await reconcileRound(deps)
		const first = (performance.now() - began) / 1000
		// What the first look found is certain by the second.
		await pause(AGAIN_MS)
		await reconcileRound(deps)
		const seconds: number[] = []
		for (let turn = 0; turn < ROUNDS; turn++) {
			await pause(REFILLED_MS)
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
			if (disabled !== EACH * (turn + 1) || found !== FINDINGS + EACH * (turn + 1))
				throw new Error(`${disabled} users and ${found} findings are known after ${turn + 1} rounds.`)
		}
		const median = quantile(seconds, 0.5)
		print({
			name: 'delta-10-seconds',
			value: round(median, 3),
			unit: 's',
			peer: `target: under ${TARGET_SECONDS} s`,
			ratio: round(TARGET_SECONDS / median, 2),
			note: `median of ${ROUNDS}, the worst ${round(Math.max(...seconds), 3)} s: ${EACH} users and ${EACH} members of a governed group changed, read and compared, ${REFILLED_MS / 1000} s apart so that the budget is full; ${await count('tenant_users')} users, ${ASSIGNMENTS} assignments, read in full in ${round(first)} s before; load ${round(loadavg()[0] ?? NaN)}`,
		})
		await stage.close()
	} finally {
		await stop()
	}
}
