import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStage, type Stage } from './stage.ts'

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

test.each(PERSONAS)('no page of a %s scrolls sideways on a screen of 360 pixels', async (persona) => {
	const { page } = stage.of(persona)
	await page.setViewportSize({ width: 360, height: 740 })
	const tooWide: string[] = []
	for (const path of PAGES[persona]) {
		const answer = await page.goto(stage.instance.origin + path)
		if (answer?.status() !== 200) {
			tooWide.push(`${path}: ${answer?.status() ?? 'no answer'}`)
			continue
		}
		await page.getByRole('heading', { level: 1 }).first().waitFor()
		const found = await page.evaluate(() => {
			const { scrollWidth } = document.documentElement
			if (scrollWidth <= 360) return null
			const widest = [...document.querySelectorAll('main *, header *, footer *')].filter(
				(each) => each.getBoundingClientRect().right > 360.5,
			)
			return `${scrollWidth} ${widest
				.slice(0, 4)
				.map((each) => `${each.tagName.toLowerCase()}.${each.className}`)
				.join(' ')}`
		})
		if (found !== null) tooWide.push(`${path}: ${found}`)
	}
	expect(tooWide).toEqual([])
})
