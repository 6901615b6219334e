import { afterEach, expect, test } from 'vitest'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { showFindings } from '#app/services/findings/show-findings.server.ts'
import { showFinding } from '#app/services/findings/show-finding.server.ts'
import { grants } from '#db/schema/index.ts'
import { approvedFor, drive } from './bad-input.ts'
import { allFindings, carryOut, lookTwice, sign, verifiedRecord } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/* Silence about accesses of ours that deviate ends them, as the charter says, and no more at once than its guard allows. */

const MINUTE = 60_000
let app: TestApp
afterEach(async () => {
	const { failures } = await verifiedRecord(app)
	await app.stop()
	expect(failures).toEqual([])
})

const allGrants = () => app.deps.database.db.select().from(grants)
const states = async () => (await allGrants()).map(({ state }) => state).sort()

/** Two running accesses that the tenant lists without an end. */
async function bothDeviate(rules: string): Promise<void> {
	app = await createTestApp({ rules })
	for (const [by, role] of [
		['operator', 'user-administrator'],
		['second-operator', 'security-reader'],
	] as const)
		expect(await drive(app, 'give', await approvedFor(app, by, role))).toBe(true)
	app.clock.advance(6 * MINUTE)
	for (const { context } of await allGrants()) {
		const { place, principalId } = context
		if (place.kind !== 'role') throw new Error('Both give roles.')
		app.tenant.changeBeside(principalId, place.roleDefinitionId, { endAt: null })
	}
	await lookTwice(app)
	expect(await states()).toEqual(['drifted', 'drifted'])
}
const silent = async (minutes: number) => {
	app.clock.advance(minutes * MINUTE)
	await fireDueTimers(app.deps)
}

test('what the guard does not let pass stays, its finding waits for two officers, and goes with their release', async () => {
	await bothDeviate('  massRemoval: { most: 1, within: PT1H }\n')
	await silent(16)
	expect(await states()).toEqual(['drifted', 'removing'])
	const held = (await allFindings(app)).filter(({ state }) => state === 'held')
	expect(held).toMatchObject([{ family: 'grant', context: { orderedBy: 'silence' } }])
	const { guard, heldToAsk } = await showFindings(app.deps, app.actor('security-officer'))
	expect(guard.sent).toBe(1)
	expect(heldToAsk).toHaveLength(1)
	// It is looked at again and again, and stays.
	await silent(5)
	expect(await states()).toContain('drifted')
	const ids = held.map(({ id }) => id)
	const [first, second] = [app.actor('security-officer'), app.actor('second-security-officer')]
	await sign(app, first, { findingIds: ids, step: 'ask_release', reason: 'It is no mistake of a list.' })
	await sign(app, second, { findingIds: ids, step: 'release' })
	await carryOut(app, 1)
	expect(await states()).toEqual(['removing', 'removing'])
})

test('when the hour of the guard has room again, what waited goes', async () => {
	await bothDeviate('  massRemoval: { most: 1, within: PT5M }\n')
	await silent(16)
	expect(await states()).toEqual(['drifted', 'removing'])
	await silent(6)
	expect(await states()).not.toContain('drifted')
})

test('a charter that only alerts ends nothing by silence, and the page says so', async () => {
	await bothDeviate('  findings: { wrongEnd: alert, permanent: alert }\n')
	await silent(16)
	expect(await states()).toEqual(['drifted', 'drifted'])
	const [one] = await allFindings(app)
	const view = await showFinding(app.deps, app.actor('security-officer'), one?.id ?? '')
	expect(view).toMatchObject({ state: 'referred', silence: { does: 'alert', at: null } })
})
