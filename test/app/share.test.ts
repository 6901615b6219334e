import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '#app/services/actor.ts'
import { createShare } from '#app/services/audit/share/create-share.server.ts'
import { endShare, showShares } from '#app/services/audit/share/list-shares.server.ts'
import { openShare, takeShare } from '#app/services/audit/share/open-share.server.ts'
import type { Question } from '#app/services/audit/question/answer-question.server.ts'
import { prepareSuspension, signSuspension } from '#app/services/suspension/sign-suspension.server.ts'
import { hashToken } from '#app/services/sign-in/tokens.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { beginShare, insertPiece, purgeShares } from '#db/queries/shares.ts'
import { sharePieces, shares, suspensions } from '#db/schema/index.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const DAY = 86_400_000
let app: TestApp
let auditor: Actor
let question: Question

beforeEach(async () => {
	app = await createTestApp()
	auditor = app.actor('auditor')
	const from = app.clock.now()
	const { charterId } = await app.deps.charters.inForce(app.deps.database.db)
	question = { charterId, from, until: new Date(from.getTime() + DAY), zone: 'Europe/Berlin' }
	app.clock.advance(1000)
})
afterEach(async () => {
	await app.stop()
})

const share = async (days = 7) => {
	const made = await createShare(app.deps, auditor, question, { days, profile: 'history', language: 'en' })
	return { ...made, token: made.url.split('/').at(-1) ?? '' }
}
const pieces = () => app.deps.database.db.select().from(sharePieces)
const housekeeping = () => app.deps.database.withTx((tx) => purgeShares(tx, app.clock.now()))

async function take(token: string): Promise<Buffer> {
	const chunks: Uint8Array[] = []
	for await (const piece of (await takeShare(app.deps, token)).pieces) chunks.push(piece)
	return Buffer.concat(chunks)
}

async function leaves(...kinds: string[]) {
	await sequencePending(app.deps)
	const { rows } = await app.deps.database.pool.query<{ leaf: Buffer }>(
		'select leaf from ledger_entries where kind = any($1) order by index',
		[kinds],
	)
	return rows.map(({ leaf }) => parseLeaf(leaf.toString()))
}

describe('a share link', () => {
	test('gives the answer and the very file that was made, and every opening is an entry of nobody', async () => {
		const { token, shareId, expiresAt } = await share()
		const view = await openShare(app.deps, token)
		expect(view.answer).toMatchObject({ counts: { accesses: 0 }, zone: 'Europe/Berlin' })
		expect(view.expiresAt).toBe(expiresAt.toISOString())
		expect(Object.keys(view).sort()).toEqual(
			['answer', 'expiresAt', 'fileBytes', 'fileName', 'fileSha256', 'vkey'].sort(),
		)
		await openShare(app.deps, token)
		const file = await take(token)
		expect(file.length).toBe(view.fileBytes)
		expect(createHash('sha256').update(file).digest('hex')).toBe(view.fileSha256)
		expect(await leaves('record.shared', 'record.read')).toMatchObject([
			{ kind: 'record.shared', actor: auditor.personId, open: { shareId } },
			{ kind: 'record.read', actor: null, open: { view: 'shared' } },
			{ kind: 'record.read', actor: null, open: { view: 'shared' } },
			{ kind: 'record.read', actor: null, open: { view: 'shared' } },
		])
	})

	test('is stored by its hash alone', async () => {
		const { token } = await share()
		const { rows } = await app.deps.database.pool.query<{ row: string }>(
			'select s::text as row from shares s',
		)
		expect(rows[0]?.row).not.toContain(token)
	})

	test('that is unknown, has ended or has expired looks the same, and leaves no entry', async () => {
		const [ended, expired] = [await share(), await share(1)]
		await endShare(app.deps, auditor, ended.shareId)
		app.clock.advance(DAY + 1)
		const answers = []
		for (const token of ['A'.repeat(43), ended.token, expired.token]) {
			for (const open of [openShare, takeShare])
				answers.push(await open(app.deps, token).catch((error: unknown) => error))
		}
		for (const answer of answers) expect(answer).toEqual(answers[0])
		expect(answers[0]).toMatchObject({ code: 'NOT_FOUND' })
		expect(await leaves('record.read')).toEqual([])
		expect(await leaves('record.share_ended')).toMatchObject([{ open: { shareId: ended.shareId } }])
		expect((await showShares(app.deps, auditor)).map(({ state }) => state).sort()).toEqual([
			'ended',
			'expired',
		])
	})

	test('does not open while its maker is suspended, and opens again once that is lifted', async () => {
		const { token, shareId } = await share()
		const officer = app.actor('security-officer')
		const form = { personId: auditor.personId, step: 'suspend' as const, reason: 'Laptop lost' }
		const { challengeId } = await prepareSuspension(app.deps, officer, form)
		const response = app.answerOf(officer)
		const { suspensionId } = await signSuspension(app.deps, officer, { ...form, challengeId, response })
		for (const open of [openShare, takeShare])
			await expect(open(app.deps, token)).rejects.toMatchObject({ code: 'NOT_FOUND' })
		const other = { ...app.actor('security-officer'), permissions: auditor.permissions }
		expect(await showShares(app.deps, other)).toMatchObject([{ id: shareId, state: 'stopped' }])
		await app.deps.database.withTx(async (tx) => {
			const lifted = { liftedAt: app.clock.now(), liftEntryId: app.deps.newId() }
			await tx.update(suspensions).set(lifted).where(eq(suspensions.id, suspensionId))
		})
		expect((await openShare(app.deps, token)).expiresAt).toBeTruthy()
	})

	test('takes its file with it: at once when it is ended, by housekeeping when it expires', async () => {
		const [first] = [await share(30), await share(1)]
		const both = (await pieces()).length
		await endShare(app.deps, auditor, first.shareId)
		expect((await pieces()).length).toBeLessThan(both)
		await housekeeping()
		expect((await pieces()).length).toBeGreaterThan(0)
		app.clock.advance(DAY + 1)
		await housekeeping()
		expect(await pieces()).toEqual([])
		await expect(endShare(app.deps, auditor, first.shareId)).rejects.toMatchObject({ code: 'STALE_VERSION' })
	})

	test('cannot be opened before all of its file is stored, and what was never finished is cleared away', async () => {
		await share()
		const unfinished = 'B'.repeat(43)
		const [made] = await app.deps.database.db.select().from(shares)
		if (!made) throw new Error('A share was made.')
		await endShare(app.deps, auditor, made.id)
		const id = app.deps.newId()
		await app.deps.database.withTx(async (tx) => {
			await beginShare(tx, { ...made, id, tokenSha256: hashToken(unfinished), createdAt: app.clock.now() })
			await insertPiece(tx, { shareId: id, position: 0, bytes: new Uint8Array(3) })
		})
		await expect(openShare(app.deps, unfinished)).rejects.toMatchObject({ code: 'NOT_FOUND' })
		expect(await showShares(app.deps, auditor)).toHaveLength(1)
		await housekeeping()
		expect(await pieces()).toHaveLength(1)
		app.clock.advance(3_600_001)
		await housekeeping()
		expect(await pieces()).toEqual([])
	})

	test('works for thirty days at most, and only who may export makes or ends one', async () => {
		for (const days of [0, 31, 1.5])
			await expect(share(days)).rejects.toMatchObject({ details: { problem: 'SHARE_TOO_LONG' } })
		const operator = app.actor('operator')
		await expect(
			createShare(app.deps, operator, question, { days: 1, profile: 'history', language: 'en' }),
		).rejects.toMatchObject({
			code: 'FORBIDDEN',
		})
		const { shareId } = await share()
		await expect(endShare(app.deps, operator, shareId)).rejects.toMatchObject({ code: 'FORBIDDEN' })
	})

	test('whose file goes away while it is taken gives an error and no file that looks whole', async () => {
		const { token, shareId } = await share()
		const { pieces: file } = await takeShare(app.deps, token)
		await endShare(app.deps, auditor, shareId)
		await expect(
			(async () => {
				for await (const _ of file);
			})(),
		).rejects.toThrow('The share ended')
	})
})
