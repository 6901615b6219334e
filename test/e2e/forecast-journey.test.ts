import { afterAll, beforeAll, expect, test } from 'vitest'
import { look, startStage, type Stage } from './stage.ts'

let stage: Stage<'security-officer' | 'data-owner'>
beforeAll(async () => {
	stage = await startStage(['security-officer', 'data-owner'])
}, 120_000)
afterAll(() => stage.stop(), 60_000)

test('an officer sees what ends and what breaks, asks what if three people leave, and takes the numbers away', async () => {
	const { origin } = stage.instance
	const { page } = stage.of('security-officer')
	await page.goto(origin)
	await page.getByRole('link', { name: 'Forecast' }).click()
	await page.getByRole('heading', { name: /^Every stage keeps its quorum until/ }).waitFor()
	await look('forecast-coverage', page)

	// What a chart draws, its table says.
	const chart = page.getByRole('img', { name: /^Duty officer: 3 now, lowest 3 from .*, 1 needed$/ })
	expect(await chart.count()).toBe(1)
	await page.locator('summary', { hasText: 'The same numbers as a table' }).click()
	const numbers = page.getByRole('region', { name: 'The same numbers as a table' })
	expect(await numbers.getByRole('row', { name: /^Duty officer .* 3 1$/ }).count()).toBe(1)

	await page.getByRole('link', { name: /30 days/ }).click()
	await page.getByRole('heading', { name: /end within 30 days$|ends within 30 days$/ }).waitFor()
	const shown = await page.getByRole('region', { name: 'What lapses' }).getByRole('row').count()
	expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain(String(shown - 1))
	await page.getByRole('link', { name: /180 days/ }).click()
	await page.getByText('loses a role').first().waitFor()
	await look('forecast-lapses', page)

	await page.getByRole('link', { name: 'Renewals', exact: true }).click()
	await page.getByText('late').first().waitFor()
	await look('forecast-renewals', page)
	await page
		.getByRole('link', { name: /^Open a case for/ })
		.first()
		.click()
	await page.waitForURL(/\/vetting\/new\?person=/)

	await page.goto(`${origin}/forecast/what-if`)
	await page.getByLabel('Name, address or number').fill('btr.example')
	await page.getByRole('button', { name: 'Find' }).click()
	for (const name of ['Dr. Katharina Brandt', 'Friedrich von Hagen', 'Thomas Aschauer'])
		await page.getByLabel(name).check()
	await page.getByRole('button', { name: 'Compare' }).click()
	await page.getByRole('heading', { name: 'If 3 people left now' }).waitFor()
	const owners = page.getByRole('row', { name: /^Charter owners/ })
	expect(await owners.innerText()).toContain('nobody to spare')
	expect(await owners.innerText()).toContain('below quorum now')
	await look('forecast-what-if', page)
	// The whole question stands in the address, and a day that cannot be is said to be none.
	expect(new URL(page.url()).searchParams.getAll('person')).toHaveLength(3)
	const beyond = await page.goto(`${page.url()}&day=2040-01-01`.replace('&day=&', '&').replace('day=&', ''))
	expect(beyond?.status()).toBe(422)
	await page.getByRole('link', { name: 'Choose a day within the next 180 days.' }).waitFor()

	const csv = await page.request.get(`${origin}/forecast.csv?list=coverage`)
	expect(csv.headers()['content-type']).toContain('text/csv')
	expect(await csv.text()).toMatch(/\r\ndecides,duty-officer,Duty officer,[^\r]+,3,1,enough\r\n/)
	expect((await page.request.get(`${origin}/forecast.csv?list=lapses&days=30`)).status()).toBe(200)
	expect((await page.request.get(`${origin}/forecast.csv?list=secrets`)).status()).not.toBe(200)
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
