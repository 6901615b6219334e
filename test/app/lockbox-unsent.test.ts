import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '#app/services/actor.ts'
import type { Deps } from '#app/services/deps.ts'
import { reportSeen, reportSent } from '#app/services/lockbox/report.server.ts'
import { settleLockboxes } from '#app/services/lockbox/settle-lockboxes.server.ts'
import { showLockbox } from '#app/services/lockbox/show-lockbox.server.ts'
import { showLockboxes } from '#app/services/lockbox/show-lockboxes.server.ts'
import { showSuspension } from '#app/services/suspension/show-suspension.server.ts'
import { prepareSuspension, signSuspension } from '#app/services/suspension/sign-suspension.server.ts'
import { ledgerPending } from '#db/schema/index.ts'
import { insertBoundary } from '#test/factories/lockbox.ts'
import { toldTo } from './acts.ts'
import { lockboxActs } from './lockbox-acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'

let app: TestApp
let [otherId, m365Id] = ['', '']
let officer: Actor
const duty = () => app.actor('duty-officer-operator')
const acts = () => lockboxActs(app)

beforeAll(async () => {
	app = await createTestApp()
	officer = app.actor('security-officer')
	otherId = await insertBoundary(app.deps, officer.personId, 'other')
	m365Id = await insertBoundary(app.deps, officer.personId, 'm365')
})
afterAll(async () => {
	await app.stop()
})

async function suspend(personId: string): Promise<void> {
	const by = app.actor('second-security-officer')
	const reason = 'Reported missing with a device'
	const { challengeId } = await prepareSuspension(app.deps, by, { personId, step: 'suspend', reason })
	await signSuspension(app.deps, by, {
		personId,
		step: 'suspend',
		challengeId,
		response: app.answerOf(by),
	})
}
const kindsOf = async (requestId: string) =>
	(await app.deps.database.db.select().from(ledgerPending).orderBy(ledgerPending.seq)).flatMap(
		({ kind, leaf }) =>
			kind.startsWith('lockbox.') && Buffer.from(leaf).toString('utf8').includes(requestId) ? [kind] : [],
	)
const told = async (requestId: string) =>
	(await toldTo(app, officer)).filter(({ subjectId }) => subjectId === requestId).map(({ kind }) => kind)
/** As if a charter without a lockbox section had come into force, and nobody had looked yet. */
const withoutSection = (): Deps => ({
	...app.deps,
	charters: {
		...app.deps.charters,
		inForce: async (...asked) => {
			const found = await app.deps.charters.inForce(...asked)
			const { lockbox: _, ...charter } = found.charter
			return { ...found, id: app.deps.newId(), charter }
		},
	},
})

describe('a yes that a person is to carry over', () => {
	test('is stopped when somebody who approved is suspended after the quorum: the page says not to send, and nobody can say they did', async () => {
		const id = await acts().byHand(m365Id, { providerRequestId: 'EXSR0001' })
		await acts().approveAll(id, app.actor('duty-officer'))
		expect(await showLockbox(app.deps, officer, id)).toMatchObject({
			state: 'approving',
			doNotSend: [],
			mayReportSent: true,
			needsYou: 'carry',
			command: expect.stringContaining('EXSR0001') as string,
		})
		const before = await showSuspension(app.deps, officer, app.actor('duty-officer').personId)
		expect(before.preview).toMatchObject({ lockboxes: 1 })
		await suspend(app.actor('duty-officer').personId)
		const view = await showLockbox(app.deps, officer, id)
		expect(view).toMatchObject({
			state: 'sendFailed',
			context: { failure: 'RULED_OUT' },
			doNotSend: ['APPROVER_LAPSED'],
			mayReportSent: false,
			command: null,
			needsYou: null,
		})
		expect(await told(id)).toContain('lockbox_send_failed')
		await expect(reportSent(app.deps, officer, id)).rejects.toMatchObject({
			code: 'LOCKBOX_RULED_OUT',
			details: { codes: ['APPROVER_LAPSED'] },
		})
		expect(await kindsOf(id)).not.toContain('lockbox.sending')
		expect((await kindsOf(id)).filter((kind) => kind === 'lockbox.send_failed')).toHaveLength(1)
		const after = await showSuspension(app.deps, officer, app.actor('duty-officer').personId)
		expect(after.current?.effects).toContainEqual(
			expect.objectContaining({
				kind: 'lockbox_approval',
				lockbox: { id, number: view.number },
				state: 'done',
			}),
		)
		// It had been carried over all the same: what is open is told, and followed to its end.
		expect(await reportSeen(app.deps, officer, { requestId: id, seen: 'approved', note: 'Mail' })).toBe(
			'approvedAtProvider',
		)
	})

	test('is stopped when the charter no longer allows it, by whoever looks first', async () => {
		const { byHand, approveAll, rowOf } = acts()
		const [swept, reported, looked] = [await byHand(otherId), await byHand(otherId), await byHand(otherId)]
		for (const id of [swept, reported, looked]) await approveAll(id, duty())
		const deps = withoutSection()
		// The page alone changes nothing, and offers nothing to send.
		expect(await showLockbox(deps, officer, looked)).toMatchObject({
			state: 'approving',
			doNotSend: ['NO_LOCKBOX_SECTION'],
			mayReportSent: false,
		})
		await expect(reportSent(deps, officer, reported)).rejects.toMatchObject({ code: 'LOCKBOX_RULED_OUT' })
		expect(await rowOf(reported)).toMatchObject({ state: 'sendFailed', context: { failure: 'RULED_OUT' } })
		await settleLockboxes(deps)
		await settleLockboxes(deps)
		for (const id of [swept, looked]) {
			expect(await rowOf(id)).toMatchObject({ state: 'sendFailed', context: { failure: 'RULED_OUT' } })
			expect((await kindsOf(id)).filter((kind) => kind === 'lockbox.send_failed')).toHaveLength(1)
		}
		const { waiting } = await showLockboxes(deps, officer)
		expect(waiting.find(({ id }) => id === swept)?.needsYou).toBeNull()
	})

	test('that was said to be carried over stays so, and is not to be sent a second time', async () => {
		const { byHand, approveAll, rowOf } = acts()
		const id = await byHand(otherId)
		await approveAll(id, duty())
		await reportSent(app.deps, officer, id)
		const deps = withoutSection()
		await settleLockboxes(deps)
		expect(await rowOf(id)).toMatchObject({ state: 'approving', context: { attempts: 1, failure: null } })
		expect(await showLockbox(deps, officer, id)).toMatchObject({
			doNotSend: ['NO_LOCKBOX_SECTION'],
			mayReportSent: false,
		})
		await expect(reportSent(deps, officer, id)).rejects.toMatchObject({ code: 'LOCKBOX_RULED_OUT' })
		expect((await rowOf(id)).context.attempts).toBe(1)
	})

	test('of one of ours who is suspended: unsent it is denied, sent it is an alarm that nobody can send again', async () => {
		const { fromInside, approveAll, rowOf } = acts()
		const operator = app.actor('second-operator')
		const [waiting, agreed, sent, open] = [
			await fromInside(otherId, operator),
			await fromInside(otherId, operator),
			await fromInside(otherId, operator),
			await fromInside(otherId, operator),
		]
		for (const id of [agreed, sent, open]) await approveAll(id, duty())
		for (const id of [sent, open]) await reportSent(app.deps, officer, id)
		await reportSeen(app.deps, officer, { requestId: open, seen: 'approved', note: 'By telephone' })
		expect((await showSuspension(app.deps, officer, operator.personId)).preview).toMatchObject({
			lockboxes: 4,
		})
		await suspend(operator.personId)
		for (const id of [waiting, agreed])
			expect(await rowOf(id)).toMatchObject({ state: 'denying', context: { answer: 'deny' } })
		expect(await rowOf(sent)).toMatchObject({
			state: 'approving',
			context: { requesterFell: { code: 'SUSPENDED' } },
		})
		expect(await showLockbox(app.deps, officer, sent)).toMatchObject({ mayReportSent: false })
		await expect(reportSent(app.deps, officer, sent)).rejects.toMatchObject({
			code: expect.stringMatching(/^LOCKBOX_(RULED_OUT|CLOSED)$/) as string,
		})
		expect((await rowOf(sent)).context.attempts).toBe(1)
		const { current } = await showSuspension(app.deps, officer, operator.personId)
		const effects = (current?.effects ?? []).filter(({ kind }) => kind === 'lockbox')
		expect(effects.map(({ id, state }) => [id, state]).sort()).toEqual(
			[
				[waiting, 'done'],
				[agreed, 'done'],
				[sent, 'alarm'],
				[open, 'alarm'],
			].sort(),
		)
		// A denial is carried over as before.
		expect(await showLockbox(app.deps, officer, agreed)).toMatchObject({ mayReportSent: true, doNotSend: [] })
		await reportSent(app.deps, officer, agreed)
	})
})
