import type { Client } from '@microsoft/microsoft-graph-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { PHISHING_RESISTANT_STRENGTH } from '#app/sandbox/tenant/conditional-access.ts'
import { expandHeld } from '#workflows/tenant/held-through.ts'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { listReader } from '#app/integrations/graph/read-list.server.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** The directory role of `user-administrator` in the sample charter. */
const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'

let app: TestApp
let somebody: string
beforeEach(async () => {
	app = await createTestApp()
	app.tenant.conditionalAccess.clear()
	const { rows } = await app.deps.database.pool.query<{ id: string }>(
		`select entra_object_id as id from people where persona = 'operator'`,
	)
	somebody = rows[0]?.id ?? ''
})
afterEach(() => app.stop())

const governed = { groupIds: [GROUP_BESIDE.id] }
const read = () => app.deps.reader.readTenant(governed, { users: 'read' })

describe('what a tenant holds', () => {
	test('is told however it was given: through PIM with our mark, past PIM, eligible, and through a group', async () => {
		const place = { kind: 'role' as const, roleDefinitionId: ROLE, directoryScopeId: '/' }
		const grantId = app.deps.newId()
		const endsAt = new Date(app.clock.now().getTime() + 3_600_000)
		await app.deps.grants.assign({ grantId, principalId: somebody, place, endsAt, justification: 'x' })
		const guest = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'
		const assignmentId = app.tenant.assignDirectly(guest, ROLE, '/')
		app.tenant.makeEligible('b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01', ROLE)
		app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
		app.tenant.groups.change(GROUP_BESIDE.id, 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02', true)
		app.tenant.assignDirectly(GROUP_BESIDE.id, ROLE, '/')
		app.clock.advance(5000)

		const picture = await read()
		expect(Object.values(picture.parts).every((part) => part.read)).toBe(true)
		expect(picture.users.find(({ objectId }) => objectId === guest)).toMatchObject({
			userType: 'guest',
			accountEnabled: false,
		})
		const byPrincipal = Object.fromEntries(picture.roleHoldings.map((row) => [row.principalId, row]))
		expect(byPrincipal[somebody]).toMatchObject({
			how: 'assigned',
			until: endsAt.toISOString(),
			ticketNumbers: [grantId],
			principalKind: 'user',
		})
		expect(byPrincipal[guest]).toMatchObject({
			how: 'direct',
			until: null,
			isEndKnown: true,
			assignmentId,
			ticketNumbers: [],
		})
		expect(byPrincipal['b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01']).toMatchObject({ how: 'eligible' })
		expect(expandHeld(picture).filter(({ through }) => through === GROUP_BESIDE.id)).toMatchObject([
			{ principalId: 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02', standing: 'active', place },
		])
	})

	test('from a later time on is told as that, of roles and of places in groups', async () => {
		const startAt = new Date(app.clock.now().getTime() + 7 * 86_400_000)
		const endAt = new Date(startAt.getTime() + 3_600_000)
		app.tenant.assignLater(somebody, ROLE, startAt, endAt)
		app.tenant.groups.assignLater(GROUP_BESIDE.id, somebody, startAt, endAt)
		app.clock.advance(5000)
		const { roleHoldings, groupHoldings, groups } = await read()
		const times = { from: startAt.toISOString(), until: endAt.toISOString() }
		expect(roleHoldings).toMatchObject([{ principalId: somebody, how: 'scheduled', ...times }])
		expect(groupHoldings).toMatchObject([{ principalId: somebody, how: 'scheduled', ...times }])
		expect(groups).toMatchObject([{ members: [], unread: [] }])
		app.clock.advance(7 * 86_400_000)
		const begun = await read()
		expect(begun.roleHoldings).toMatchObject([{ how: 'assigned', ...times }])
		expect(begun.groupHoldings).toMatchObject([{ how: 'pim', ...times }])
	})

	test('names applications, their roles, and nobody who holds nothing', async () => {
		const one = { id: app.deps.newId(), appId: app.deps.newId(), displayName: 'Backup' }
		app.tenant.servicePrincipals.put(one)
		app.tenant.servicePrincipals.put({ ...one, id: app.deps.newId(), displayName: 'Idle' })
		app.tenant.assignDirectly(one.id, ROLE)
		const picture = await read()
		expect(picture.servicePrincipals).toMatchObject([{ objectId: one.id, displayName: 'Backup' }])
		expect(picture.roleHoldings).toMatchObject([{ principalKind: 'servicePrincipal' }])
	})

	test('pages of any number come to the same picture', async () => {
		for (let n = 0; n < 1500; n++)
			app.tenant.servicePrincipals.put({
				id: app.deps.newId(),
				appId: app.deps.newId(),
				displayName: `App ${n}`,
			})
		const last = { id: app.deps.newId(), appId: app.deps.newId(), displayName: 'Last' }
		app.tenant.servicePrincipals.put(last)
		app.tenant.assignDirectly(last.id, ROLE)
		expect((await read()).servicePrincipals).toMatchObject([{ objectId: last.id }])
		expect(app.tenant.exchanges().filter(({ path }) => path.endsWith('/servicePrincipals'))).toHaveLength(2)
	})

	test('policies, strengths and methods are told, and passkeys with what they are', async () => {
		app.tenant.assignBeside(somebody, ROLE)
		app.tenant.passkeys.set(somebody, [
			{
				aaGuid: 'CB69481E-8ff7-4039-93ec-0a2729a154a8',
				passkeyType: 'synced',
				attestationLevel: 'notAttested',
			},
		])
		app.tenant.conditionalAccess.put({
			id: app.deps.newId(),
			displayName: 'Keys',
			state: 'enabledForReportingButNotEnforced',
			includeRoles: [ROLE],
			platforms: ['windows'],
			strengthId: PHISHING_RESISTANT_STRENGTH,
		})
		app.clock.advance(5000)
		const picture = await read()
		expect(picture.conditionalAccess).toMatchObject([
			{
				state: 'reportOnly',
				includeRoles: [ROLE],
				narrowedBy: ['platforms'],
				authenticationStrengthId: PHISHING_RESISTANT_STRENGTH,
			},
		])
		expect(picture.authenticationStrengths.map(({ id }) => id)).toContain(PHISHING_RESISTANT_STRENGTH)
		expect(picture.rolePolicies).toContainEqual(
			expect.objectContaining({
				place: { kind: 'role', roleDefinitionId: ROLE },
				maximumAssignment: 'P1D',
				isExpirationRequired: true,
			}),
		)
		expect(picture.methods).toMatchObject([
			{
				objectId: somebody,
				kinds: ['fido2', 'password'],
				passkeys: [
					{
						aaGuid: 'cb69481e-8ff7-4039-93ec-0a2729a154a8',
						passkeyType: 'synced',
						attestation: 'notAttested',
					},
				],
			},
		])
	})
})

describe('what cannot be read is unknown, and leaves the rest', () => {
	test('a permission that is missing', async () => {
		app.tenant.assignDirectly(somebody, ROLE)
		app.tenant.grantOnly(['RoleManagement.Read.Directory', 'User.Read.All'])
		const picture = await read()
		expect(picture.parts).toMatchObject({
			users: { read: true },
			roleAssignments: { read: true },
			roleInstances: { read: false, why: 'forbidden', code: 'PermissionScopeNotGranted' },
			conditionalAccess: { read: false, why: 'forbidden', code: 'Authorization_RequestDenied' },
			groups: { read: false, why: 'forbidden' },
		})
		// The plain list has no ends: it does not say that it is permanent.
		expect(picture.roleHoldings).toMatchObject([{ how: 'direct', isEndKnown: false, principalKind: 'user' }])
		expect(picture.groups).toMatchObject([
			{
				objectId: GROUP_BESIDE.id,
				exists: null,
				unread: ['active', 'eligible', 'members', 'owners', 'properties', 'scheduled'],
			},
		])
		expect(picture.methods).toMatchObject([{ read: false, why: 'forbidden' }])
	})

	test('a cloud that lacks something is not asked for it', async () => {
		const { reader } = connectTenant(
			{
				...app.connection,
				kind: 'sandbox',
				lacks: ['pim-roles', 'pim-groups', 'authentication-methods', 'conditional-access'],
			},
			app.deps.newId,
			app.clock.now,
		)
		const before = app.tenant.exchanges().length
		const picture = await reader.readTenant(governed, { users: 'read' })
		const missing = { read: false, why: 'unsupported', code: 'NotInThisCloud' }
		expect(picture.parts).toMatchObject({
			users: { read: true },
			roleAssignments: { read: true },
			roleInstances: missing,
			roleEligibilities: missing,
			roleSchedules: missing,
			groupSchedules: missing,
			conditionalAccess: missing,
			rolePolicies: missing,
		})
		expect(await reader.assurance(somebody)).toMatchObject({ methods: { read: false, why: 'unsupported' } })
		const asked = app.tenant
			.exchanges()
			.slice(before)
			.map(({ path }) => path)
		expect(asked.filter((path) => /Schedule|identity|policies|authentication/.test(path))).toEqual([])
	})

	test.each([
		['to another host', 'https://elsewhere.example/v1.0/users?$skiptoken=1'],
		['to another list', 'https://graph.example/v1.0/groups?$skiptoken=1'],
		['nowhere', 'users'],
	])('a link that leads %s, and what came before it', async (_, link) => {
		const client = {
			api: () => ({ get: () => Promise.resolve({ value: [{ id: somebody }], '@odata.nextLink': link }) }),
		} as unknown as Client
		expect(await listReader(client, 'https://graph.example')('users', '/users?$top=999')).toEqual({
			read: false,
			why: 'unavailable',
			code: 'BadLink',
		})
	})

	test('a row that is not as it should be', async () => {
		const client = {
			api: () => ({ get: () => Promise.resolve({ value: [{ id: somebody }, { id: 7 }] }) }),
		} as unknown as Client
		expect(await listReader(client, 'https://graph.example')('users', '/users')).toMatchObject({
			read: false,
			why: 'unreadable',
		})
	})

	test('an answer that is a page of HTML', async () => {
		app.tenant.faults.next('GET', /servicePrincipals$/, { kind: 'html', status: 200 })
		expect((await read()).parts.servicePrincipals).toMatchObject({
			read: false,
			why: 'unavailable',
			code: 'NotGraph',
		})
		expect((await read()).parts.servicePrincipals).toEqual({ read: true })
	})

	test('a group that is gone is said to be, and other groups stand', async () => {
		const gone = app.deps.newId()
		const picture = await app.deps.reader.readPrivileges({ groupIds: [GROUP_BESIDE.id, gone] })
		expect(Object.fromEntries(picture.groups.map((row) => [row.objectId, row.exists]))).toEqual({
			[GROUP_BESIDE.id]: true,
			[gone]: false,
		})
	})
})

test('for one person at once: whether the account works, what sort it is, and how they sign in', async () => {
	expect(await app.deps.reader.assurance(somebody.toUpperCase())).toMatchObject({
		user: { objectId: somebody, accountEnabled: true, userType: 'member' },
		methods: { read: true, passkeys: [{ passkeyType: 'deviceBound', attestation: 'attested' }] },
	})
	app.tenant.users.remove(somebody, 'deleted')
	expect(await app.deps.reader.assurance(somebody)).toEqual({
		user: 'absent',
		methods: { read: false, objectId: somebody, why: 'absent' },
	})
})
