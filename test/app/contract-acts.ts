import { expect } from 'vitest'
import { openProber } from '#app/integrations/graph/probe.server.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import type { Exchange } from '#app/sandbox/tenant/server.ts'
import { checkTenant } from '#app/services/tenant-check/check-tenant.server.ts'
import { inLane } from '#app/integrations/graph/urgency.server.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { Place } from '#workflows/grants/place.ts'
import { CUSTOMER_LOCKBOX_APPROVER, readDirectory, readTenant } from './contract-readings.ts'
import type { TestApp } from './test-app.ts'

const UNIT = '22222222-2222-4222-8222-222222222222'

/** Everything the connector does, in success and in refusal: what the contract test holds against the contract. */
export async function exercise(app: TestApp): Promise<Exchange[]> {
	const { grants } = app.deps
	const operator = (
		await app.deps.database.pool.query<{ entra_object_id: string }>(
			`select entra_object_id from people where persona = 'operator'`,
		)
	).rows[0]
	const target = {
		grantId: app.deps.newId(),
		principalId: operator?.entra_object_id ?? '',
		place: {
			kind: 'role' as const,
			roleDefinitionId: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
			directoryScopeId: '/',
		},
	}
	const order = { ...target, endsAt: new Date(app.clock.now().getTime() + 3_600_000), justification: 'CHG-1' }
	await grants.assign({ ...order, endsAt: new Date(app.clock.now().getTime() + 60_000) })
	await grants.assign({ ...order, principalId: app.deps.newId() })
	await grants.assign(order)
	await grants.assign(order)
	app.tenant.signIns.add({ userId: target.principalId })
	const since = new Date(app.clock.now().getTime() - 3_600_000).toISOString()
	expect(await app.deps.watch.signIns(target.principalId, since)).toMatchObject({
		read: true,
		rows: [{ errorCode: 0, application: 'Azure Portal' }],
	})
	app.tenant.signIns.license(false)
	expect(await app.deps.watch.signIns(target.principalId, since)).toMatchObject({ why: 'forbidden' })
	app.clock.advance(5000)
	await grants.read(target)
	await grants.assign(order)
	await grants.update({
		...order,
		endsAt: new Date(order.endsAt.getTime() + 1_800_000),
		justification: 'CHG-2',
	})
	await grants.update({ ...order, principalId: app.deps.newId() })
	await grants.remove({ ...target, justification: 'too early' })
	await grants.revokeSessions(target.principalId)
	app.clock.advance(6 * 60_000)
	await grants.remove({ ...target, justification: 'ended' })
	await grants.remove({ ...target, justification: 'again' })
	await grants.read(target)
	await grants.read(target, { isRequestKnown: true })
	expect(await grants.assignments.isListed(target)).toBe(false)
	await exerciseGroup(app, target.principalId)
	await cancelUndecided(app, target.principalId)
	await readForRemovals(app, target.principalId)
	await readTenant(app, target.principalId)
	await exerciseSchedules(app, target.principalId)
	await subscribe(app)
	await checkBeforehand(app)
	await readDirectory(app, target.principalId)
	await refuseAtTheDoor(app, target.principalId)
	return app.tenant.exchanges()
}

/** The same for places in a group: under PIM, and as plain membership. */
async function exerciseGroup(app: TestApp, principalId: string): Promise<void> {
	const { grants } = app.deps
	for (const [by, relation] of [
		['pim', 'member'],
		['membership', 'member'],
		['membership', 'owner'],
	] as const) {
		const place = { kind: 'group' as const, groupId: GROUP_BESIDE.id, relation, by }
		const target = { grantId: app.deps.newId(), principalId, place }
		const order = {
			...target,
			endsAt: new Date(app.clock.now().getTime() + 3_600_000),
			justification: 'CHG-1',
		}
		const made = await grants.assign(order)
		await grants.assign({ ...order, principalId: app.deps.newId() })
		app.clock.advance(5000)
		await grants.read(target)
		await grants.assign(order)
		await grants.update({ ...order, endsAt: new Date(order.endsAt.getTime() + 60_000) })
		await grants.cancel(target, made.kind === 'accepted' ? made.requestId : '')
		app.clock.advance(6 * 60_000)
		await grants.remove({ ...target, justification: 'ended' })
		await grants.remove({ ...target, justification: 'again' })
	}
}

/** A request that somebody in the tenant still has to approve, of each kind of PIM, is taken back. */
async function cancelUndecided(app: TestApp, principalId: string): Promise<void> {
	const { grants } = app.deps
	for (const [pim, place] of [
		[app.tenant, { kind: 'role', roleDefinitionId: CUSTOMER_LOCKBOX_APPROVER, directoryScopeId: '/' }],
		[app.tenant.groups.pim, { kind: 'group', groupId: GROUP_BESIDE.id, relation: 'member', by: 'pim' }],
	] as const) {
		pim.decideNext('PendingApproval')
		const target = { grantId: app.deps.newId(), principalId, place }
		const endsAt = new Date(app.clock.now().getTime() + 3_600_000)
		const made = await grants.assign({ ...target, endsAt, justification: 'CHG-1' })
		expect(made).toMatchObject({ kind: 'accepted', status: 'PendingApproval' })
		expect(await grants.cancel(target, made.kind === 'accepted' ? made.requestId : '')).toMatchObject({
			kind: 'accepted',
		})
	}
}

/** Readings of removals that wait together: the list of one place of each kind, and the list of all roles. */
async function readForRemovals(app: TestApp, principalId: string): Promise<void> {
	const target = (place: Place) => ({ grantId: app.deps.newId(), principalId, place })
	const role = (roleDefinitionId: string) =>
		({ kind: 'role', roleDefinitionId, directoryScopeId: '/' }) as const
	const group = (by: 'pim' | 'membership') =>
		({ kind: 'group', groupId: GROUP_BESIDE.id, relation: 'member', by }) as const
	const together = async (places: readonly Place[]) => {
		const before = app.tenant.exchanges().length
		await inLane('revoke', () => Promise.all(places.map((place) => app.deps.grants.read(target(place)))))
		return app.tenant.exchanges().length - before
	}
	const [one] = [role(CUSTOMER_LOCKBOX_APPROVER)]
	for (const place of [one, group('pim')]) expect(await together([place, place, place])).toBe(2)
	expect(await together([group('membership'), group('membership')])).toBe(1)
	expect(await together(Array.from({ length: 5 }, () => role(app.deps.newId())))).toBe(2)
}

/** What begins later: read for the whole tenant and for one person, removed, and cancelled where it was only granted. */
async function exerciseSchedules(app: TestApp, userId: string): Promise<void> {
	const { grants, reader } = app.deps
	const startAt = new Date(app.clock.now().getTime() + 86_400_000)
	const endAt = new Date(startAt.getTime() + 3_600_000)
	const [role, group] = [
		{ kind: 'role', roleDefinitionId: CUSTOMER_LOCKBOX_APPROVER, directoryScopeId: '/' },
		{ kind: 'group', groupId: GROUP_BESIDE.id, relation: 'owner', by: 'pim' },
	] as const
	app.tenant.assignLater(userId, role.roleDefinitionId, startAt, endAt)
	app.tenant.activateLater(
		userId,
		role.roleDefinitionId,
		new Date(startAt.getTime() + 7_200_000),
		new Date(endAt.getTime() + 7_200_000),
	)
	app.tenant.groups.assignLater(group.groupId, userId, startAt, endAt, 'owner')
	app.clock.advance(3000)
	const picture = await reader.readPrivileges({ groupIds: [GROUP_BESIDE.id] })
	expect(picture.roleHoldings.filter(({ how }) => how === 'scheduled')).toHaveLength(2)
	expect(picture.groupHoldings.filter(({ how }) => how === 'scheduled')).toHaveLength(1)
	for (const place of [role, group]) {
		const target = { grantId: app.deps.newId(), principalId: userId, place }
		for (const { cancel } of await grants.schedules.read(target))
			if (cancel !== null)
				expect(await grants.cancel(target, cancel)).toMatchObject({ kind: 'accepted', status: 'Canceled' })
		expect(await grants.remove({ ...target, justification: 'not approved' })).toMatchObject({
			kind: 'accepted',
			status: 'Revoked',
		})
		app.clock.advance(3000)
		expect(await grants.schedules.read(target)).toEqual([])
	}
}

/** What the tenant is asked to tell us of, and each way in which that is refused. */
export async function subscribe(app: TestApp): Promise<void> {
	const { port } = app.deps.notifications
	const order = {
		url: 'https://charterkeep.invalid/graph/notifications',
		clientState: 'a secret',
		expiresAt: new Date(app.clock.now().getTime() + 86_400_000),
	}
	const refused = { name: 'SubscriptionRefused' }
	for (const resource of ['/users', `/groups/${GROUP_BESIDE.id}/members`]) {
		const { subscriptionId } = await port.create({ ...order, resource })
		expect((await port.list()).map((each) => each.subscriptionId)).toContain(subscriptionId)
		expect(await port.renew(subscriptionId, order.expiresAt)).toEqual(order.expiresAt)
		await port.remove(subscriptionId)
		await port.remove(subscriptionId)
		expect(await port.renew(subscriptionId, order.expiresAt)).toBe(null)
	}
	await expect(
		port.create({ ...order, resource: '/users', url: 'https://127.0.0.1:1/' }),
	).rejects.toMatchObject({
		...refused,
		trouble: 'unreachable',
	})
	await expect(port.create({ ...order, resource: '/me/messages' })).rejects.toMatchObject(refused)
	app.tenant.subscriptions.allow(0)
	await expect(port.create({ ...order, resource: '/users' })).rejects.toMatchObject({
		...refused,
		trouble: 'quota',
	})
	app.tenant.subscriptions.allow(100)
}

/** What the check of a tenant sends, of both applications and for both ways to keep places in groups. */
async function checkBeforehand(app: TestApp): Promise<void> {
	const tools = { newId: app.deps.newId, now: app.clock.now }
	const tenant = { ...app.connection, kind: 'sandbox' as const }
	const { charter } = await app.deps.charters.inForce(app.deps.database.db)
	for (const groups of ['pim', 'membership'] as const) {
		const first = openProber({ ...tenant, groups }, tools)
		const killSwitch = openProber({ ...tenant, groups, identity: app.tenant.killSwitch }, tools)
		const findings = await checkTenant(
			{ groups, lacks: [], isTold: true, charter: inUnit(charter) },
			{ first, killSwitch },
			app.clock.now(),
		)
		expect(findings.filter(({ sentence }) => sentence.includes('did not answer'))).toEqual([])
	}
}

/** The charter with one role that reaches an administrative unit alone. */
const inUnit = (charter: Charter): Charter => ({
	...charter,
	roles: Object.fromEntries(
		Object.entries(charter.roles).map(([key, role]) => {
			const { access } = role
			if (access === undefined || !('scope' in access.entra)) return [key, role]
			const scope = `/administrativeUnits/${UNIT}`
			return [key, { ...role, access: { ...access, entra: { ...access.entra, scope } } }]
		}),
	),
})

/** What is refused before anybody looks at what was asked: a token that is not good enough, and too many calls. */
async function refuseAtTheDoor(app: TestApp, userId: string): Promise<void> {
	const prober = openProber(
		{ ...app.connection, kind: 'sandbox', identity: app.connection.identity },
		{ newId: app.deps.newId, now: app.clock.now },
	)
	const get = () => prober.send({ method: 'GET', path: `/users/${userId}?$select=id` })
	app.tenant.reevaluation.refuseAll()
	expect(await get()).toMatchObject({ kind: 'refused', status: 401 })
	app.tenant.reevaluation.stop()
	app.tenant.throttle.limit('directory', { perSecond: 0.001, burst: 0 })
	expect(await get()).toMatchObject({ kind: 'refused', status: 429 })
	app.tenant.throttle.lift()
}
