import type { Actor } from '#app/services/actor.ts'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { verify, wholeOf } from '#test/factories/bundle.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { look, startStage, type Stage } from './stage.ts'

let stage: Stage<'operator' | 'security-officer' | 'data-owner'>

beforeAll(async () => {
	stage = await startStage(['operator', 'security-officer', 'data-owner'])
}, 300_000)
afterAll(async () => {
	await stage.stop()
}, 60_000)

test('at night: used with two passkeys, active at once, told, ended, barred by its debt, reviewed by another', async () => {
	const { origin, clock } = stage.instance
	const { page } = stage.of('operator')
	const officer = stage.of('security-officer').page
	const owner = stage.of('data-owner').page

	// One press from the home page.
	await page.goto(origin)
	await page.getByRole('link', { name: 'Break the glass' }).click()
	await page.getByRole('heading', { name: 'Break-glass: you may take a role at once' }).waitFor()
	await look('break-glass', page)
	await page.getByRole('radio', { name: 'User administrator' }).check()
	await page.getByLabel('What has happened?').fill('All administrators are locked out since 02:50')
	await page.getByLabel('Incident number').fill('nonsense')
	await page.getByLabel('For how long?').selectOption('30')
	await page.getByRole('button', { name: 'Go on to sign' }).click()
	await page.getByText('The ticket does not have the form that the charter asks for.').first().waitFor()
	await page.getByLabel('Incident number').fill('CHG-90210')
	await page.getByRole('button', { name: 'Go on to sign' }).click()
	await page.getByTestId('decision-digest').waitFor()
	expect(await page.getByTestId('consequence').textContent()).toContain('before it is reviewed')
	await look('break-glass-sign', page)
	await page.getByRole('button', { name: 'Break the glass with passkey' }).click()
	await page.getByText('Signed and recorded.').waitFor()
	await page.getByRole('heading', { name: 'waits for a second officer' }).waitFor()
	const use = page.url().replace(/\?.*/, '')

	await officer.goto(origin)
	await officer.getByText('needs your signature').waitFor()
	await look('break-glass-home', officer)
	await officer.goto(use)
	await officer.getByRole('radio', { name: 'Open it at once' }).check()
	await officer.getByRole('button', { name: 'Go on to sign' }).click()
	await officer.getByRole('button', { name: /^Open User administrator with passkey$/ }).click()
	await officer.getByRole('heading', { name: 'in use by Jonas Weidner' }).waitFor()

	// Told at once, and active only on the tenant's own word.
	await owner.goto(origin)
	await owner.getByRole('heading', { name: /Break-glass: 1 use is open/ }).waitFor()
	await page.getByText('active, confirmed by Entra').first().waitFor()
	await look('break-glass-use', page)
	// Its statechart, drawn from the machine, marks where it stands: in the picture, and in words.
	await page.getByText(/^The use of break-glass: /).click()
	const chart = page.getByRole('region', { name: 'Statechart: The use of break-glass' })
	await chart.locator('.statechart-here').getByText('in use').waitFor()
	expect(await chart.locator('.statechart-here').count()).toBe(1)
	const here = page.locator('details.statechart', { has: chart }).locator('li[aria-current="step"]')
	expect(await here.textContent()).toMatch(/^in use.*\(now here\)/)
	// An access by break-glass is marked as one wherever accesses are listed.
	await owner.goto(`${origin}/grants`)
	await owner
		.getByRole('row', { name: /Jonas Weidner/ })
		.getByText('break-glass', { exact: true })
		.waitFor()
	await owner.goto(`${origin}/requests`)
	await owner
		.getByRole('row', { name: /Jonas Weidner/ })
		.getByText('break-glass', { exact: true })
		.waitFor()
	clock.advance(6 * 60_000)
	await page.reload()
	await page.getByRole('button', { name: 'End access now' }).click()
	await page.getByRole('heading', { name: 'the review is owed' }).waitFor()

	await page.goto(`${origin}/break-glass`)
	await page.getByRole('heading', { name: 'Break-glass is barred: B-1 is not settled' }).waitFor()
	await page.getByText('Can review it: Dr. Katharina Brandt').waitFor()
	expect(await page.getByRole('button', { name: 'Go on to sign' }).count()).toBe(0)
	await look('break-glass-barred', page)

	await owner.goto(use)
	await owner.getByRole('radio', { name: 'Justified', exact: true }).check()
	await owner.getByLabel('What you found').fill('The lock-out was real; only accounts were reset')
	await owner.getByRole('button', { name: 'Go on to sign' }).click()
	await owner.getByTestId('decision-digest').waitFor()
	await look('break-glass-review', owner)
	await owner.getByRole('button', { name: 'Sign the review with passkey' }).click()
	await owner.getByRole('heading', { name: 'used by Jonas Weidner, reviewed' }).waitFor()
	await look('break-glass-reviewed', owner)

	await page.goto(`${origin}/break-glass`)
	await page.getByRole('heading', { name: 'Break-glass: you may take a role at once' }).waitFor()
})

test('the sealed procedure is a page to print, and what it led to is recorded from its form', async () => {
	const { origin, clock } = stage.instance
	const { page } = stage.of('security-officer')
	await page.goto(`${origin}/break-glass/procedure`)
	await page.getByRole('heading', { name: 'Sealed procedure: access when Charterkeep is down' }).waitFor()
	expect(await page.getByTestId('charter-digest').textContent()).toMatch(/^[0-9a-f]{64}$/)
	await look('break-glass-procedure', page)
	await page.goto(`${origin}/break-glass/record`)
	const minute = (ms: number) => new Date(clock.now().getTime() + ms).toISOString().slice(0, 16)
	await page.getByLabel('Opened by').fill('Jonas Weidner')
	await page.getByLabel('Witness').fill('Nobody Here')
	await page.getByLabel('Emergency account').fill('emergency-1@btr.example')
	await page.getByLabel('Number of the envelope').fill('E-2026-04')
	await page.getByLabel('From').fill(minute(-2 * 3_600_000))
	await page.getByLabel('Until').fill(minute(-3_600_000))
	await page.getByLabel('What had happened, and what was done').fill('The hall in Frankfurt was down')
	await page.getByRole('button', { name: 'Go on to sign' }).click()
	await page.getByText('Nobody is called exactly so.').first().waitFor()
	await look('break-glass-record', page)
	await page.getByLabel('Witness').fill('Thomas Aschauer')
	await page.getByRole('button', { name: 'Go on to sign' }).click()
	await page.getByRole('button', { name: 'Record it with passkey' }).click()
	await page.getByRole('heading', { name: 'the review is owed' }).waitFor()
	await look('break-glass-offline', page)
})

test('a bundle of all this verifies with the real passkeys, in every part', async () => {
	const { deps, idOf } = stage.instance
	const reader: Actor = {
		personId: idOf('auditor'),
		sessionId: idOf('auditor'),
		displayName: 'Auditor',
		permissions: new Set(['record:export']),
	}
	const { bytes } = await exportBundle(deps, reader, EVERYTHING, { profile: 'auditor', language: 'en' })
	const report = await verify(await wholeOf(bytes), { vkey: deps.signer.vkey })
	expect(report.failures).toEqual([])
	expect(report.counts).toMatchObject({ breakGlass: 2, breakGlassReviewed: 1, signatures: 4 })
	// Judged anew from the facts: the user when they signed, and when the second officer did.
	expect(report.counts.reevaluated).toBe(2)
})
