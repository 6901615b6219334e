import { afterEach, beforeEach, expect, test } from 'vitest'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { removeFinding } from '#app/jobs/remove-finding.server.ts'
import { showFindings } from '#app/services/findings/show-findings.server.ts'
import { showStanding } from '#app/services/tenant/show-standing.server.ts'
import { findings, grants, policyBaselines, reconcileRuns } from '#db/schema/index.ts'
import { approvedAccess, toldTo } from './acts.ts'
import { allFindings, lookTwice, verifiedRecord } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* Somebody sets another tenant: what that one does not list says nothing of what is known. */

const MINUTE = 60_000
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const OTHER = '99999999-9999-4999-8999-999999999999'

let app: TestApp
let own: TestApp['deps']['tenant']
beforeEach(async () => {
	app = await createTestApp({ rules: '  findings: { outOfBand: remove, ineligibleHolder: remove }\n' })
	own = app.deps.tenant
})
afterEach(async () => {
	const { failures } = await verifiedRecord(app)
	await app.stop()
	expect(failures).toEqual([])
})

/** Another tenant is set; the sandbox goes on answering, as one that holds the same roles would. */
const moveTo = (id: string, former: readonly string[] = []) =>
	Object.assign(app.deps, { tenant: { ...own, id, former } })
const officer = () => app.actor('security-officer')
const beside = () => {
	app.tenant.assignBeside(STRANGER, USER_ADMINISTRATOR)
	app.clock.advance(6 * MINUTE)
}
const known = async () => {
	const { db } = app.deps.database
	return {
		findings: (await allFindings(app)).map(({ id, state, tenantId }) => ({ id, state, tenantId })),
		baselines: await db.select().from(policyBaselines).orderBy(policyBaselines.key),
		grants: (await db.select().from(grants)).map(({ id, state }) => ({ id, state })),
	}
}
const look = async () => {
	app.clock.advance(70_000)
	await reconcileRound(app.deps)
}

test('nothing is compared, closed, ended or removed in another tenant than the one that findings are of, and officers read what to do', async () => {
	await approvedAccess(app)
	const [grant] = await app.deps.database.db.select().from(grants)
	await provisionGrant(app.deps, grant?.id ?? '')
	beside()
	await lookTwice(app)
	const before = await known()
	expect(before.findings).toMatchObject([{ state: 'removing', tenantId: own.id }])
	expect(before.baselines.length).toBeGreaterThan(0)
	moveTo(OTHER)
	const asked = app.tenant.exchanges().length
	await expect(look()).rejects.toMatchObject({ name: 'OtherTenant' })
	await expect(look()).rejects.toMatchObject({ name: 'OtherTenant' })
	await expect(removeFinding(app.deps, before.findings[0]?.id ?? '')).rejects.toMatchObject({
		code: 'OtherTenant',
	})
	expect(app.tenant.exchanges()).toHaveLength(asked)
	expect(await known()).toEqual(before)
	const { elsewhere, run } = await showFindings(app.deps, officer())
	expect(elsewhere).toBe(own.id)
	expect(run).toMatchObject({ trouble: 'OtherTenant' })
	expect((await toldTo(app, officer())).filter(({ code }) => code === 'OtherTenant')).toHaveLength(1)
	// Back again everything goes on as it was, and the trouble is over.
	moveTo(own.id)
	await look()
	expect((await showFindings(app.deps, officer())).elsewhere).toBeNull()
	expect((await showStanding(app.deps, officer()))?.connection ?? null).toBeNull()
})

test('an access that was approved is not given in another tenant, and is once the own one is set again', async () => {
	await look()
	await approvedAccess(app)
	const { db } = app.deps.database
	const accesses = async () =>
		(await db.select().from(grants)).map(({ state, tenantId }) => ({ state, tenantId }))
	const id = (await db.select().from(grants))[0]?.id ?? ''
	moveTo(OTHER)
	const asked = app.tenant.exchanges().length
	await expect(provisionGrant(app.deps, id)).rejects.toMatchObject({ code: 'OtherTenant' })
	expect(app.tenant.exchanges()).toHaveLength(asked)
	expect(await accesses()).toEqual([{ state: 'planned', tenantId: null }])
	moveTo(own.id)
	await provisionGrant(app.deps, id)
	expect(await accesses()).toEqual([{ state: 'active', tenantId: own.id }])
})

test('a tenant in which nothing is open, and none was looked at before, is no other; one that was looked at before is', async () => {
	await look()
	expect((await app.deps.database.db.select().from(reconcileRuns)).at(-1)).toMatchObject({
		trouble: null,
		tenantId: own.id,
	})
	moveTo(OTHER)
	beside()
	await expect(look()).rejects.toMatchObject({ name: 'OtherTenant' })
	expect(await allFindings(app)).toEqual([])
})

test('one that was left for good keeps nobody waiting: what was found there is closed without a word on whether it is still there', async () => {
	beside()
	await lookTwice(app)
	const [there] = await allFindings(app)
	expect(there?.state).toBe('removing')
	moveTo(OTHER, [own.id])
	await look()
	app.clock.advance(3000)
	await reconcileRound(app.deps)
	const all = await allFindings(app)
	expect(all[0]).toMatchObject({ id: there?.id, state: 'explained', context: { missed: 'leftTenant' } })
	// The same ids in the new tenant are findings of their own.
	expect(all.slice(1)).toMatchObject([{ tenantId: OTHER, state: 'removing' }])
	const baselines = await app.deps.database.db.select().from(policyBaselines)
	expect(new Set(baselines.map(({ tenantId }) => tenantId))).toEqual(new Set([OTHER]))
})

test('what is open from before tenants were told apart is of the one that is looked at next', async () => {
	beside()
	await lookTwice(app)
	await app.owner.db.update(findings).set({ tenantId: null })
	await look()
	expect((await app.deps.database.db.select().from(findings)).map(({ tenantId }) => tenantId)).toEqual([
		own.id,
	])
})
