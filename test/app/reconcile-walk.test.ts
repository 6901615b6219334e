import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eq } from 'drizzle-orm'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { isClosedFinding } from '#workflows/grants/finding-context.ts'
import { grants, people } from '#db/schema/index.ts'
import { approvedAccess } from './acts.ts'
import { allFindings, carryOut, verifiedRecord } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const SECURITY_READER = '5d6b6bb7-de71-4623-b4af-96380a352509'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const GLASS = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02'
const GUEST = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'

let app: TestApp
let approved: string
beforeAll(async () => {
	app = await createTestApp({
		rules: `
  findings: { outOfBand: remove, permanent: remove, ineligibleHolder: remove, guestOrServicePrincipal: remove }
  massRemoval: { most: 1000, within: PT1H }
  breakGlassAccounts: [{ objectId: ${GLASS}, title: Safe }]`,
	})
	app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
	app.tenant.assignDirectly(GLASS, USER_ADMINISTRATOR)
	await approvedAccess(app)
	const [grant] = await app.deps.database.db.select().from(grants)
	await provisionGrant(app.deps, grant?.id ?? '')
	const [holder] = await app.deps.database.db
		.select()
		.from(people)
		.where(eq(people.id, app.actor('operator').personId))
	approved = holder?.entraObjectId ?? ''
})
afterAll(() => app.stop())

/** What somebody does in the tenant behind our back. */
const act = fc.record({
	do: fc.constantFrom(
		'assign' as const,
		'assign' as const,
		'later' as const,
		'later' as const,
		'activate' as const,
		'direct' as const,
		'eligible' as const,
		'member' as const,
		'group' as const,
		'take' as const,
		'permanent' as const,
	),
	whom: fc.constantFrom(STRANGER, GUEST, 'operator'),
	role: fc.constantFrom(USER_ADMINISTRATOR, SECURITY_READER),
})

/** Which of these may be refused by the tenant, as it would refuse whoever does it in the portal. */
function meddle({ do: what, whom, role }: { do: string; whom: string; role: string }): void {
	const principalId = whom === 'operator' ? approved : whom
	// What is approved is left as it is here: its deviations go their own way.
	const isApproved = principalId === approved && role === USER_ADMINISTRATOR
	if (what === 'eligible') return app.tenant.makeEligible(principalId, role)
	if (what === 'later' || what === 'activate') return begin(what, principalId, role)
	if (what === 'member') return app.tenant.groups.change(GROUP_BESIDE.id, principalId, true)
	if (what === 'group') {
		if (
			!app.tenant
				.instances()
				.some((row) => row.principalId === GROUP_BESIDE.id && row.roleDefinitionId === role)
		)
			app.tenant.assignDirectly(GROUP_BESIDE.id, role)
		return
	}
	if (isApproved) return
	const isHeld = app.tenant
		.instances()
		.some((row) => row.principalId === principalId && row.roleDefinitionId === role)
	if (what === 'take')
		return void app.tenant.changeBeside(principalId, role, { removedAt: app.clock.now().getTime() })
	if (what === 'permanent') return void app.tenant.changeBeside(principalId, role, { endAt: null })
	if (isHeld) return
	if (what === 'direct') app.tenant.assignDirectly(principalId, role)
	else app.tenant.assignBeside(principalId, role)
	app.clock.advance(1500)
}

/** From tomorrow on. Beside what is approved it is only told, and left to the officers: not here. */
function begin(what: 'later' | 'activate', principalId: string, role: string): void {
	if (principalId === approved && role === USER_ADMINISTRATOR) return
	const isThere = app.tenant
		.schedules()
		.some((row) => row.principalId === principalId && row.roleDefinitionId === role)
	if (isThere) return
	const startAt = new Date(app.clock.now().getTime() + 86_400_000)
	const endAt = new Date(startAt.getTime() + 8 * 3_600_000)
	if (what === 'later') app.tenant.assignLater(principalId, role, startAt, endAt)
	else app.tenant.activateLater(principalId, role, startAt, endAt)
	app.clock.advance(1500)
}

/** What is still to begin must be gone as well. */
const ahead = () =>
	app.tenant
		.schedules()
		.map(({ principalId, roleDefinitionId }) => `${String(principalId)} ${String(roleDefinitionId)}`)
		.sort()

const holders = () =>
	app.tenant
		.instances()
		.map(({ principalId, roleDefinitionId }) => `${String(principalId)} ${String(roleDefinitionId)}`)
		.sort()

test('a tenant that is changed behind our back comes back to what was approved, and break-glass accounts keep what they hold', async () => {
	const wanted = [`${approved} ${USER_ADMINISTRATOR}`, `${GLASS} ${USER_ADMINISTRATOR}`].sort()
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.array(act, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
			async (rounds) => {
				for (const acts of rounds) {
					for (const each of acts) meddle(each)
					app.clock.advance(3000)
					await reconcileRound(app.deps)
					expect(holders()).toContain(`${GLASS} ${USER_ADMINISTRATOR}`)
					expect(holders()).toContain(`${approved} ${USER_ADMINISTRATOR}`)
				}
				// Entra lets nothing go in its first five minutes.
				for (let look = 0; look < 12; look++) {
					app.clock.advance(look === 2 ? 30_000 : 3000)
					await reconcileRound(app.deps)
					await carryOut(app, 1)
					if (look % 3 === 2) app.clock.advance(100_000)
				}
				expect(holders()).toEqual(wanted)
				expect(ahead()).toEqual(wanted)
				const open = (await allFindings(app)).filter(({ state }) => !isClosedFinding(state))
				expect(open.map(({ state, context }) => [state, context.difference.key])).toEqual([])
			},
		),
		{ numRuns: 3, endOnFailure: true },
	)
	expect((await verifiedRecord(app)).failures).toEqual([])
}, 180_000)
