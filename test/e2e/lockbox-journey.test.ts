import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pollProviders } from '#app/services/lockbox/poll-providers.server.ts'
import { followAnswers } from '#app/jobs/lockbox-loop.server.ts'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import { factsChanged } from '#app/services/lapse/facts-changed.server.ts'
import { lockPeople } from '#db/queries/people.ts'
import { appointments } from '#db/schema/index.ts'
import type { Actor } from '#app/services/actor.ts'
import { verify, wholeOf } from '#test/factories/bundle.ts'
import { insertBoundary } from '#test/factories/lockbox.ts'
import { look, startStage, type Stage } from './stage.ts'

const HOUR = 3_600_000
let stage: Stage<'duty-officer' | 'data-owner' | 'security-officer' | 'auditor'>

beforeAll(async () => {
	stage = await startStage(['duty-officer', 'data-owner', 'security-officer', 'auditor'])
	const { deps, idOf } = stage.instance
	await insertBoundary(deps, idOf('security-officer'), 'azure')
	await insertBoundary(deps, idOf('security-officer'), 'm365')
	await insertBoundary(deps, idOf('security-officer'), 'other')
}, 300_000)
afterAll(async () => {
	await stage.stop()
}, 60_000)

const arm = () => {
	const { arm: sandbox } = stage.instance
	if (sandbox === null) throw new Error('The sandbox was not started.')
	return sandbox
}

test('a request arrives from the provider, two approvers sign, it is approved there, and its end is followed', async () => {
	const { origin, clock, deps } = stage.instance
	const duty = stage.of('duty-officer').page
	const owner = stage.of('data-owner').page
	const number = arm().ask({ duration: '0.25' })
	await pollProviders(deps)

	await duty.goto(`${origin}/queue`)
	await duty.getByRole('link', { name: '1 lockbox request waits for you' }).click()
	await duty.getByRole('heading', { name: '1 request waits for an answer' }).waitFor()
	await duty.getByText('needs your decision').first().waitFor()
	await look('lockbox', duty)
	await duty.getByRole('link', { name: 'L-1' }).click()
	await duty.getByRole('heading', { name: 'L-1: waiting for decisions' }).waitFor()
	// Nobody is said to have been vetted at the provider.
	expect(await duty.getByTestId('lockbox-who').textContent()).toContain('Charterkeep has vetted nobody')
	expect(await duty.getByText('not disclosed by provider').count()).toBe(3)
	await look('lockbox-request', duty)
	const here = duty.url()
	await duty.getByRole('radio', { name: 'Deny' }).check()
	await duty.getByRole('button', { name: 'Go on to sign' }).click()
	await duty.getByText('Say why you deny').first().waitFor()
	await duty.getByRole('radio', { name: 'Approve' }).check()
	await duty.getByRole('button', { name: 'Go on to sign' }).click()
	await duty.getByTestId('decision-digest').waitFor()
	expect(await duty.getByTestId('consequence').textContent()).toContain('Nothing is sent to the provider yet')
	await look('lockbox-sign', duty)
	await duty.getByRole('button', { name: 'Approve with passkey' }).click()
	await duty.getByText('Signed and recorded.').waitFor()
	expect(arm().answers()).toEqual([])

	await owner.goto(here)
	await owner.getByText('Thomas Aschauer approved').waitFor()
	await owner.getByRole('radio', { name: 'Approve' }).check()
	await owner.getByRole('button', { name: 'Go on to sign' }).click()
	await owner.getByTestId('decision-digest').waitFor()
	expect(await owner.getByTestId('consequence').textContent()).toContain('the provider is told yes, once')
	await owner.getByRole('button', { name: 'Approve with passkey' }).click()
	await owner.getByRole('heading', { name: 'L-1: access open' }).waitFor()
	expect(arm().answers()).toMatchObject([{ requestId: number, status: 'Approve' }])
	await owner.getByTestId('exchanges').getByText('The provider said “Approved”').waitFor()
	await look('lockbox-open', owner)

	clock.advance(16 * 60_000)
	await followAnswers(deps)
	await owner.reload()
	await owner.getByRole('heading', { name: 'L-1: access over' }).waitFor()
	await owner.getByText('The access is over: the provider says so.').waitFor()
	await look('lockbox-over', owner)
})

test('another is denied with a reason that the provider gets, in German', async () => {
	const { origin, deps } = stage.instance
	const { page } = stage.of('duty-officer')
	const number = arm().ask({ justification: 'Support asks for the whole disk.' })
	await pollProviders(deps)
	await page.goto(`${origin}/lockbox`)
	await page.locator('#language').selectOption('de')
	await page.locator('form[action="/preferences"] button').click()
	await page.getByRole('heading', { name: '1 Anfrage wartet auf Antwort' }).waitFor()
	await look('lockbox-german-list', page)
	await page.getByRole('link', { name: 'L-2' }).click()
	await page.getByRole('heading', { name: 'L-2: wartet auf Entscheidung' }).waitFor()
	await look('lockbox-german', page)
	await page.getByRole('radio', { name: 'Ablehnen' }).check()
	await page.getByLabel('Begründung').fill('Ein Auszug der Protokolle genügt')
	await page.getByRole('button', { name: 'Weiter zur Unterschrift' }).click()
	await page.getByRole('button', { name: 'Mit Passkey ablehnen' }).click()
	await page.getByRole('heading', { name: 'L-2: abgelehnt' }).waitFor()
	expect(arm().answers().at(-1)).toMatchObject({ requestId: number, status: 'Deny' })
	expect(arm().answers().at(-1)?.reason).toContain('Ein Auszug der Protokolle genügt')
	await page.locator('#language').selectOption('en')
	await page.locator('form[action="/preferences"] button').click()
	await page.getByRole('heading', { name: 'L-2: denied' }).waitFor()
})

test('approved past us at the provider it is an alarm nobody can miss', async () => {
	const { origin, deps } = stage.instance
	const { page } = stage.of('security-officer')
	const number = arm().ask()
	await pollProviders(deps)
	arm().set(number, 'Approved')
	await pollProviders(deps)
	await page.goto(`${origin}/lockbox`)
	await page.getByRole('heading', { name: '1 access to customer content is open' }).waitFor()
	await page.getByText('not decided by us').first().waitFor()
	await page.getByRole('link', { name: 'L-3' }).click()
	await page.getByText('Somebody approved this at the provider, past our stages.').waitFor()
	await look('lockbox-overtaken', page)
	await page.goto(origin)
	await page
		.getByRole('heading', { name: 'Customer content is open to somebody whom nobody here let in' })
		.waitFor()
	await page.getByRole('link', { name: 'L-3' }).waitFor()
	await look('lockbox-home', page)
	await page.goto(`${origin}/inbox`)
	await page.getByText('somebody decided at the provider, past us').first().waitFor()
})

test('without scripts requests are brought in by hand and from the output of Microsoft 365, and nothing typed is lost', async () => {
	const { origin, clock } = stage.instance
	const persona = stage.of('security-officer')
	const context = await stage.browser.newContext({ locale: 'en-GB', javaScriptEnabled: false })
	await context.addCookies(await persona.context.cookies())
	const still = await context.newPage()
	await still.goto(`${origin}/lockbox/new`)
	await still.getByLabel('Output').fill('RequestId : EXSR1')
	await still.getByRole('button', { name: 'Bring it in' }).click()
	await still.getByText('This is no JSON.').first().waitFor()
	expect(await still.getByLabel('Output').inputValue()).toBe('RequestId : EXSR1')
	await look('lockbox-import', persona.page)
	const created = new Date(clock.now().getTime() - 60_000).toISOString()
	await still
		.getByLabel('Output')
		.fill(
			JSON.stringify({ RequestId: 'EXSR1', ApprovalStatus: 'Pending', CreatedDate: created, Duration: 4 }),
		)
	await still.getByRole('button', { name: 'Bring it in' }).click()
	await still.getByText('Brought in: 1, of which new: 1.').waitFor()

	await still.getByRole('link', { name: 'Bring a request in' }).click()
	await still.getByRole('link', { name: 'By mail, telephone or a portal' }).click()
	const minute = (ms: number) => new Date(clock.now().getTime() + ms).toISOString().slice(0, 16)
	await still.getByLabel('Boundary').selectOption({ label: 'Tax registers (other) (archive hosting)' })
	await still.getByLabel("Provider's number").fill('CASE-9')
	await still.getByLabel('Cause').fill('Disk of the archive is failing')
	await still.getByLabel('When it was asked (UTC)').fill(minute(-HOUR))
	await still.getByLabel('Until when an answer counts (UTC)').fill(minute(-HOUR / 2))
	await still.getByLabel('For how many hours').fill('2')
	await still.getByLabel('Type').fill('Disk exchange')
	await still.getByLabel('Scope').fill('One disk')
	await still.getByLabel('Country').fill('ES')
	await still.getByRole('button', { name: 'Record the request' }).click()
	await still.getByText('an answer counts until later than now').first().waitFor()
	expect(await still.getByLabel('Cause').inputValue()).toBe('Disk of the archive is failing')
	await still.getByLabel('Until when an answer counts (UTC)').fill(minute(24 * HOUR))
	await still.getByRole('button', { name: 'Record the request' }).click()
	await still.getByRole('heading', { name: 'L-5: waiting for decisions' }).waitFor()
	expect(await still.getByTestId('lockbox-who').textContent()).toContain('Nobody here has vetted it')
	await persona.page.goto(`${origin}/lockbox/new?how=hand`)
	await persona.page.getByRole('button', { name: 'Record the request' }).waitFor()
	await look('lockbox-hand', persona.page)
	await persona.page.goto(`${origin}/lockbox/new?how=inside`)
	await persona.page.getByRole('button', { name: 'Send the request' }).waitFor()
	await look('lockbox-inside', persona.page)
	await context.close()
})

test('what an approval by hand rested on falls before it is carried over: the page says not to send it', async () => {
	const { origin, deps, idOf } = stage.instance
	const { page } = stage.of('security-officer')
	for (const persona of ['duty-officer', 'data-owner'] as const) {
		const decider = stage.of(persona).page
		await decider.goto(`${origin}/lockbox`)
		await decider.getByRole('link', { name: 'L-4' }).click()
		await decider.getByRole('radio', { name: 'Approve' }).check()
		await decider.getByRole('button', { name: 'Go on to sign' }).click()
		await decider.getByRole('button', { name: 'Approve with passkey' }).click()
		await decider.getByText('Signed and recorded.').waitFor()
	}
	await page.goto(`${origin}/lockbox`)
	await page.getByRole('link', { name: 'L-4' }).click()
	await page.getByTestId('command').waitFor()
	await look('lockbox-carry', page)
	// Whoever approved first is no duty officer any more.
	await deps.database.withTx(async (tx) => {
		await lockPeople(tx, [idOf('duty-officer')], 'update')
		await tx.delete(appointments).where(eq(appointments.personId, idOf('duty-officer')))
		await factsChanged(tx, deps, [idOf('duty-officer')])
	})
	await page.reload()
	await page.getByRole('heading', { name: 'Do not send it' }).waitFor()
	expect(await page.getByTestId('do-not-send').textContent()).toContain('Somebody who approved')
	expect(await page.getByTestId('command').count()).toBe(0)
	expect(await page.getByRole('button', { name: 'I have sent it' }).count()).toBe(0)
	await look('lockbox-do-not-send', page)
})

test('the auditor finds what providers were let in to beside the accesses, by who decided and by boundary', async () => {
	const { origin } = stage.instance
	const { page } = stage.of('auditor')
	await page.goto(`${origin}/audit`)
	await page.getByRole('heading', { name: 'Requests for customer content' }).waitFor()
	await page.getByText('5 requests of providers or from inside.').waitFor()
	await page.getByText('decided at the provider, not here').waitFor()
	await look('lockbox-audit', page)
	await page.getByText('Boundaries at providers: all').click()
	await page.getByLabel('Tax registers (m365)').check()
	await page.getByRole('button', { name: 'Filter', exact: true }).click()
	await page.getByText('Only customer content of 1 boundary.').waitFor()
	await page.getByRole('link', { name: 'L-4' }).waitFor()
	expect(await page.getByRole('link', { name: 'L-1' }).count()).toBe(0)
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
	expect(report.counts).toMatchObject({ lockbox: 5, lockboxOutOfBand: 1, signatures: 5, reevaluated: 5 })
	expect(report.accesses.filter(({ lockbox }) => lockbox !== null)).toHaveLength(5)
	expect(report.accesses.find(({ lockbox }) => lockbox?.isOutOfBand)).toMatchObject({ state: 'active' })
})
