import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { look, startStage, type Stage } from './stage.ts'

const PERSONAS = ['security-officer', 'operator'] as const
let stage: Stage<(typeof PERSONAS)[number]>
let page: Page

beforeAll(async () => {
	stage = await startStage(PERSONAS)
	page = stage.of('security-officer').page
}, 300_000)
afterAll(() => stage?.stop())

/** One row at least in each list, before anybody has looked. */
async function fill(): Promise<void> {
	const { pool } = stage.instance.deps.database
	const [officer, operator] = [stage.instance.idOf('security-officer'), stage.instance.idOf('operator')]
	const at = stage.instance.clock.now().toISOString()
	const person = async (name: string) => {
		const { rows } = await pool.query<{ id: string }>(
			`insert into people (id, display_name, user_principal_name, entra_object_id, employer, created_at)
			values (gen_random_uuid(), $1, replace(lower($1), ' ', '.') || '@agency.example', gen_random_uuid(), 'Nordlicht', $2) returning id`,
			[name, at],
		)
		return rows[0]?.id ?? ''
	}
	const fact = (
		table: string,
		personId: string,
		from: number,
		until: number | null,
		more: Record<string, unknown>,
	) => {
		const columns = Object.keys(more)
		return pool.query(
			`insert into ${table} (id, person_id, valid_from, valid_until, recorded_at, evidence${columns.map((c) => `, ${c}`).join('')})
			values (gen_random_uuid(), $1, $2::timestamptz + $3 * interval '1 day', $2::timestamptz + $4 * interval '1 day', $2, 'file 7/26'${columns.map((_, n) => `, $${n + 5}`).join('')})`,
			[personId, at, from, until, ...Object.values(more)],
		)
	}
	const u2 = { scheme: 'DE', level: 'U2', issuer: 'BfV', state: 'granted' }
	const [anna, björn, carla] = [
		await person('Anna Ahrens'),
		await person('Björn Berg'),
		await person('Carla Conti'),
	]
	await fact('appointments', anna, -30, null, { role: 'operator' })
	await fact('clearances', anna, -900, -12, u2)
	await fact('clearances', björn, -900, 20, u2)
	await fact('clearances', carla, -900, 70, u2)
	await fact('employments', carla, -900, -3, { employer: 'Nordlicht', under: 'Prime GmbH', flow_down: true })
	await fact('employments', björn, -900, 40, { employer: 'Nordlicht', under: 'Prime GmbH', flow_down: true })
	await fact('travels', björn, -2, 5, { countries: ['CH'], itinerary: 'Zürich' })
	await fact('travels', carla, -20, -5, {
		countries: ['IT'],
		itinerary: 'Milan',
		verdict: 'approved',
		decided_at: at,
	})
	const event = { event: 'foreign-contact', details: 'Met somebody', reporter: 'self' }
	await fact('reportable_events', operator, -1, null, { ...event, severity: 'high' })
	await fact('reportable_events', anna, -1, null, { ...event, severity: 'low' })
	const live = async (personId: string, number: number) => {
		const { rows } = await pool.query<{ id: string }>(
			`insert into requests (id, requester_id, role, charter_version_id, duration_seconds, reason, ticket, request_sha256, state, context, machine_version, version, created_at)
			select gen_random_uuid(), $1, 'user-administrator', (select id from charter_versions limit 1), 1800, 'x', 'CHG-${number}', repeat('0', 64), 'approved', '{"stages":[],"stage":0,"decisions":[],"decideBy":"2026-11-23T12:00:00.000Z","closedAt":null,"voidedBy":null}', 1, 1, $2 returning id`,
			[personId, at],
		)
		await pool.query(
			`insert into grants (id, request_id, person_id, role, state, context, machine_version, version, created_at)
			values (gen_random_uuid(), $1, $2, 'user-administrator', 'removing', '{"cause":"lapse","endsAt":null,"closedAt":null}', 1, 1, $3)`,
			[rows[0]?.id, personId, at],
		)
	}
	await live(operator, 10001)
	await live(carla, 10002)
	await pool.query(
		`insert into suspensions (id, person_id, officer_id, reason, at, entry_id) values (gen_random_uuid(), $1, $2, 'Badge found', $3, gen_random_uuid())`,
		[carla, officer, at],
	)
}

test('on a calm day one line says what there is none of', async () => {
	await page.goto(stage.instance.origin)
	await page.getByText('nobody suspended holds live access').waitFor()
	expect(await page.getByRole('alert').count()).toBe(0)
	await look('80-day-calm', page)
})

test('what must be done stands in order of danger, and each number leads to its rows', async () => {
	await fill()
	await page.goto(stage.instance.origin)
	await page.getByRole('heading', { level: 1, name: /matters must be dealt with now/ }).waitFor()
	await page.getByRole('alert').getByText('1 suspended person may still hold live access').waitFor()
	const titles = await page.getByRole('heading', { level: 2 }).allInnerTexts()
	const order = [
		'Reported events nobody has triaged',
		'Left, but their clearance still stands',
		'Re-vetting overdue',
		'Travel without approval',
		'Debriefing owed after travel',
		'Clearances that end',
		'Contracts that end within 90 days',
	]
	expect(titles.filter((title) => order.includes(title))).toEqual(order)
	const first = page
		.getByRole('region', { name: 'Reported events nobody has triaged' })
		.last()
		.getByRole('row')
		.nth(1)
	expect(await first.innerText()).toMatch(/yes, 1 access/)
	await look('81-day-full', page)
	const links = await page
		.locator('main a[href^="/due/"]')
		.evaluateAll((all) =>
			all.map((link) => ({ to: link.getAttribute('href') ?? '', text: (link as HTMLElement).innerText })),
		)
	expect(links.length).toBeGreaterThan(9)
	for (const { to, text } of new Map(links.map((link) => [link.to, link])).values()) {
		await page.goto(stage.instance.origin + to)
		const number = /\d+/.exec(text)?.[0] ?? ''
		await page.getByRole('heading', { level: 1, name: new RegExp(`^${number} `) }).waitFor()
		expect(await page.locator('tbody tr').count(), to).toBe(Number(number))
	}
	await page.goto(`${stage.instance.origin}/due/overdue`)
	await page.getByRole('link', { name: 'Open a case: Anna Ahrens' }).waitFor()
	await look('82-due-overdue', page)
	expect((await page.goto(`${stage.instance.origin}/due/nothing`))?.status()).toBe(404)
})

test('keys lead to the search and to their help, and can be switched off', async () => {
	await page.goto(stage.instance.origin)
	await page.getByRole('button', { name: 'Keyboard' }).waitFor()
	await page.keyboard.press('/')
	expect(await page.evaluate(() => document.activeElement?.id)).toBe('find-person')
	await page.keyboard.type('ahrens')
	await page.keyboard.press('Enter')
	// The first page names them too, and has a key's help of its own: what is pressed before the next page has taken over is lost.
	await page.waitForURL((url) => url.pathname === '/people')
	await page.getByRole('link', { name: 'Anna Ahrens' }).waitFor()
	await page.getByRole('button', { name: 'Keyboard' }).waitFor()
	await page.locator('h1').click()
	await page.keyboard.press('?')
	await page.getByRole('dialog').waitFor()
	await look('83-keys', page)
	await page.getByLabel('Single keys are on in this browser').uncheck()
	await page.keyboard.press('Escape')
	await page.reload()
	await page.getByRole('button', { name: 'Keyboard' }).waitFor()
	await page.keyboard.press('?')
	expect(await page.getByRole('dialog').count()).toBe(0)
})

test('it is in German and without scripts, and nobody else has it', async () => {
	const { context } = stage.of('security-officer')
	const plain = await stage.browser.newContext({
		javaScriptEnabled: false,
		storageState: await context.storageState(),
	})
	const still = await plain.newPage()
	await still.goto(stage.instance.origin)
	await still.locator('#language').selectOption('de')
	await still.getByRole('button', { name: 'Apply' }).click()
	await still.getByRole('heading', { level: 1, name: /Sachen sind jetzt zu erledigen/ }).waitFor()
	await still.getByRole('link', { name: /^Alle 2: Gemeldete Ereignisse/ }).click()
	await still.getByRole('heading', { level: 1, name: /^2 / }).waitFor()
	await plain.close()
	const operator = stage.of('operator').page
	expect((await operator.goto(`${stage.instance.origin}/due/events`))?.status()).toBe(403)
	await operator.goto(stage.instance.origin)
	expect(await operator.locator('#find-person').count()).toBe(0)
})
