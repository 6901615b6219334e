import { afterAll, beforeAll, expect, test } from 'vitest'
import { look, startStage, type Stage } from './stage.ts'
import { sign } from './acts.ts'

/** A charter that names what Entra ID cannot give says so before anybody asks for it, to whoever writes and whoever signs it. */

const PERSONAS = ['charter-owner', 'second-charter-owner', 'operator'] as const
type Name = (typeof PERSONAS)[number]
const HELPDESK = '729827e3-9c14-49f7-bb1b-9608f156bbb8'
const NOT_THERE = '33333333-3333-4333-8333-333333333333'
const GROUP = '44444444-4444-4444-8444-444444444444'

let stage: Stage<Name>
let amendment = ''
beforeAll(async () => {
	stage = await startStage(PERSONAS)
	// A configured tenant, as far as pages know: of the sandbox nothing is a warning.
	Object.assign(stage.instance.deps.tenant, { kind: 'entra', name: 'Federal tenant' })
})
afterAll(() => stage?.stop())

const pageOf = (name: Name) => stage.of(name).page
const places = (name: Name) => pageOf(name).getByTestId('places')

test('the charter in force says that every place can be given, and what is known of each', async () => {
	const page = pageOf('operator')
	await page.goto(`${stage.instance.origin}/charter`)
	await expect
		.poll(
			async () => {
				await page.reload()
				return places('operator').innerText()
			},
			{ timeout: 20_000 },
		)
		.toContain('Every place that this charter names is in Federal tenant and can be given.')
	await look('100-places-fit', page)
})

test('a draft shows what cannot be given once it has been looked at, by itself', async () => {
	stage.instance.sandbox?.groups.put({ id: GROUP, displayName: 'Mail clerks', managed: 'dynamic' })
	const page = pageOf('charter-owner')
	await page.goto(`${stage.instance.origin}/charter/amendments/new`)
	const yaml = await page.locator('#yaml').inputValue()
	await page
		.locator('#yaml')
		.fill(
			yaml
				.replace(HELPDESK, NOT_THERE)
				.replace(
					/entra: \{ roleTemplateId: [^,]*, name: Exchange Administrator[^}]*\}/,
					`entra: { groupId: ${GROUP}, relation: member, name: Mail clerks }`,
				),
		)
	await page.getByLabel('Why does the charter change?').fill('Help desk and mail are given in another way.')
	await page.getByRole('button', { name: 'Check and save the draft' }).click()
	await page.getByRole('heading', { name: 'Version 2 is a draft' }).waitFor()
	amendment = page.url()
	await page.getByText('2 places that this charter names cannot be given').waitFor({ timeout: 20_000 })
	await page.getByText(`Entra ID has no directory role with the template id ${NOT_THERE}.`).waitFor()
	await page.getByText('The group Mail clerks is filled by a rule').waitFor()
	await look('101-places-draft', page)
})

test('the editor names the role, what to do and by whom, and leads to its line', async () => {
	const page = pageOf('charter-owner')
	await page.goto(`${amendment}/edit`)
	const told = page.getByTestId('editor-places')
	await told.getByRole('heading', { name: '2 roles of this text cannot be given in Entra ID' }).waitFor()
	await look('102-places-editor', page)
	await told
		.locator('li')
		.filter({ hasText: NOT_THERE })
		.getByRole('button', { name: /^Line \d+$/ })
		.click()
	const chosen = await page
		.locator('#yaml')
		.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd))
	expect(chosen).toContain(NOT_THERE)
})

test('whoever signs reads it before, in both languages, and may sign all the same', async () => {
	const page = pageOf('charter-owner')
	await page.goto(amendment)
	await page.getByRole('button', { name: 'Propose for signature' }).click()
	await page.getByRole('heading', { name: 'Version 2 waits for signatures: 0 of 2' }).waitFor()
	const second = pageOf('second-charter-owner')
	await second.goto(amendment)
	await second.getByText('2 places that this charter names cannot be given').waitFor()
	await second.getByLabel('Language').selectOption('de')
	await second.getByRole('button', { name: 'Apply' }).click()
	await second.getByText('2 Plätze, die diese Charta nennt, können nicht vergeben werden').waitFor()
	await look('103-places-german', second)
	await second.locator('#language').selectOption('en')
	await second.locator('form[action="/preferences"] button').click()
	await second.getByRole('radio', { name: 'Sign it' }).check()
	await second.getByRole('button', { name: 'Review what you will sign' }).click()
	await second.getByTestId('decision-digest').waitFor()
	await second.getByText(/Cannot be given: /).waitFor()
	await look('104-places-sign', second)
	await sign(second)
	await second.getByRole('heading', { name: 'Version 2 waits for signatures: 1 of 2' }).waitFor()
})

test('in the sandbox it is a sentence and no warning', async () => {
	Object.assign(stage.instance.deps.tenant, { kind: 'sandbox', name: 'Sandbox tenant' })
	const page = pageOf('charter-owner')
	await page.goto(amendment)
	await page.getByText('No Entra tenant is set, so that the places were looked up in the sandbox').waitFor()
	expect(await places('charter-owner').locator('.notice-bad, .error').count()).toBe(0)
	await look('105-places-sandbox', page)
})

test('without JavaScript the page says the same', async () => {
	const { context } = stage.of('charter-owner')
	const plain = await stage.browser.newContext({
		javaScriptEnabled: false,
		storageState: await context.storageState(),
		locale: 'en-GB',
	})
	try {
		const page = await plain.newPage()
		await page.goto(amendment)
		await page.getByRole('heading', { name: 'Places in Entra ID' }).waitFor()
		expect(await page.getByTestId('places').innerText()).toContain(NOT_THERE)
	} finally {
		await plain.close()
	}
})
