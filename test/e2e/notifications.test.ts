import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import { findings } from '#db/schema/index.ts'
import { startInstance, type Instance } from './instance.ts'

const GROUP = '7d0c2f4e-5a1b-4c9d-8e3f-2b6a9c0d1e4f'
const STRANGER = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a01'
const ROLE_LINE =
	'entra: { roleTemplateId: 5d6b6bb7-de71-4623-b4af-96380a352509, name: Security Reader, scope: / }'

/** The tenant tells a whole Charterkeep of changes over HTTP, while its own next look is an hour away. */
let instance: Instance
let folder: string
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-notifications-'))
	const { charterYaml, peopleYaml } = sampleTexts()
	const file = (name: string, text: string) => {
		writeFileSync(join(folder, name), text)
		return join(folder, name)
	}
	const group = `entra: { groupId: ${GROUP}, relation: member, name: Readers }`
	instance = await startInstance({
		CHARTERKEEP_CHARTER_FILE: file('charter.yaml', charterYaml.replace(ROLE_LINE, group)),
		CHARTERKEEP_PEOPLE_FILE: file('people.yaml', peopleYaml),
		CHARTERKEEP_RECONCILE_SECONDS: '3600',
	})
}, 120_000)
afterAll(async () => {
	await instance.stop()
	rmSync(folder, { recursive: true, force: true })
}, 60_000)

const until = async (isSo: () => boolean | Promise<boolean>) => {
	while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 100))
}

test('somebody put into a governed group beside Charterkeep is found by the notification', async () => {
	const { sandbox, deps } = instance
	if (sandbox === null) throw new Error('The sandbox was not started.')
	await until(() => sandbox.subscriptions.all().length === 2)
	const found = () => deps.database.db.select().from(findings)
	const before = (await found()).length
	sandbox.groups.change(GROUP, STRANGER, true)
	await until(async () => (await found()).length > before)
	const all = await found()
	expect(all.some(({ context }) => context.difference.principalId === STRANGER)).toBe(true)
})

test('what is sent without a session or an origin is taken there and nowhere else, and no more than a delivery’s worth', async () => {
	const send = (path: string, body: string, headers: Record<string, string> = {}) =>
		fetch(`${instance.origin}${path}`, { method: 'POST', body, headers })
	const answer = await send('/graph/notifications?validationToken=a%20b', '')
	expect([answer.status, await answer.text()]).toEqual([200, 'a b'])
	expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
	expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
	expect(
		(await send('/graph/notifications', '{"value":[{"subscriptionId":"x","clientState":"y"}]}')).status,
	).toBe(202)
	expect((await send('/graph/notifications', 'x'.repeat(1_000_001))).status).toBe(413)
	const inPieces = new ReadableStream({
		start(controller) {
			controller.enqueue(new TextEncoder().encode('{"value":'))
			controller.enqueue(new TextEncoder().encode('[]}'))
			controller.close()
		},
	})
	const chunked = { method: 'POST', body: inPieces, duplex: 'half' } as RequestInit
	expect((await fetch(`${instance.origin}/graph/notifications`, chunked)).status).toBe(202)
	expect((await send('/preferences', '')).status).toBe(403)
})
