import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { look, startStage, type Stage } from './stage.ts'

const PERSONAS = ['security-officer', 'operator', 'auditor', 'charter-owner'] as const
type Persona = (typeof PERSONAS)[number]
let stage: Stage<Persona>
beforeAll(async () => {
	stage = await startStage(PERSONAS)
}, 300_000)
afterAll(() => stage?.stop())

/** Every page that needs nothing to have happened before, by who may see it. */
const PAGES: Readonly<Record<Persona, readonly string[]>> = {
	'security-officer': [
		'/',
		'/inbox',
		'/inbox/preferences',
		'/requests',
		'/grants',
		'/people',
		'/people/new',
		'/people/many',
		'/people/import',
		'/people/entra',
		'/people/retention',
		'/people/provisioning',
		'/facilities',
		'/vetting',
		'/vetting/new',
		'/roster',
		'/roster/boundaries',
		'/forecast',
		'/forecast/lapses',
		'/forecast/renewals',
		'/forecast/what-if',
		'/findings',
		'/readiness',
		'/lockbox',
		'/lockbox/new',
		'/break-glass',
		'/break-glass/record',
		'/break-glass/procedure',
		'/delivery',
		'/record',
		'/passkeys',
		'/tokens',
	],
	operator: ['/', '/requests', '/requests/new', '/charter'],
	auditor: ['/audit', '/audit/question', '/audit/shares', '/record', '/findings', '/readiness'],
	'charter-owner': [
		'/charter/versions',
		'/charter/explain',
		'/charter/amendments',
		'/charter/amendments/new',
	],
}

/** A telephone, and a window of 1280 pixels at four times its size (WCAG 1.4.10). */
const WIDTHS = [360, 320] as const

/** What of the page reaches beyond the screen; null where nothing does. */
async function tooWide(page: Page, width: number): Promise<string | null> {
	await page.setViewportSize({ width, height: 740 })
	return page.evaluate((most) => {
		const { scrollWidth } = document.documentElement
		if (scrollWidth <= most) return null
		const widest = [...document.querySelectorAll('main *, header *, footer *')].filter(
			(each) => each.getBoundingClientRect().right > most + 0.5,
		)
		return `${scrollWidth} of ${most} ${widest
			.slice(0, 4)
			.map((each) => `${each.tagName.toLowerCase()}.${each.className}`)
			.join(' ')}`
	}, width)
}

test.each(PERSONAS)('no page of a %s scrolls sideways on a screen of 360 or 320 pixels', async (persona) => {
	const { page } = stage.of(persona)
	const found: string[] = []
	for (const path of PAGES[persona]) {
		const answer = await page.goto(stage.instance.origin + path)
		if (answer?.status() !== 200) {
			found.push(`${path}: ${answer?.status() ?? 'no answer'}`)
			continue
		}
		await page.getByRole('heading', { level: 1 }).first().waitFor()
		for (const width of WIDTHS) {
			const wide = await tooWide(page, width)
			if (wide !== null) found.push(`${path}: ${wide}`)
		}
	}
	expect(found).toEqual([])
})

test('the search on the home page of an officer stays within the screen, in English and in German', async () => {
	const { page } = stage.of('security-officer')
	await page.goto(stage.instance.origin)
	for (const language of ['de', 'en']) {
		await page.locator('#language').selectOption(language)
		await page.locator('form[action="/preferences"] button').click()
		await page.locator(`html[lang="${language}"]`).waitFor()
		for (const width of WIDTHS) {
			expect(await tooWide(page, width), language).toBe(null)
			const parts = await page
				.locator('form.find > *:not(.visually-hidden)')
				.evaluateAll((all) =>
					all.map((each) => each.getBoundingClientRect()).map(({ left, right }) => [left, right]),
				)
			expect(parts).toHaveLength(2)
			for (const [left = -1, right = 0] of parts) {
				expect(left, language).toBeGreaterThanOrEqual(0)
				expect(right, language).toBeLessThanOrEqual(width)
			}
		}
	}
	await look('106-home-narrow', page)
})
