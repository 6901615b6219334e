import type { Context } from '@microsoft/microsoft-graph-client'
import { beforeEach, expect, test } from 'vitest'
import type { Lane } from '#app/integrations/graph/buckets.ts'
import { SameTenant } from '#app/integrations/graph/same-tenant.server.ts'
import { inLane, urgencyNow } from '#app/integrations/graph/urgency.server.ts'

/** Which tenant answers is asked before the first call, and nobody waits for a question of somebody less urgent. */

const OWN = '11111111-1111-4111-8111-111111111111'
const OTHER = '22222222-2222-4222-8222-222222222222'
const CALL = 'https://graph.example/v1.0/users'

/** What was asked which tenant it is and has not answered: the lane, and how it answers. */
let questions: { lane: Lane; answer: (id: string) => void; fail: () => void }[]
let passed: Lane[]
let sameTenant: SameTenant
beforeEach(() => {
	questions = []
	passed = []
	sameTenant = new SameTenant({ graphBaseUrl: 'https://graph.example', tenantId: OWN })
	sameTenant.setNext({
		async execute(context: Context) {
			const { lane } = urgencyNow()
			if (context.request === CALL) {
				passed.push(lane)
				context.response = new Response('{}')
				return
			}
			const { promise, resolve } = Promise.withResolvers<Response>()
			questions.push({
				lane,
				answer: (id) => resolve(Response.json({ value: [{ id }] })),
				fail: () => resolve(new Response('', { status: 503 })),
			})
			context.response = await promise
		},
	})
})

const send = async (lane: Lane): Promise<number | undefined> => {
	const context: Context = { request: CALL, options: {} }
	await inLane(lane, () => sameTenant.execute(context))
	return context.response?.status
}
const settled = () => new Promise((done) => setImmediate(done))

test('a removal does not wait for a question that was asked for a reading of everything', async () => {
	const sync = send('sync')
	const removal = send('revoke')
	expect(questions.map(({ lane }) => lane)).toEqual(['sync', 'revoke'])
	questions[1]?.answer(OWN)
	expect(await removal).toBe(200)
	expect(passed).toEqual(['revoke'])
	// The other one goes on when its own question is answered, or at once where it is asked anew.
	expect(await send('sync')).toBe(200)
	questions[0]?.fail()
	expect(await sync).toBe(200)
	expect(questions).toHaveLength(2)
})

test('that it is another tenant stands for everybody, whoever asked anew since and was told nothing', async () => {
	const sync = send('sync')
	const removal = send('revoke')
	await settled()
	questions[1]?.fail()
	expect(await removal).toBe(200)
	questions[0]?.answer(OTHER)
	expect(await sync).toBe(401)
	expect([await send('revoke'), await send('grant')]).toEqual([401, 401])
	expect(questions).toHaveLength(2)
})

test('whoever is less urgent waits for the question that is asked already', async () => {
	const sent = [send('revoke'), send('sync'), send('revoke')]
	await settled()
	expect([questions.length, passed]).toEqual([1, []])
	questions[0]?.answer(OWN)
	expect(await Promise.all(sent)).toEqual([200, 200, 200])
})

test('an answer that says nothing stands for everybody, and lets calls through', async () => {
	const sync = send('sync')
	questions[0]?.fail()
	expect(await sync).toBe(200)
	expect(await send('revoke')).toBe(200)
	expect(questions).toHaveLength(1)
})

test('another tenant gets nothing, whoever asked it', async () => {
	const sync = send('sync')
	const removal = send('revoke')
	questions[1]?.answer(OTHER)
	expect(await removal).toBe(401)
	expect(await send('grant')).toBe(401)
	questions[0]?.answer(OTHER)
	expect(await sync).toBe(401)
	expect(passed).toEqual([])
})
