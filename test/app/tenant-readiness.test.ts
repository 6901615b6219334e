import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { charterkeep } from '#app/commands/access/commands.ts'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { PHISHING_RESISTANT_STRENGTH } from '#app/sandbox/tenant/conditional-access.ts'
import { readTenantFiles } from '#app/services/readiness/tenant-files.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { assemblePicture } from '#workflows/tenant/assemble-picture.ts'
import { filesSha256Of } from '#workflows/tenant/readiness/files-digest.ts'
import { governedGroups } from '#workflows/tenant/readiness/governed-places.ts'
import { reportSchema } from '#workflows/tenant/readiness/report.schema.ts'
import { runHere } from '#test/app/run-command.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const ROLE = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
/** A group that only a policy speaks of, as that of accounts for emergencies usually is. */
const EMERGENCY = { id: 'd4b0a7e1-7f7a-4b35-8a0e-3e5f6c1b2a09', displayName: 'Emergency' }
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02'
const GUEST = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'

let app: TestApp
beforeEach(async () => {
	app = await createTestApp()
	app.tenant.conditionalAccess.clear()
})
afterEach(() => app.stop())

/** A tenant with something of everything. */
async function furnish(): Promise<string> {
	const { rows } = await app.deps.database.pool.query<{ id: string }>(
		`select entra_object_id as id from people where persona = 'operator'`,
	)
	const operator = rows[0]?.id ?? ''
	app.tenant.users.put(GUEST, { displayName: '=HYPERLINK("http://evil.example")' })
	app.tenant.assignDirectly(GUEST, ROLE)
	app.tenant.assignBeside(operator, ROLE)
	app.tenant.groups.put({ ...GROUP_BESIDE, isAssignableToRole: true })
	app.tenant.groups.change(GROUP_BESIDE.id, 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02', true)
	app.tenant.assignDirectly(GROUP_BESIDE.id, ROLE)
	app.tenant.groups.put(EMERGENCY)
	app.tenant.groups.change(EMERGENCY.id, STRANGER, true)
	app.tenant.conditionalAccess.put({
		id: app.deps.newId(),
		displayName: 'Keys <script>',
		includeUsers: ['All'],
		excludeUsers: [operator],
		excludeGroups: [EMERGENCY.id],
		strengthId: PHISHING_RESISTANT_STRENGTH,
	})
	app.clock.advance(5000)
	return operator
}

const NAMES: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
	[/^\/(users|servicePrincipals|groups|organization)$/, ([, name]) => name ?? ''],
	[/^\/roleManagement\/directory\/(\w+)$/, ([, name]) => name ?? ''],
	[/^\/identity\/conditionalAccess\/policies$/, () => 'conditionalAccessPolicies'],
	[/^\/policies\/(\w+)$/, ([, name]) => name ?? ''],
	[/^\/groups\/[^/]+$/, () => 'groups'],
	[/^\/groups\/([^/]+)\/members$/, ([, id]) => `groupMembers-${id}`],
	[/^\/groups\/([^/]+)\/transitiveMembers$/, ([, id]) => `groupTransitiveMembers-${id}`],
	[/^\/groups\/([^/]+)\/owners$/, ([, id]) => `groupOwners-${id}`],
	[/^\/users\/([^/]+)\/authentication\/(methods|fido2Methods)$/, ([, id, name]) => `${name}-${id}`],
]

/** What the tenant answered to the reader, as somebody would store it: one file a page. */
function exported(): { name: string; bytes: Uint8Array }[] {
	const seen = new Map<string, number>()
	return app.tenant.exchanges().flatMap(({ method, path, query, status, response }) => {
		const plain = path.replace(/^\/v1\.0/, '')
		if (method !== 'GET' || status !== 200) return []
		const group = /groupId eq '([^']+)'/.exec(decodeURIComponent(query))?.[1]
		const isSchedules = plain.endsWith('/privilegedAccess/group/assignmentSchedules')
		const ofPim =
			/^\/identityGovernance\/privilegedAccess\/group\/(assignment|eligibility)ScheduleInstances$/.exec(plain)
		const named = NAMES.map(([shape, name]) => {
			const match = shape.exec(plain)
			return match ? name(match) : null
		}).find((name) => name !== null)
		const name = ofPim
			? `group${ofPim[1] === 'assignment' ? 'Assignment' : 'Eligibility'}ScheduleInstances-${group}`
			: isSchedules
				? `groupAssignmentSchedules-${group}`
				: named
		if (!name) return []
		const page = (seen.get(name) ?? 0) + 1
		seen.set(name, page)
		return [{ name: `${name}-${page}.json`, bytes: Buffer.from(JSON.stringify(response)) }]
	})
}

const charterYaml = sampleTexts().charterYaml
const { charter } = readCharter(charterYaml)
const groupIds = governedGroups(charter)

describe('a tenant from files', () => {
	test('is the same as over the network', async () => {
		await furnish()
		const picture = await app.deps.reader.readTenant({ groupIds }, { users: 'read' })
		const { raw, problems } = readTenantFiles(exported(), { readAt: new Date(picture.readAt), groupIds })
		expect(problems).toEqual([])
		expect(picture.policyGroups).toEqual([{ objectId: EMERGENCY.id, members: [STRANGER] }])
		const fromFiles = assemblePicture({ ...raw, tenantId: picture.tenantId })
		// Which group is absent is told by a refusal, which is no file.
		const { parts: _, ...rest } = picture
		const { parts: __, ...restOfFiles } = fromFiles
		// Files have no requests for places in groups, which bear marks of ours.
		const groups = rest.groups.map((group) => ({ ...group, unread: [...group.unread, 'requests'] }))
		expect(restOfFiles).toEqual({ ...rest, groups })
	})

	test('is whole where the charter names a group that holds no role, exported as the help says', async () => {
		const nested = { id: app.deps.newId(), displayName: 'Within' }
		app.tenant.groups.put(nested)
		app.tenant.groups.change(nested.id, STRANGER, true)
		app.tenant.groups.change(GROUP_BESIDE.id, nested.id, true)
		const ofGroup = [GROUP_BESIDE.id]
		await app.deps.reader.readTenant({ groupIds: ofGroup }, { users: 'read' })
		const files = exported()
		const groupsIn = (some: typeof files) =>
			assemblePicture(readTenantFiles(some, { readAt: app.clock.now(), groupIds: ofGroup }).raw).groups
		expect(groupsIn(files).map(({ objectId, unread }) => [objectId, unread])).toEqual(
			[GROUP_BESIDE.id, nested.id].sort().map((id) => [id, ['requests']]),
		)
		expect(groupsIn(files).find(({ objectId }) => objectId === GROUP_BESIDE.id)).toMatchObject({
			exists: true,
			managed: 'cloud',
		})
		// Of a group within the owners are asked for as well.
		const lacking = files.filter(({ name }) => !name.startsWith(`groupOwners-${nested.id}`))
		expect(groupsIn(lacking).find(({ objectId }) => objectId === nested.id)?.unread).toContain('owners')
	})

	test('has no list of groups where they were exported one by one alone', () => {
		const one = { id: GROUP_BESIDE.id, displayName: 'Site services' }
		const file = { name: 'groups.json', bytes: Buffer.from(JSON.stringify(one)) }
		const { raw, problems } = readTenantFiles([file], { readAt: new Date(0), groupIds: [GROUP_BESIDE.id] })
		expect(problems).toEqual([])
		expect(raw.groups.read).toBe(false)
		expect(assemblePicture(raw).groups).toMatchObject([{ exists: true, displayName: 'Site services' }])
	})

	test.each<[string, string[], number | null]>([
		['page in the middle', ['users-1', 'users-3'], 2],
		['first page', ['users-2'], 1],
		['page after one without a number', ['users', 'users-3'], 2],
		['none from 0', ['users-0', 'users_1', 'users.2'], null],
		['none from 1, of ten', Array.from({ length: 10 }, (_, n) => `users-${n + 1}`), null],
		['none, beside one without a number', ['users', 'users-2'], null],
	])('is not whole where a page is missing by the numbers: %s', (_, names, page) => {
		const files = names.map((name, n) => ({
			name: `${name}.json`,
			bytes: Buffer.from(JSON.stringify({ value: [{ id: `u${n}` }] })),
		}))
		const [first] = files.map(({ name }) => name).sort()
		const { raw, problems } = readTenantFiles(files, { readAt: new Date(0), groupIds: [] })
		expect(problems).toEqual(page === null ? [] : [{ file: first, code: 'missingPage', detail: { page } }])
		expect(raw.users.read).toBe(page === null)
	})

	test('is unknown where a file is broken, and the file is named', () => {
		const file = (name: string, text: string | Uint8Array) => ({
			name,
			bytes: typeof text === 'string' ? Buffer.from(text) : text,
		})
		const { raw, problems } = readTenantFiles(
			[
				file('users-1.json', JSON.stringify({ value: [{ id: 'a' }], '@odata.nextLink': 'https://x' })),
				file('groups.json', '{"value": ['),
				file('servicePrincipals.json', JSON.stringify({ value: [{ id: 'a' }, { id: 7 }] })),
				file('roleAssignments.json', JSON.stringify({ error: { code: 'Authorization_RequestDenied' } })),
				file('conditionalAccessPolicies.json', '"policies"'),
				file('authenticationStrengthPolicies.json', new Uint8Array([0xff, 0xfe, 0xff])),
				file('../../etc/passwd', 'root'),
				file('notes.txt', ''),
				file('organization.json', '﻿{"id":"T1"}'),
				file(
					'roleEligibilityScheduleInstances.json',
					Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('[]', 'utf16le')]),
				),
			],
			{ readAt: new Date(0), groupIds: [] },
		)
		expect(problems.map(({ file: name, code }) => [name, code])).toEqual([
			['../../etc/passwd', 'unknownName'],
			['authenticationStrengthPolicies.json', 'notText'],
			['conditionalAccessPolicies.json', 'notAList'],
			['groups.json', 'notJson'],
			['notes.txt', 'unknownName'],
			['roleAssignments.json', 'refusal'],
			['servicePrincipals.json', 'badRow'],
			['users-1.json', 'missingPage'],
		])
		const { parts, tenantId } = assemblePicture(raw)
		expect(tenantId).toBe('t1')
		expect(Object.entries(parts).flatMap(([part, { read }]) => (read ? [part] : []))).toEqual([
			'roleEligibilities',
		])
		expect(parts.users).toMatchObject({ why: 'unreadable', code: 'users-1.json' })
	})

	const pagesOf = (...files: [string, unknown][]) =>
		readTenantFiles(
			files.map(([name, json]) => ({ name: `${name}.json`, bytes: Buffer.from(JSON.stringify(json)) })),
			{ readAt: new Date(0), groupIds: [] },
		).problems.map(({ code }) => code)
	const more = { '@odata.nextLink': 'https://x' }

	test('misses what a list of groups goes on with, also beside groups that were exported one by one', () => {
		const alone = { id: '11111111-1111-4111-8111-111111111111' }
		const first = { value: [{ id: 'g1' }], ...more }
		expect(pagesOf(['groups', first], ['groups-1', alone])).toEqual(['missingPage'])
		expect(pagesOf(['groups', first], ['groups-1', { value: [{ id: 'g2' }] }], ['groups-2', alone])).toEqual(
			[],
		)
		expect(pagesOf(['groups', alone])).toEqual([])
	})

	test('misses what policies of one place go on with, also beside those of another place', () => {
		const name = 'roleManagementPolicyAssignments'
		const of = (scopeType: string, scopeId: string) => ({ value: [{ id: scopeId, scopeId, scopeType }] })
		const [roles, group] = [of('DirectoryRole', '/'), of('Group', 'g')]
		const cut = ['missingPage']
		expect(pagesOf([name, { ...roles, ...more }], [`${name}-1`, group])).toEqual(cut)
		expect(pagesOf([name, [group, { ...roles, ...more }]])).toEqual(cut)
		expect(pagesOf([name, { ...roles, ...more }], [`${name}-1`, roles], [`${name}-2`, group])).toEqual([])
		// The last page may be empty, and is no page of another place; nor does the list of a place that has none end one.
		expect(
			pagesOf([name, { ...roles, ...more }], [`${name}-1`, { value: [] }], [`${name}-2`, group]),
		).toEqual([])
		expect(
			pagesOf([name, { ...roles, ...more }], [`${name}-1`, group], [`${name}-2`, { value: [] }]),
		).toEqual(cut)
		// The tenth page comes after the second.
		const first = Array.from({ length: 9 }, (_, n): [string, unknown] => [
			`${name}-${n + 1}`,
			{ ...roles, ...more },
		])
		expect(pagesOf(...first, [`${name}-10`, { value: [] }])).toEqual([])
	})

	test('may be UTF-16 in either order, with a mark or without one', () => {
		const read = (bytes: Uint8Array) => {
			const files = [{ name: 'users.json', bytes }]
			const { raw, problems } = readTenantFiles(files, { readAt: new Date(0), groupIds: [] })
			return [problems.map(({ code }) => code), raw.users.read ? raw.users.rows.map(({ id }) => id) : null]
		}
		const little = (text: string) => Buffer.from(text, 'utf16le')
		for (const text of ['[{"id":"ü"}]', '\n[{"id":"ü"}]', '\ufeff[{"id":"ü"}]']) {
			expect(read(little(text))).toEqual([[], ['ü']])
			expect(read(little(text).swap16())).toEqual([[], ['ü']])
			expect(read(Buffer.from(text))).toEqual([[], ['ü']])
		}
		expect(read(little('[{"id":"a"}]').subarray(0, -1))).toEqual([['notText'], null])
		expect(read(Buffer.from([0, 0, 0, 0x5b]))).toEqual([['notJson'], null])
	})

	test('of several pages, gathered or apart, has each thing once', () => {
		const page = (ids: string[], more: boolean) => ({
			value: ids.map((id) => ({ id })),
			...(more ? { '@odata.nextLink': 'https://x' } : {}),
		})
		const read = (...files: [string, unknown][]) =>
			assemblePicture(
				readTenantFiles(
					files.map(([name, json]) => ({ name, bytes: Buffer.from(JSON.stringify(json)) })),
					{ readAt: new Date(0), groupIds: [] },
				).raw,
			).users.map(({ objectId }) => objectId)
		const apart = read(['users-1.json', page(['a', 'b'], true)], ['users-2.json', page(['b', 'c'], false)])
		expect(apart).toEqual(['a', 'b', 'c'])
		expect(read(['users.json', [page(['a', 'b'], true), page(['b', 'c'], false)]])).toEqual(apart)
		expect(read(['users.json', [{ id: 'a' }, { id: 'b' }, { id: 'c' }]])).toEqual(apart)
	})
})

describe('charterkeep readiness', () => {
	/** As a site runs it that connects nothing. */
	async function run(more: string[] = []) {
		const directory = join(app.folder, 'export')
		mkdirSync(directory, { recursive: true })
		for (const { name, bytes } of exported()) writeFileSync(join(directory, name), bytes)
		const people = join(app.folder, 'people.yaml')
		writeFileSync(people, sampleTexts().peopleYaml)
		const file = join(app.folder, 'charter.yaml')
		writeFileSync(file, charterYaml)
		const args = ['readiness', '--charter', file, '--tenant-files', directory, '--people', people, ...more]
		return runHere(charterkeep, args, { env: {} })
	}

	test('says who is to be mended first, and writes a report, a table and a page', async () => {
		const operator = await furnish()
		await app.deps.reader.readTenant({ groupIds }, { users: 'read' })
		const out = (name: string) => join(app.folder, name)
		const ran = await run(['--json', out('r.json'), '--csv', out('r.csv'), '--html', out('r.html')])
		expect(ran.stderr).toBe('')
		expect(ran.code).toBe(1)
		expect(ran.stdout).toContain('1. 1 guest account holds User administrator')
		const report = reportSchema.parse(JSON.parse(readFileSync(out('r.json'), 'utf8')))
		expect(report.filesSha256).toEqual(filesSha256Of(exported()))
		const lineOf = (id: string) =>
			report.lines.find(({ principalId, roles }) => principalId === id && roles.length > 0)
		expect(lineOf(GUEST)).toMatchObject({
			verdict: 'unknownPerson',
			problems: expect.arrayContaining(['guestHolds', 'permanent', 'pastPim', 'disabledHolds']) as unknown,
		})
		expect(lineOf(operator)).toMatchObject({ kind: 'user', until: expect.any(String) as unknown })
		expect(lineOf('b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02')).toMatchObject({ through: GROUP_BESIDE.id })
		const csv = readFileSync(out('r.csv'), 'utf8')
		expect(csv).toContain(`"'=HYPERLINK(""http://evil.example"")"`)
		const page = readFileSync(out('r.html'), 'utf8')
		expect(page).toContain('Keys &lt;script&gt;')
		expect(page).not.toContain('<script')
	})

	test('speaks German, and a report through a pipe is nothing but the report', async () => {
		await furnish()
		await app.deps.reader.readTenant({ groupIds }, { users: 'read' })
		const ran = await run(['--json', '-', '--language', 'de'])
		expect(reportSchema.safeParse(JSON.parse(ran.stdout)).success).toBe(true)
		expect(ran.stderr).toContain('1 Gastkonto hat')
	})

	test.each([
		[['--tenant-files', '/does/not/exist'], /cannot be read/],
		[['--language', 'fr'], /one of en, de/],
		[['--nobody'], /not both/],
	])('with %s says what to do', async (more, sentence) => {
		const ran = await run(more)
		expect(ran.code).toBe(2)
		expect(ran.stderr).toMatch(sentence)
	})
})
