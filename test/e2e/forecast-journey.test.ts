import { afterAll, beforeAll, expect, test } from 'vitest'
import { look, startStage, type Stage } from './stage.ts'

let stage: Stage<'security-officer' | 'data-owner'>
beforeAll(async () => {
	stage = await startStage(['security-officer', 'data-owner'])
}, 120_000)
afterAll(() => stage.stop(), 60_000)

test('an officer sees at a glance whether every stage keeps its quorum', async () => {
	const { origin } = stage.instance
	const { page } = stage.of('security-officer')
	await page.goto(origin)
	await page.getByRole('link', { name: 'Forecast' }).click()
	await page.getByRole('heading', { name: /^Every stage keeps its quorum until/ }).waitFor()
	await look('forecast-coverage', page)

	const chart = page.getByRole('img', { name: /^Duty officer: 3 now, lowest 3 from .*, 1 needed$/ })
	expect(await chart.count()).toBe(1)
})

test('who only decides sees how many there are, and no names', async () => {
	const { origin } = stage.instance
	const { page } = stage.of('data-owner')
	await page.goto(`${origin}/forecast`)
	await page.getByRole('heading', { name: /^Every stage keeps its quorum until/ }).waitFor()
	expect(await page.getByRole('heading', { name: 'What ends, day by day' }).count()).toBe(0)
	expect(await page.locator('main').innerText()).not.toContain('Aschauer')
	for (const path of ['lapses', 'renewals', 'what-if'])
		expect((await page.goto(`${origin}/forecast/${path}`))?.status()).toBe(403)
	expect((await page.request.get(`${origin}/forecast.csv?list=lapses`)).status()).toBe(403)
})
