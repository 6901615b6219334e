import { afterEach, beforeEach, expect, test } from 'vitest'
import { showFindings } from '#app/services/findings/show-findings.server.ts'
import { watchAccounts } from '#app/services/findings/watch-accounts.server.ts'
import { toldTo } from './acts.ts'
import { verifiedRecord } from './findings-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

const MINUTE = 60_000
const GLASS = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02'

let app: TestApp
beforeEach(async () => {
	app = await createTestApp({
		rules: `  breakGlassAccounts: [{ objectId: ${GLASS}, title: Safe in Bonn }]\n`,
	})
	app.tenant.conditionalAccess.clear()
})
afterEach(async () => {
	const { failures } = await verifiedRecord(app)
	await app.stop()
	expect(failures).toEqual([])
})

const officer = () => app.actor('security-officer')
const told = async () =>
	(await toldTo(app, officer())).flatMap(({ kind, code }) =>
		kind.startsWith('watched_') ? [`${kind} ${code ?? ''}`] : [],
	)
const watched = async () => {
	const [account] = (await showFindings(app.deps, officer())).watched
	if (account === undefined) throw new Error('Nothing is watched.')
	return account
}
const recorded = async () =>
	(
		await app.deps.database.pool.query<{ kind: string }>(
			`select kind from ledger_pending where kind like 'watched.%' union all select kind from ledger_entries where kind like 'watched.%'`,
		)
	).rows.map(({ kind }) => kind)
const look = async () => {
	app.clock.advance(16 * MINUTE)
	await watchAccounts(app.deps)
}

test('every sign-in is told and recorded at once, and once, also when several look or the process was started anew', async () => {
	await watchAccounts(app.deps)
	expect(await watched()).toMatchObject({ lastSignIn: null, trouble: [] })
	app.clock.advance(MINUTE)
	app.tenant.signIns.add({ userId: GLASS })
	// Nobody else's sign-in is of interest.
	app.tenant.signIns.add({ userId: 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01' })
	await Promise.all([watchAccounts(app.deps), watchAccounts(app.deps)])
	await watchAccounts(app.deps)
	expect(await told()).toEqual(['watched_sign_in SIGNED_IN'])
	expect(await recorded()).toEqual(['watched.signed_in'])
	expect(await watched()).toMatchObject({ lastSignIn: { succeeded: true, application: 'Azure Portal' } })
	app.clock.advance(MINUTE)
	app.tenant.signIns.add({ userId: GLASS, errorCode: 50126 })
	await watchAccounts(app.deps)
	expect(await told()).toHaveLength(2)
	expect((await watched()).lastSignIn?.succeeded).toBe(false)
})

test('a sign-in that reaches the log late is told all the same', async () => {
	await look()
	const at = new Date(app.clock.now().getTime() - 60 * MINUTE)
	await look()
	app.tenant.signIns.add({ userId: GLASS, at })
	await look()
	expect(await told()).toEqual(['watched_sign_in SIGNED_IN'])
})

test('without permission or licence a sentence says so, the rest goes on, and nothing is missed', async () => {
	app.tenant.signIns.license(false)
	await watchAccounts(app.deps)
	expect(await watched()).toMatchObject({
		signInsReadTo: null,
		seen: { account: 'enabled' },
		trouble: [
			{ part: 'signIns', why: 'forbidden', code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant' },
		],
	})
	app.tenant.signIns.add({ userId: GLASS })
	app.tenant.signIns.license(true)
	await watchAccounts(app.deps)
	expect(await told()).toEqual(['watched_sign_in SIGNED_IN'])
	expect((await watched()).trouble).toEqual([])
})

test('an account that is disabled or deleted, a method that comes or goes, and a policy that holds for it are told', async () => {
	await look()
	expect(await told()).toEqual([])
	app.tenant.users.put(GLASS, { accountEnabled: false })
	await look()
	expect(await told()).toEqual(['watched_changed WATCHED_ACCOUNT'])
	app.tenant.users.put(GLASS, { accountEnabled: true })
	// It has a password alone, which is said; now somebody registers a passkey.
	expect((await watched()).seen.hasDeviceBound).toBe(false)
	app.tenant.users.setMethods(GLASS, ['password', 'fido2'])
	await look()
	expect((await told()).filter((one) => one.endsWith('WATCHED_METHODS'))).toHaveLength(1)
	expect((await watched()).seen.hasDeviceBound).toBe(true)
	app.tenant.conditionalAccess.put({ id: 'all', displayName: 'MFA for all', includeUsers: ['All'] })
	// What is read of Conditional Access is kept for a moment.
	await look()
	expect((await told()).filter((one) => one.endsWith('WATCHED_POLICIES'))).toHaveLength(1)
	expect((await watched()).seen.policies).toEqual([{ id: 'all', name: 'MFA for all' }])
	app.tenant.conditionalAccess.put({
		id: 'all',
		displayName: 'MFA for all',
		includeUsers: ['All'],
		excludeUsers: [GLASS],
	})
	await look()
	expect((await watched()).seen.policies).toEqual([])
	// The same seen again tells nothing.
	const before = await told()
	await look()
	expect(await told()).toEqual(before)
})

test('what cannot be read is no change, and is said', async () => {
	await look()
	app.tenant.offerMethods(false)
	await look()
	expect(await told()).toEqual([])
	const { trouble, seen } = await watched()
	expect(trouble.map(({ part }) => part)).toEqual(['methods'])
	expect(seen.methods).not.toBeNull()
})
