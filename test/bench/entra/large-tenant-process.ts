import { setTimeout as pause } from 'node:timers/promises'
import { budgetsFor, PIM_CALLS_PER_SECOND } from '#app/integrations/graph/families.ts'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { createChanges } from '#app/services/changes.ts'
import type { Deps } from '#app/services/deps.ts'
import { reportFromTenant } from '#app/services/readiness/make-report.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { officer, openDeps } from '../cascade/stage.ts'
import { cpuSeconds, peakMemoryMb } from '../peak-memory.ts'
import type { Done, Task } from './large-tenant.ts'
import { TENANT } from './start-sandbox-process.ts'

/** As long as the loop waits before it looks again for what it saw once. */
const AGAIN_MS = 3000

// Does one thing with a large tenant by the product's own code, at the product's own budgets, and says what it took.
process.once('message', (task: Task) => {
	void perform(task).then((done) => process.send?.(done, () => process.exit(0)))
})

async function perform({ what, target, connection }: Task): Promise<Done> {
	const { deps: stage, close } = await openDeps(target)
	const tenant = { ...connection, budgets: budgetsFor(PIM_CALLS_PER_SECOND), ...TENANT }
	const deps: Deps = { ...stage, ...connectTenant(tenant, stage.newId), changes: createChanges() }
	const steps: Record<string, number> = {}
	const timed = async (step: string, work: () => Promise<unknown>) => {
		const from = performance.now()
		await work()
		steps[step] = (performance.now() - from) / 1000
	}
	const [rssBeforeMb, cpuBefore] = [peakMemoryMb(), cpuSeconds()]
	const from = performance.now()
	if (what === 'readiness') await timed('report', () => reportFromTenant(deps, officer.personId))
	else {
		await timed('users', async () => {
			if (!(await syncTenantUsers(deps))) throw new Error('Not everybody could be read.')
		})
		await timed('look', () => reconcileRound(deps))
	}
	const seconds = (performance.now() - from) / 1000
	const cpu = cpuSeconds() - cpuBefore
	if (what === 'reconcile') {
		await pause(AGAIN_MS)
		await timed('second look', () => reconcileRound(deps))
	}
	const rssMb = peakMemoryMb()
	await close()
	return { steps, seconds, rssMb, rssBeforeMb, cpuSeconds: cpu }
}
