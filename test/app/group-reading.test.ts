import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Fault } from '#app/sandbox/tenant/faults.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/** What the directory knows of many groups, which is read of twenty in a call. */

const idOf = (first: string, n: number) => `${first}000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const groups = Array.from({ length: 45 }, (_, n) => idOf('0f', n))
const people = Array.from({ length: 1200 }, (_, n) => idOf('0b', n))
const [inner = '', outer = '', large = '', fourth = '', fifth = ''] = groups
const [somebody = ''] = people

let app: TestApp
beforeEach(async () => {
	app = await createTestApp()
	for (const [n, id] of groups.entries()) app.tenant.groups.put({ id, displayName: `Group ${n}` })
	app.tenant.groups.change(inner, somebody, true)
	app.tenant.groups.change(outer, inner, true)
	app.clock.advance(60_000)
})
afterEach(() => app.stop())

const read = async () => {
	const picture = await app.deps.reader.readPrivileges({ groupIds: groups })
	return new Map(picture.groups.map((group) => [group.objectId, group]))
}
const once = (path: RegExp, fault: Fault, times = 1) => app.tenant.faults.next('GET', path, fault, times)
const refusal = (status: number, code: string): Fault => ({
	kind: 'status',
	status,
	when: 'before',
	error: { code, message: 'No.' },
})

test('a call asks for twenty of them, and pages that follow are read', async () => {
	for (const [n, id] of people.entries()) {
		app.tenant.users.put(id, { displayName: `User ${n}` })
		app.tenant.groups.change(large, id, true)
	}
	app.clock.advance(60_000)
	const begun = app.tenant.exchanges().length
	const found = await read()
	const sent = app.tenant.exchanges().slice(begun)
	const batches = sent
		.filter(({ path }) => path === '/v1.0/$batch')
		.map(({ request }) => (request as { requests: { url: string }[] }).requests.map(({ url }) => url))
	const sizes = (list: RegExp) =>
		batches.filter((urls) => urls.every((url) => list.test(url))).map(({ length }) => length)
	for (const list of [/^\/groups\/[^/]+\?/, /\/members\?/, /\/owners\?/])
		expect(sizes(list), String(list)).toEqual([20, 20, 5])
	expect(
		found
			.get(large)
			?.members.map(({ objectId }) => objectId)
			.sort(),
	).toEqual(people)
	expect(
		found
			.get(outer)
			?.members.map(({ objectId }) => objectId)
			.sort(),
	).toEqual([somebody, inner].sort())
	expect([...found.values()].flatMap(({ unread }) => unread)).toEqual([])
})

test.each([
	['is refused', refusal(403, 'Authorization_RequestDenied'), 1],
	['is not answered', { kind: 'hang', when: 'before' }, 9],
	['is answered by somebody in between', { kind: 'html', status: 200 }, 1],
] satisfies [string, Fault, number][])(
	'a list that %s is unknown, and those of the same call are known',
	async (_, fault, times) => {
		once(new RegExp(`${fourth}/members`), fault, times)
		const found = await read()
		expect(found.get(fourth)).toMatchObject({ members: [], unread: ['members'] })
		expect(found.get(fifth)).toMatchObject({ members: [], unread: [] })
		expect(found.get(inner)?.members).toMatchObject([{ objectId: somebody }])
	},
)

test('what is throttled within a call is asked again by itself, when the tenant wants it', async () => {
	once(new RegExp(`${inner}/members`), {
		kind: 'status',
		status: 429,
		when: 'before',
		headers: { 'Retry-After': '2' },
	})
	const begun = app.tenant.exchanges().length
	expect((await read()).get(inner)).toMatchObject({ members: [{ objectId: somebody }], unread: [] })
	const asked = app.tenant.exchanges().slice(begun)
	const of = (id: string) => asked.filter(({ path }) => path === `/v1.0/groups/${id}/members`).length
	expect([of(inner), of(fourth)]).toEqual([2, 1])
})

test('a group that is gone holds nobody, and one that cannot be told is not gone', async () => {
	once(new RegExp(`groups/${fourth}$`), refusal(404, 'Request_ResourceNotFound'))
	once(new RegExp(`groups/${fifth}$`), refusal(403, 'Authorization_RequestDenied'))
	const found = await read()
	expect(found.get(fourth)).toMatchObject({ exists: false, members: [], unread: [] })
	expect(found.get(fifth)).toMatchObject({ exists: null, members: [], unread: ['properties'] })
})

test('where a whole call is refused, nothing of its groups is known, and all of the others', async () => {
	app.tenant.faults.next('POST', /batch/, refusal(403, 'Authorization_RequestDenied'))
	const found = await read()
	const unread = groups.filter((id) => found.get(id)?.unread.includes('properties'))
	expect(unread).toEqual(groups.slice(0, 20))
	expect(found.get(inner)?.members).toMatchObject([{ objectId: somebody }])
})

test('where nobody answers a call, its groups are read by themselves, and one that hangs hides no other', async () => {
	const isOfMembers = (urls: string[]) => urls.every((url) => url.includes('/members?'))
	app.tenant.faults.next('POST', /batch/, { kind: 'drop', when: 'before' })
	app.tenant.faults.next('GET', new RegExp(`groups/${fourth}$`), { kind: 'drop', when: 'before' }, 9)
	const begun = app.tenant.exchanges().length
	const found = await read()
	expect(groups.filter((id) => (found.get(id)?.unread ?? []).length > 0)).toEqual([fourth])
	const sent = app.tenant.exchanges().slice(begun)
	const batches = sent
		.filter(({ path }) => path === '/v1.0/$batch')
		.map(({ request }) => (request as { requests: { url: string }[] }).requests.map(({ url }) => url))
	expect(batches.filter(isOfMembers)).toHaveLength(3)
})

test('where nobody is there, not everybody is asked for by themselves', async () => {
	app.tenant.faults.next('POST', /batch/, { kind: 'drop', when: 'before' }, 99)
	app.tenant.faults.next('GET', /v1.0.groups/, { kind: 'drop', when: 'before' }, 999)
	const found = await read()
	expect(groups.every((id) => found.get(id)?.unread.includes('members'))).toBe(true)
	const single = app.tenant.faults
		.met()
		.filter(({ method, path }) => method === 'GET' && /groups\/0f/.test(path))
	// Of each of the three calls for what they are, of those for members, and of those for owners.
	expect(single.length).toBeLessThanOrEqual(3 * 3 * 3 * 4)
	expect(single.length).toBeLessThan(3 * groups.length)
})
