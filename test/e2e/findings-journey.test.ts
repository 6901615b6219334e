import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { GROUP_BESIDE } from '#app/sandbox/start-sandbox.ts'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import { watchAccounts } from '#app/services/findings/watch-accounts.server.ts'
import { syncTenantUsers } from '#app/services/tenant/sync-users.server.ts'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { verify, wholeOf } from '#test/factories/bundle.ts'
import { withRules } from '#test/factories/charter-text.ts'
import { look, startStage, type Stage } from './stage.ts'

const MINUTE = 60_000
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
const SECURITY_READER = '5d6b6bb7-de71-4623-b4af-96380a352509'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const GLASS = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02'
const GUEST = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a03'
const SECTION = `
  findings:
    outOfBand: { decideWithin: PT4H, otherwise: remove }
    guestOrServicePrincipal: remove
  massRemoval: { most: 1, within: PT1H }
  breakGlassAccounts: [{ objectId: ${GLASS}, title: Envelope in the safe }]
`
const folder = mkdtempSync(join(tmpdir(), 'charterkeep-findings-'))
let stage: Stage<'security-officer' | 'second-security-officer' | 'charter-owner'>

beforeAll(async () => {
	const { charterYaml, peopleYaml } = sampleTexts()
	const charter = join(folder, 'charter.yaml')
	const people = join(folder, 'people.yaml')
	writeFileSync(charter, withRules(SECTION)(charterYaml))
	writeFileSync(people, peopleYaml)
	stage = await startStage(['security-officer', 'second-security-officer', 'charter-owner'], {
		CHARTERKEEP_CHARTER_FILE: charter,
		CHARTERKEEP_PEOPLE_FILE: people,
		CHARTERKEEP_RECONCILE_SECONDS: '10',
	})
	await syncTenantUsers(stage.instance.deps)
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
const round = () => reconcileRound(stage.instance.deps)
async function certain() {
	await round()
	stage.instance.clock.advance(3000)
	await round()
}

test('what somebody gave beside Charterkeep is found, an officer takes it on and has it removed with a passkey', async () => {
	const { origin, clock } = stage.instance
	const officer = stage.of('security-officer').page
	await officer.goto(`${origin}/findings`)
	await officer.getByRole('heading', { name: 'Entra ID holds what was approved' }).waitFor()
	await officer.getByText('Everything that the charter governs is held as it was approved.').waitFor()
	await look('findings-none', officer)

	tenant().assignDirectly(GLASS, USER_ADMINISTRATOR)
	tenant().signIns.add({ userId: GLASS })
	clock.advance(16 * MINUTE)
	await watchAccounts(stage.instance.deps)
	tenant().assignBeside(STRANGER, USER_ADMINISTRATOR)
	clock.advance(6 * MINUTE)
	await certain()
	await officer.goto(`${origin}/`)
	await officer.getByRole('link', { name: '1 finding is open' }).click()
	await officer.getByRole('heading', { name: '1 finding is open' }).waitFor()
	await officer.getByText('assigned past PIM').waitFor()
	expect(await officer.getByTestId('last-sign-in').textContent()).toContain('Signed in')
	await look('findings', officer)
	await officer.getByRole('link', { name: 'F-1' }).first().click()
	await officer.getByRole('heading', { name: 'F-1: waits for a decision' }).waitFor()
	await officer.getByText('Nadja Weiland').first().waitFor()
	await officer.getByRole('button', { name: 'Look after it' }).click()
	await officer.getByRole('button', { name: 'Look after it' }).waitFor({ state: 'detached' })

	// Accepting says why and until when; nothing typed is lost.
	await officer.getByRole('radio', { name: 'Accept it for a time' }).check()
	await officer.getByLabel('For how many days').fill('14')
	await officer.getByRole('button', { name: 'Go on to sign' }).click()
	await officer.getByText('Say why: the next officer reads it.').first().waitFor()
	expect(await officer.getByLabel('For how many days').inputValue()).toBe('14')
	await look('finding-decide', officer)
	await officer.getByRole('radio', { name: 'Remove it' }).check()
	await officer.getByRole('button', { name: 'Go on to sign' }).click()
	await officer.getByTestId('decision-digest').waitFor()
	expect(await officer.getByTestId('consequence').textContent()).toContain('loses it in Entra ID')
	await look('finding-sign', officer)
	await officer.getByRole('button', { name: 'Remove with passkey' }).click()
	await officer.getByText('Signed and recorded.').waitFor()
	const ticking = setInterval(() => clock.advance(500), 100)
	await officer.getByRole('heading', { name: 'F-1: gone, confirmed by Entra' }).waitFor()
	clearInterval(ticking)
	await officer.getByTestId('took').waitFor()
	await look('finding-removed', officer)
	expect(
		tenant()
			.instances()
			.map(({ principalId }) => principalId),
	).toEqual([GLASS])
})

test('more removals than the charter allows are held until two officers sign, in German for the second', async () => {
	const { origin, clock, deps } = stage.instance
	const first = stage.of('security-officer').page
	const second = stage.of('second-security-officer').page
	tenant().assignBeside(GUEST, SECURITY_READER)
	tenant().assignBeside(GUEST, USER_ADMINISTRATOR)
	clock.advance(6 * MINUTE)
	await certain()
	await first.goto(`${origin}/findings`)
	await first.getByText('2 removals are held: more than the charter allows at once').waitFor()
	await first.getByLabel('Reason').fill('One account made both within a minute')
	await look('findings-held', first)
	await first.getByRole('button', { name: 'Go on to sign' }).click()
	await first.getByRole('button', { name: 'Ask with passkey' }).click()
	await first.getByText('Signed and recorded.').waitFor()
	await first.getByText('Another officer must act').waitFor()

	await second.goto(`${origin}/findings`)
	await second.locator('#language').selectOption('de')
	await second.locator('form[action="/preferences"] button').click()
	await second.getByRole('heading', { name: '2 Befunde sind offen' }).waitFor()
	await look('findings-german', second)
	await second.getByRole('button', { name: 'Weiter zur Unterschrift' }).click()
	await second.getByTestId('decision-digest').waitFor()
	await look('findings-release-german', second)
	await second.getByRole('button', { name: 'Mit Passkey freigeben' }).click()
	await second.getByText('Unterschrieben und im Protokoll.').waitFor()
	const ticking = setInterval(() => clock.advance(500), 100)
	await second.getByRole('heading', { name: 'Entra ID hält, was genehmigt wurde' }).waitFor()
	clearInterval(ticking)
	await second.getByRole('link', { name: 'F-2' }).click()
	await second.getByRole('heading', { name: 'F-2: weg, von Entra bestätigt' }).waitFor()
	await look('finding-german', second)

	const owner = stage.of('charter-owner').page
	await owner.goto(`${origin}/findings`)
	await owner.getByRole('heading', { name: 'Entra ID holds what was approved' }).waitFor()
	expect(await owner.getByRole('button', { name: 'Go on to sign' }).count()).toBe(0)

	// Real passkeys signed: the bundle holds for whoever trusts nobody here.
	const auditor = { ...stage.of('security-officer') }
	expect(auditor.page).toBeDefined()
	const actor = {
		personId: stage.instance.idOf('auditor'),
		sessionId: deps.newId(),
		displayName: 'Auditor',
		permissions: new Set(['record:read', 'record:export', 'people:read'] as const),
	}
	const { bytes } = await exportBundle(deps, actor, EVERYTHING, { profile: 'history', language: 'en' })
	const report = await verify(await wholeOf(bytes), { vkey: deps.signer.vkey })
	expect(report.failures).toEqual([])
	expect(report.counts).toMatchObject({ findings: 3, findingsRemoved: 3 })
})

test('what begins later is listed with its begin, after what is so now, and is removed before it begins', async () => {
	const { origin, clock } = stage.instance
	const officer = stage.of('security-officer').page
	const second = stage.of('second-security-officer').page
	// The guard counts removals of the last hour, and nobody is to be signed out meanwhile.
	for (let n = 0; n < 5; n++) {
		clock.advance(13 * MINUTE)
		for (const page of [officer, second]) await page.goto(`${origin}/findings`)
	}
	const inDays = (days: number) => new Date(clock.now().getTime() + days * 24 * 60 * MINUTE)
	tenant().assignLater(STRANGER, USER_ADMINISTRATOR, inDays(9), inDays(9.3))
	tenant().assignLater(STRANGER, SECURITY_READER, inDays(6), inDays(6.3))
	tenant().groups.assignLater(GROUP_BESIDE.id, STRANGER, inDays(8), inDays(8.3))
	clock.advance(3000)
	await certain()
	await officer.goto(`${origin}/findings`)
	await officer
		.getByText(/begins on .*: gives nothing yet/)
		.first()
		.waitFor()
	const open = officer.getByRole('region', { name: 'Open, the most dangerous first' })
	const begins = (await open.getByText(/begins on/).allTextContents()).map(dayIn)
	expect(begins.length).toBeGreaterThan(1)
	expect(begins).not.toContain(NaN)
	expect(begins).toEqual(begins.toSorted((a, b) => a - b))
	await look('findings-later', officer)
	await officer
		.getByRole('row', { name: /begins on/ })
		.first()
		.getByRole('link', { name: /^F-\d+$/ })
		.click()
	await officer.getByRole('heading', { name: /^F-\d+: / }).waitFor()
	await officer.getByText(/begins on .*: gives nothing yet/).waitFor()
	await look('finding-later', officer)
	await officer.getByRole('radio', { name: 'Remove it' }).check()
	await officer.getByRole('button', { name: 'Go on to sign' }).click()
	await officer.getByRole('button', { name: 'Remove with passkey' }).click()
	await officer.getByText('Signed and recorded.').waitFor()
	const ticking = setInterval(() => clock.advance(500), 100)
	await officer.getByRole('heading', { name: /^F-\d+: gone, confirmed by Entra/ }).waitFor()
	clearInterval(ticking)
	await second.goto(`${origin}/findings`)
	await second.locator('#language').selectOption('de')
	await second.locator('form[action="/preferences"] button').click()
	await second
		.getByText(/beginnt am .*: gibt noch nichts/)
		.first()
		.waitFor()
	await look('findings-later-german', second)
})

/** The day of a text such as "begins on 6 Dec 2026 13:13 CET", as a number to compare. */
const dayIn = (text: string) => Date.parse(/on (\d+ \w+ \d+)/.exec(text)?.[1] ?? '')
