import { expect } from 'vitest'
import { openProber } from '#app/integrations/graph/probe.server.ts'
import { PHISHING_RESISTANT_STRENGTH } from '#app/sandbox/tenant/conditional-access.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { policyPath } from '#app/services/tenant-check/probes.ts'
import type { TestApp } from './test-app.ts'

const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
/** Customer Lockbox Access Approver, which has the same id in every tenant. */
export const CUSTOMER_LOCKBOX_APPROVER = '5c4f9dcd-47dc-4cf7-8c9a-9e4207cbfc91'

/** Everything that is read of what the tenant holds. */
export async function readTenant(app: TestApp, userId: string): Promise<void> {
	const { reader } = app.deps
	const nested = { id: app.deps.newId(), displayName: 'Nested' }
	app.tenant.groups.put(nested)
	app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
	app.tenant.groups.change(GROUP_BESIDE.id, nested.id, true)
	app.tenant.groups.makeEligible(GROUP_BESIDE.id, userId)
	const application = { id: app.deps.newId(), appId: app.deps.newId(), displayName: 'Backup' }
	app.tenant.servicePrincipals.put(application)
	for (const id of [userId, GROUP_BESIDE.id, application.id])
		app.tenant.assignDirectly(id, USER_ADMINISTRATOR)
	app.tenant.conditionalAccess.put({
		id: app.deps.newId(),
		displayName: 'Keys for administrators',
		includeRoles: [CUSTOMER_LOCKBOX_APPROVER],
		platforms: ['windows'],
		strengthId: PHISHING_RESISTANT_STRENGTH,
	})
	const governed = { groupIds: [GROUP_BESIDE.id, nested.id, app.deps.newId()] }
	const picture = await reader.readTenant(governed, { users: 'read' })
	expect(Object.entries(picture.parts).filter(([, { read }]) => !read)).toEqual([])
	await reader.readPrivileges(governed)
	const { groups } = await reader.readGroup(GROUP_BESIDE.id)
	expect(groups).toMatchObject([{ objectId: GROUP_BESIDE.id, unread: [] }])
	expect(await reader.account(userId)).toMatchObject({ objectId: userId })
	// Eligibility, which is only ever taken away.
	app.tenant.makeEligible(userId, USER_ADMINISTRATOR)
	const role = { kind: 'role', roleDefinitionId: USER_ADMINISTRATOR, directoryScopeId: '/' } as const
	const group = { kind: 'group', groupId: GROUP_BESIDE.id, relation: 'member', by: 'pim' } as const
	for (const place of [role, group]) {
		const target = { grantId: app.deps.newId(), principalId: userId, place }
		const { eligibilities } = app.deps.grants
		expect(await eligibilities.isHeld(target)).toBe(true)
		expect(await eligibilities.remove({ ...target, justification: 'not approved' })).toMatchObject({
			kind: 'accepted',
			status: 'Revoked',
		})
		expect(await eligibilities.isHeld(target)).toBe(false)
		expect(await eligibilities.remove({ ...target, justification: 'again' })).toEqual({ kind: 'absent' })
	}
	expect(await reader.assurance(userId)).toMatchObject({ methods: { read: true } })
	expect(await reader.assurance(app.deps.newId())).toMatchObject({ user: 'absent' })
	await reader.signInRules()
	app.tenant.groups.change(GROUP_BESIDE.id, userId, true)
	expect(await reader.memberOf(userId)).toMatchObject({ read: true, groups: [GROUP_BESIDE.id] })
	app.tenant.groups.change(GROUP_BESIDE.id, userId, false)
	// What a charter names: there and not there, of each kind.
	const gone = app.deps.newId()
	app.tenant.deletePlace(`/administrativeUnits/${gone}`)
	const parts = await reader.readParts([
		{ kind: 'role', id: USER_ADMINISTRATOR },
		{ kind: 'unit', id: app.deps.newId() },
		{ kind: 'unit', id: gone },
		{ kind: 'group', id: GROUP_BESIDE.id },
		{ kind: 'group', id: app.deps.newId() },
		{ kind: 'pim', id: 'roles' },
		{ kind: 'pim', id: 'groups' },
	])
	expect([...parts.values()].map((part) => (part.read ? part.seen.is : part.why))).toEqual([
		'fit',
		'fit',
		'absent',
		'fit',
		'absent',
		'fit',
		'fit',
	])
}

/** What changes in groups: somebody comes and leaves, over pages, a group that is gone, and a token that is worth nothing. */
async function readGroupChanges(app: TestApp, userId: string): Promise<void> {
	const { directory } = app.deps
	const { groups, groupDelta } = app.tenant
	const other = { id: app.deps.newId(), displayName: 'Another' }
	groups.put(other)
	groups.change(GROUP_BESIDE.id, userId, true)
	const ids = [GROUP_BESIDE.id, other.id]
	const all = async (from: string | null) => {
		const told: string[] = []
		let page = await directory.groupChanges(from, ids)
		while (page.kind === 'page') {
			told.push(...page.changes)
			if (page.then.kind === 'done') return { told, link: page.then.link }
			page = await directory.groupChanges(page.then.link, ids)
		}
		return { told, link: null }
	}
	groupDelta.setPageSize(1)
	const first = await all(null)
	expect(new Set(first.told)).toEqual(new Set(ids))
	groups.change(GROUP_BESIDE.id, userId, false)
	groups.remove(other.id)
	const second = await all(first.link)
	expect(second.told).toEqual(ids)
	expect(await all(second.link)).toEqual({ told: [], link: second.link })
	app.tenant.users.forgetTokens()
	expect(await directory.groupChanges(second.link, ids)).toMatchObject({ kind: 'resync' })
}

/** Everything that is read of the tenant's users, and each way in which that is refused. */
export async function readDirectory(app: TestApp, userId: string): Promise<void> {
	app.tenant.makeEligible(app.deps.newId(), CUSTOMER_LOCKBOX_APPROVER)
	app.tenant.assignBeside(userId, CUSTOMER_LOCKBOX_APPROVER)
	app.clock.advance(5000)
	expect((await app.deps.directory.roleHolders(CUSTOMER_LOCKBOX_APPROVER)).map(({ kind }) => kind)).toEqual([
		'active',
		'eligible',
	])
	const { directory } = app.deps
	app.tenant.users.setPageSize(20)
	let page = await directory.changes(null)
	while (page.kind === 'page' && page.then.kind === 'next') page = await directory.changes(page.then.link)
	const link = page.kind === 'page' ? page.then.link : ''
	app.tenant.users.setMethods(userId, [
		'password',
		'fido2',
		'windowsHelloForBusiness',
		'platformCredential',
		'microsoftAuthenticator',
		'phone',
	])
	expect(await directory.methods(userId)).toHaveLength(6)
	expect(await directory.methods(app.deps.newId())).toBeNull()
	const [many, nobody] = await directory.methodsOf([userId, app.deps.newId()])
	expect(many).toHaveLength(6)
	expect(nobody).toBeNull()
	app.tenant.users.remove(userId, 'changed')
	expect(await directory.changes(link)).toMatchObject({
		changes: [{ objectId: userId, removed: 'soft_deleted' }],
	})
	// Which makes the token of users worthless too.
	await readGroupChanges(app, userId)
	expect(await directory.changes(link)).toMatchObject({ kind: 'resync' })
	const prober = openProber(
		{ ...app.connection, kind: 'sandbox' },
		{ newId: app.deps.newId, now: app.clock.now },
	)
	for (const path of [
		policyPath('DirectoryRole', '/', CUSTOMER_LOCKBOX_APPROVER),
		policyPath('Group', GROUP_BESIDE.id, 'member'),
	])
		expect(await prober.send({ method: 'GET', path })).toMatchObject({
			kind: 'done',
			answer: { value: [expect.objectContaining({ policy: expect.anything() as unknown })] },
		})
	app.tenant.offerMethods(false)
	await expect(directory.methods(userId)).rejects.toMatchObject({ trouble: 'unsupported' })
	app.tenant.grantOnly([])
	await expect(directory.changes(null)).rejects.toMatchObject({ trouble: 'forbidden' })
}
