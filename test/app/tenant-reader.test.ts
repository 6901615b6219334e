import type { Client } from '@microsoft/microsoft-graph-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { PHISHING_RESISTANT_STRENGTH } from '#app/sandbox/tenant/conditional-access.ts'
import { expandHeld, expandNested } from '#workflows/tenant/held-through.ts'
import { connectGraph } from '#app/integrations/graph/client.server.ts'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { budgetsFor } from '#app/integrations/graph/families.ts'
import { openLanes } from '#app/integrations/graph/lanes.server.ts'
import { listReader } from '#app/integrations/graph/read-list.server.ts'
import { readMethods } from '#app/integrations/graph/read-methods.server.ts'
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

	test('is told with the ways to sign in of whoever is in a governed group through another one', async () => {
		const nested = { id: app.deps.newId(), displayName: 'Nested' }
		app.tenant.groups.put(nested)
		app.tenant.groups.change(nested.id, somebody, true)
		app.tenant.groups.change(GROUP_BESIDE.id, nested.id, true)
		const [owner, eligible] = ['b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01', 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02']
		app.tenant.groups.change(nested.id, owner, true, 'owners')
		app.tenant.groups.makeEligible(nested.id, eligible)
		const picture = await read()
		const inOuter = expandNested(picture).filter(
			({ place }) => place.kind === 'group' && place.groupId === GROUP_BESIDE.id,
		)
		expect(inOuter.map(({ principalId, through, standing }) => [principalId, through, standing])).toEqual([
			[nested.id, null, 'active'],
			[somebody, nested.id, 'active'],
			[owner, nested.id, 'controls'],
			[eligible, nested.id, 'eligible'],
		])
		expect(picture.methods.map(({ objectId, read: isRead }) => [objectId, isRead]).sort()).toEqual(
			[somebody, owner, eligible].map((id) => [id, true]).sort(),
		)
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

	test('groups that policies turn on are read with everybody in them where coverage is judged, and are no holdings', async () => {
		const [outer, inner, gone] = [app.deps.newId(), app.deps.newId(), app.deps.newId()]
		app.tenant.groups.put({ id: outer, displayName: 'Emergency' })
		app.tenant.groups.put({ id: inner, displayName: 'Inside' })
		app.tenant.groups.change(outer, inner, true)
		app.tenant.groups.change(inner, somebody, true)
		app.tenant.conditionalAccess.put({
			id: app.deps.newId(),
			displayName: 'Keys',
			includeGroups: [GROUP_BESIDE.id],
			excludeGroups: [outer, gone],
			excludesGuests: true,
			strengthId: PHISHING_RESISTANT_STRENGTH,
		})
		const picture = await read()
		expect(picture.policyGroups).toEqual(
			[
				{ objectId: outer, members: [inner, somebody].sort() },
				// The tenant says that there is no such group.
				{ objectId: gone, members: [] },
			].sort((a, b) => (a.objectId < b.objectId ? -1 : 1)),
		)
		expect(picture.groups.map(({ objectId }) => objectId)).toEqual([GROUP_BESIDE.id])
		expect(picture.groupHoldings).toEqual([])
		expect(picture.conditionalAccess).toMatchObject([
			{ includeGroups: [GROUP_BESIDE.id], excludesGuests: true },
		])
		const before = app.tenant.exchanges().length
		const look = await app.deps.reader.readPrivileges(governed, { rules: true })
		expect(look.policyGroups).toEqual([])
		const paths = app.tenant.exchanges().slice(before)
		expect(paths.filter(({ path }) => path.includes(outer) || path.includes(gone))).toEqual([])
	})

	test('a group whose members are refused is told as unread, and the others stay', async () => {
		const [open, closed] = [app.deps.newId(), app.deps.newId()]
		for (const id of [open, closed]) app.tenant.groups.put({ id, displayName: 'Some' })
		app.tenant.conditionalAccess.put({
			id: app.deps.newId(),
			displayName: 'Keys',
			excludeGroups: [open, closed],
		})
		app.tenant.faults.next('GET', new RegExp(`${closed}/transitiveMembers`), {
			kind: 'status',
			status: 403,
			when: 'before',
		})
		const { policyGroups } = await read()
		expect(Object.fromEntries(policyGroups.map(({ objectId, members }) => [objectId, members]))).toEqual({
			[open]: [],
			[closed]: null,
		})
	})

	test('a group whose policy is refused says so, while those of roles were read', async () => {
		const look = () => app.deps.reader.readPrivileges(governed, { rules: true })
		const whole = await look()
		expect(whole.groups).toMatchObject([{ objectId: GROUP_BESIDE.id, unread: [] }])
		expect(whole.rolePolicies.filter(({ place }) => place.kind === 'group')).toHaveLength(2)
		app.tenant.grantOnly(['RoleManagementPolicy.Read.Directory'])
		const { parts, groups, rolePolicies } = await look()
		expect(parts.rolePolicies).toEqual({ read: true })
		expect(groups[0]?.unread).toContain('policies')
		expect(new Set(rolePolicies.map(({ place }) => place.kind))).toEqual(new Set(['role']))
	})

	test('what somebody is in comes as groups, and as the roles that policies name', async () => {
		app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
		app.tenant.groups.change(GROUP_BESIDE.id, somebody, true)
		app.tenant.assignDirectly(GROUP_BESIDE.id, ROLE)
		app.tenant.assignDirectly(somebody, '729827e3-9c14-49f7-bb1b-9608f156bbb8', '/administrativeUnits/u')
		app.clock.advance(5000)
		expect(await app.deps.reader.memberOf(somebody)).toEqual({
			read: true,
			groups: [GROUP_BESIDE.id],
			roles: [ROLE],
		})
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
				unread: [
					'active',
					'eligible',
					'members',
					'owners',
					'policies',
					'properties',
					'requests',
					'scheduled',
				],
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

describe('how people sign in, of many at once', () => {
	const ids = Array.from({ length: 230 }, (_, n) => `0b000000-0000-4000-8000-${String(n).padStart(12, '0')}`)
	const gone = '0c000000-0000-4000-8000-000000000001'
	const isOfMethods = ({ path }: { path: string }) => /\/authentication\/(methods|fido2Methods)$/.test(path)
	/** Batches and what was asked in them, and calls for methods beside any batch. */
	async function asked<T>(work: () => Promise<T>) {
		const begun = app.tenant.exchanges().length
		const result = await work()
		const sent = app.tenant.exchanges().slice(begun)
		const batches = sent
			.filter(({ path }) => path === '/v1.0/$batch')
			.map(({ request }) => (request as { requests: { url: string }[] }).requests.map(({ url }) => url))
			.filter((urls) => urls.some((url) => isOfMethods({ path: url })))
		return { result, batches, alone: sent.filter(isOfMethods).length - batches.flat().length }
	}
	/** Of methods alone, past all else that is read of a tenant. */
	function reader() {
		const lanes = openLanes(budgetsFor(1000), {
			milliseconds: () => app.clock.now().getTime(),
			random: () => 0,
			after: app.clock.after,
		})
		const { graphBaseUrl } = app.connection
		const client = connectGraph(
			{ ...app.connection, kind: 'sandbox', timeoutMs: 5000, groups: 'pim' },
			{ newId: app.deps.newId, lanes },
		)
		return { client, lanes, graphBaseUrl }
	}
	/** Every third has a passkey. */
	function furnish(): void {
		for (const [n, id] of ids.entries()) {
			app.tenant.users.put(id, { displayName: `User ${n}` })
			app.tenant.users.setMethods(id, n % 3 === 0 ? ['password', 'fido2'] : ['password', 'phone'])
			app.tenant.assignDirectly(id, ROLE)
		}
		app.clock.advance(5000)
	}

	test('is asked twenty in a call, and of passkeys only those who have one', async () => {
		furnish()
		const { result, batches, alone } = await asked(read)
		const count = (list: string) =>
			batches.filter(([url]) => url?.endsWith(`/${list}`)).map((urls) => urls.length)
		// In parts of two hundred, whose passkeys follow.
		expect(count('methods')).toEqual([...Array.from({ length: 11 }, () => 20), 10])
		expect(count('fido2Methods')).toEqual([20, 20, 20, 7, 10])
		expect(alone).toBe(0)
		const of = new Map(result.methods.map((each) => [each.objectId, each]))
		for (const [n, id] of ids.entries())
			expect(of.get(id)).toMatchObject(
				n % 3 === 0
					? { read: true, kinds: ['fido2', 'password'], passkeys: [{ attestation: 'attested' }] }
					: { read: true, kinds: ['password', 'phone'], passkeys: [] },
			)
	})

	test('is asked once where it is refused to everybody, and unknown for all', async () => {
		furnish()
		app.tenant.grantOnly(['RoleManagement.Read.Directory', 'User.Read.All'])
		const { result, batches, alone } = await asked(read)
		expect([batches.map((urls) => urls.length), alone]).toEqual([[20], 0])
		expect(result.methods).toHaveLength(ids.length)
		expect(result.methods.every((each) => !each.read && each.why === 'forbidden')).toBe(true)
	})

	test('is asked of the others where one call fails or one user is refused, which is unknown and never none', async () => {
		furnish()
		app.tenant.faults.next('GET', new RegExp(`${ids[21]}/authentication/methods`), {
			kind: 'status',
			status: 403,
			when: 'before',
		})
		app.tenant.faults.next('POST', /batch/, { kind: 'html', status: 502 })
		const of = await readMethods(reader(), ids)
		expect(ids.slice(0, 20).map((id) => of.get(id))).toMatchObject(
			ids.slice(0, 20).map(() => ({ methods: { read: false, why: 'unavailable' } })),
		)
		expect(of.get(ids[21] ?? '')).toMatchObject({ methods: { read: false, why: 'forbidden' } })
		expect(ids.slice(22).map((id) => of.get(id))).toMatchObject(
			ids.slice(22).map(() => ({ methods: { read: true } })),
		)
	})

	test('tells apart who is not there, also where nobody else of a call is', async () => {
		furnish()
		const goneOnes = Array.from({ length: 20 }, () => app.deps.newId())
		const found = await readMethods(reader(), [...goneOnes, ids[0] ?? '', gone])
		expect(goneOnes.map((id) => found.get(id))).toEqual(goneOnes.map(() => 'absent'))
		expect([found.get(gone), found.get(ids[0] ?? '')]).toMatchObject(['absent', { methods: { read: true } }])
	})
})
