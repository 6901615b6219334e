import { eq } from 'drizzle-orm'
import { afterEach, expect, test } from 'vitest'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { takeFinding } from '#app/services/findings/take-finding.server.ts'
import { applyFindingEvents } from '#app/services/findings/step-finding.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { loadFinding } from '#db/queries/findings.ts'
import { ledgerPending, workflowEvents } from '#db/schema/index.ts'
import { toldTo } from './acts.ts'
import { allFindings, lookTwice, verifiedRecord } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const MINUTE = 60_000
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
/** Accounts of the tenant that are nobody here. */
const STRANGERS = ['b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01', 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'] as const

let app: TestApp
afterEach(async () => {
	const { failures } = await verifiedRecord(app)
	await app.stop()
	expect(failures).toEqual([])
})

const start = async () => {
	app = await createTestApp({ rules: '  findings: {}\n' })
}
const states = async () => (await allFindings(app)).map(({ state }) => state)
const entries = async () =>
	(await app.deps.database.db.select().from(ledgerPending).orderBy(ledgerPending.seq)).flatMap(({ kind }) =>
		kind.startsWith('finding.') ? [kind] : [],
	)
/** In the portal, long enough ago that lists have it. */
const beside = (ids: readonly string[]) => {
	for (const id of ids) app.tenant.assignBeside(id, USER_ADMINISTRATOR)
	app.clock.advance(6 * MINUTE)
}

test('many findings of one look are each a number, an entry and a step, in one order, and each is told', async () => {
	await start()
	app.tenant.switches.seedUsers(60)
	await syncTenantUsers(app.deps)
	const { rows } = await app.deps.database.pool.query<{ id: string }>(
		`select object_id as id from tenant_users where object_id::text like '5eed%' order by object_id limit 40`,
	)
	beside(rows.map(({ id }) => id))
	await reconcileRound(app.deps)
	const seen = await allFindings(app)
	expect(seen.map(({ context }) => context.difference.principalId)).toEqual(rows.map(({ id }) => id))
	expect(seen.map(({ number }) => number)).toEqual(seen.map((_, n) => (seen[0]?.number ?? 0) + n))
	app.clock.advance(3000)
	await reconcileRound(app.deps)
	expect(new Set(await states())).toEqual(new Set(['alerted']))
	const steps = await app.deps.database.db
		.select()
		.from(workflowEvents)
		.where(eq(workflowEvents.workflow, 'finding'))
	expect(steps).toHaveLength(2 * rows.length)
	const kinds = await entries()
	for (const kind of ['finding.opened', 'finding.confirmed'])
		expect(kinds.filter((each) => each === kind)).toHaveLength(rows.length)
	const told = await toldTo(app, app.actor('security-officer'))
	expect(told.filter(({ kind }) => kind === 'finding')).toHaveLength(rows.length)
})

test('steps of several findings are all or none: where somebody was faster with one of them, none is taken', async () => {
	await start()
	beside(STRANGERS)
	await lookTwice(app)
	const { database, charters } = app.deps
	const stored = await Promise.all((await allFindings(app)).map(({ id }) => loadFinding(database.db, id)))
	await takeFinding(app.deps, app.actor('security-officer'), stored[1]?.row.id ?? '')
	const before = await entries()
	const at = app.clock.now().toISOString()
	const { entryId: charterEntry } = await charters.inForce(database.db)
	const stepping = database.withTx((tx) =>
		applyFindingEvents(
			tx,
			app.deps,
			stored.map((each) => ({ before: each, event: { type: 'MISSED', why: 'explained', at } })),
			{ charterEntry },
		),
	)
	await expect(stepping).rejects.toMatchObject({ code: 'STALE_VERSION' })
	expect(await states()).toEqual(['alerted', 'alerted'])
	expect(await entries()).toEqual(before)
})
