import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
beforeEach(async () => {
	app = await createTestApp()
})
afterEach(() => app.stop())

const reads = () => app.tenant.exchanges().filter(({ path }) => path.endsWith('/conditionalAccess/policies'))

describe('rules of signing in', () => {
	test('are read once for all who ask at once, and again after half a minute', async () => {
		await Promise.all([app.deps.reader.signInRules(), app.deps.reader.signInRules()])
		await app.deps.reader.signInRules()
		expect(reads()).toHaveLength(1)
		app.clock.advance(30_000)
		await app.deps.reader.signInRules()
		expect(reads()).toHaveLength(2)
	})

	test('that could not be read are asked for again at once', async () => {
		app.tenant.faults.next('GET', /conditionalAccess/, { kind: 'status', status: 503, when: 'after' })
		expect((await app.deps.reader.signInRules()).conditionalAccess.read).toBe(false)
		expect((await app.deps.reader.signInRules()).conditionalAccess.read).toBe(true)
		expect(reads()).toHaveLength(2)
	})
})
