import { expect, test } from 'vitest'
import { LIFE_MS, planSubscriptions, resourcesOf } from '#workflows/tenant/subscriptions.ts'

const NOW = new Date('2026-11-30T10:00:00.000Z')
const HOUR = 3_600_000
const URL = 'https://charterkeep.example/graph/notifications'
const after = (ms: number) => new Date(NOW.getTime() + ms)
const kept = (resource: string, more: object = {}) => ({
	resource,
	url: URL,
	subscriptionId: `of ${resource}`,
	expiresAt: after(LIFE_MS),
	reauthorizeAt: null,
	notBefore: null,
	...more,
})
type Kept = Parameters<typeof planSubscriptions>[0][number]
type Given = { at?: Date; url?: string | null; groups?: string[] }
const plan = (rows: readonly Kept[], { at = NOW, url = URL, groups = ['g'] }: Given = {}) => {
	const { drop, renew, make } = planSubscriptions(rows, { wanted: resourcesOf(groups), url, at })
	return {
		drop: drop.map(({ resource }) => resource),
		renew: renew.map(({ resource }) => resource),
		make: make.map(({ resource, row }) => [resource, row !== null]),
	}
}
const BOTH = [kept('/users'), kept('/groups/g/members')]
const NOTHING = { drop: [], renew: [], make: [] }

test('users and the members of each governed group are subscribed to, and no more', () => {
	expect(plan([])).toEqual({
		...NOTHING,
		make: [
			['/users', false],
			['/groups/g/members', false],
		],
	})
	expect(plan(BOTH)).toEqual(NOTHING)
})

test('one is renewed with a third of its life left, and not before', () => {
	const at = (ms: number) => ({ at: after(LIFE_MS * (2 / 3) + ms) })
	expect(plan(BOTH, at(-1)).renew).toEqual([])
	expect(plan(BOTH, at(0)).renew).toEqual(['/users', '/groups/g/members'])
})

test('one that the tenant wants confirmed is renewed now, however long it would live', () => {
	expect(plan([kept('/users', { reauthorizeAt: NOW }), BOTH[1] ?? kept('')]).renew).toEqual(['/users'])
})

test('one that was lost is made anew; one that failed waits for its time', () => {
	const lost = (notBefore: Date | null) => [
		kept('/users', { subscriptionId: null, expiresAt: null, notBefore }),
		kept('/groups/g/members'),
	]
	expect(plan(lost(null)).make).toEqual([['/users', true]])
	expect(plan(lost(after(1)))).toEqual(NOTHING)
	expect(plan(lost(NOW)).make).toEqual([['/users', true]])
	expect(plan([kept('/users', { expiresAt: after(HOUR), notBefore: after(1) }), ...BOTH.slice(1)])).toEqual(
		NOTHING,
	)
})

test('what no charter governs any more is ended, and so is what leads to another address', () => {
	expect(plan(BOTH, { groups: [] }).drop).toEqual(['/groups/g/members'])
	const elsewhere = plan(BOTH, { url: 'https://other.example/graph/notifications' })
	expect(elsewhere).toMatchObject({ drop: ['/users', '/groups/g/members'], renew: [] })
	expect(elsewhere.make.map(([resource]) => resource)).toEqual(['/users', '/groups/g/members'])
	expect(plan(BOTH, { url: null })).toEqual({ ...NOTHING, drop: ['/users', '/groups/g/members'] })
})
