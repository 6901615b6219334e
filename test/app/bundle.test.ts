import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { filesOf, verify, wholeOf } from '#test/factories/bundle.ts'
import { createTestApp, type TestApp } from './test-app.ts'

let app: TestApp
const exported = async (filter = EVERYTHING, profile: 'history' | 'auditor' = 'history') => {
	const { fileName, bytes } = await exportBundle(app.deps, app.actor('auditor'), filter, {
		profile,
		language: 'de',
	})
	return { fileName, bytes: await wholeOf(bytes) }
}

beforeAll(async () => {
	app = await createTestApp()
	const form = { reason: 'Lock accounts', ticket: 'CHG-20417', durationSeconds: 1800 }
	await fileRequest(app.deps, app.actor('operator'), { role: 'user-administrator', ...form })
})
afterAll(() => app?.stop())

test('a bundle of the running application verifies, and the log tells that it was made', async () => {
	const { fileName, bytes } = await exported()
	expect(fileName).toMatch(/^charterkeep-\d{4}-\d\d-\d\dT\d{6}Z\.ckbundle\.zip$/)
	const report = await verify(bytes, { vkey: app.deps.signer.vkey })
	expect(report.failures).toEqual([])
	expect(report).toMatchObject({ verdict: 'verified in part', log: { isSigned: true, isKeyPinned: true } })
	expect(report.unchecked.map(({ code }) => code)).toEqual(['PROFILE_SEALED'])
	expect(report.accesses).toMatchObject([{ state: 'waiting', ticket: 'CHG-20417' }])
	expect(report.accesses[0]?.person.name).toBe(app.actor('operator').displayName)
	const files = await filesOf(bytes)
	const summary = new TextDecoder().decode(files.find(({ path }) => path === 'summary.html')?.bytes)
	expect(summary).toContain('CHG-20417')
	expect(summary).toContain('lang="de"')
	expect(files.map(({ path }) => path).slice(-4)).toEqual([
		expect.stringMatching(/^charters\/\d+\.yaml$/),
		'summary.html',
		'verify.html',
		'SHA256SUMS',
	])
})

test('facts are laid open to an auditor alone, and judged anew', async () => {
	const { bytes } = await exported(EVERYTHING, 'auditor')
	const report = await verify(bytes, { vkey: app.deps.signer.vkey })
	expect(report.counts.reevaluated).toBe(1)
	// The passkeys of this test stand in the database alone: that no entry enrolled them is found.
	expect(report.failures.map(({ code, message }) => [code, message])).toEqual([
		['FACTS_DIFFER', expect.stringContaining('credentials')],
	])
})

test('a filter that chooses nothing gives a bundle that says so', async () => {
	const { bytes } = await exported({ ...EVERYTHING, people: [app.actor('auditor').personId] })
	const report = await verify(bytes, { vkey: app.deps.signer.vkey })
	expect(report).toMatchObject({ verdict: 'verified', accesses: [], counts: { selected: 0 } })
})

test('nobody takes a bundle away without the permission', async () => {
	await expect(
		exportBundle(app.deps, app.actor('operator'), EVERYTHING, { profile: 'history' }),
	).rejects.toMatchObject({ code: 'FORBIDDEN' })
})
