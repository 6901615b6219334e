import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PRIVILEGED_SIGN_IN } from '#app/sandbox/start-sandbox.ts'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import { look, startStage, type Stage } from './stage.ts'

const GROUP = '7d0c2f4e-5a1b-4c9d-8e3f-2b6a9c0d1e4f'
const ROLE_LINE =
	'entra: { roleTemplateId: 5d6b6bb7-de71-4623-b4af-96380a352509, name: Security Reader, scope: / }'

/** What an officer sees of how the tenant is followed, whose next look is an hour away, as that of its rules is. */
const folder = mkdtempSync(join(tmpdir(), 'charterkeep-findings-trouble-'))
let stage: Stage<'security-officer' | 'auditor'>
let page: Page
beforeAll(async () => {
	const { charterYaml, peopleYaml } = sampleTexts()
	const file = (name: string, text: string) => {
		writeFileSync(join(folder, name), text)
		return join(folder, name)
	}
	const group = `entra: { groupId: ${GROUP}, relation: member, name: Readers }`
	stage = await startStage(['security-officer', 'auditor'], {
		CHARTERKEEP_CHARTER_FILE: file('charter.yaml', charterYaml.replace(ROLE_LINE, group)),
		CHARTERKEEP_PEOPLE_FILE: file('people.yaml', peopleYaml),
		CHARTERKEEP_RECONCILE_SECONDS: '3600',
		CHARTERKEEP_GROUP_DELTA_SECONDS: '5',
	})
	page = stage.of('security-officer').page
}, 300_000)
afterAll(async () => {
	await stage.stop()
	rmSync(folder, { recursive: true, force: true })
}, 60_000)

const tenant = () => {
	const { sandbox } = stage.instance
	if (sandbox === null) throw new Error('The sandbox was not started.')
	return sandbox
}

test('the page says that the tenant tells of changes, and since when it does not say what changed in groups', async () => {
	await page.goto(`${stage.instance.origin}/findings`)
	await page.getByText('Entra ID tells of changes in 2 of 2 places').waitFor()
	await page.getByTestId('group-changes').getByText('Last asked').waitFor()
	await look('95-findings-followed', page)
	tenant().faults.stand('delta', {
		method: /GET/,
		path: /groups\/delta/,
		fault: { kind: 'status', status: 403, when: 'before' },
	})
	await page.getByText('Entra ID does not say what changed in 1 of 1 governed groups, since').waitFor()
	await page.getByText('give the app registration GroupMember.Read.All').waitFor()
	await look('96-findings-delta-trouble', page)
	const auditor = stage.of('auditor').page
	await auditor.goto(`${stage.instance.origin}/findings`)
	await auditor.getByText('give the app registration GroupMember.Read.All').waitFor()
	expect(await auditor.getByRole('button', { name: 'Look at everything now' }).count()).toBe(0)
	await auditor.locator('#language').selectOption('de')
	await auditor.locator('form[action="/preferences"] button').click()
	await auditor.getByText('Die App-Registrierung braucht GroupMember.Read.All').waitFor()
	await look('97-findings-delta-trouble-german', auditor)
	tenant().faults.lift('delta')
	stage.instance.clock.advance(6 * 60_000)
	await page.getByText('Entra ID does not say what changed').waitFor({ state: 'detached' })
})

test('an officer who asks has a policy that became weaker found at once, and without scripts as well', async () => {
	tenant().conditionalAccess.put({ ...PRIVILEGED_SIGN_IN, state: 'disabled' })
	// As a form without scripts sends it: the answer is the page, which says that a look comes.
	const bare = await stage.browser.newContext({
		javaScriptEnabled: false,
		storageState: await page.context().storageState(),
	})
	const plain = await bare.newPage()
	await plain.goto(`${stage.instance.origin}/findings`)
	await plain.getByRole('button', { name: 'Look at everything now' }).click()
	await plain.waitForURL(/\/findings$/)
	await page.getByRole('heading', { level: 1, name: '1 finding is open' }).waitFor()
	await page.getByText('Weaker policies').first().waitFor()
	await page.getByRole('button', { name: 'Look at everything now' }).waitFor()
	await bare.close()
})
