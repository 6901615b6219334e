import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eq } from 'drizzle-orm'
import { decideMany, prepareDecisions } from '#app/services/access/decide-many.server.ts'
import { withdrawRequest } from '#app/services/access/end-access.server.ts'
import { fileRequests, type FilingForm } from '#app/services/access/file-request.server.ts'
import { showRequestForm } from '#app/services/access/list-requests.server.ts'
import { showQueue } from '#app/services/access/queue.server.ts'
import { repeatedRequest } from '#app/services/access/repeat-request.server.ts'
import { showFiling } from '#app/services/access/show-filing.server.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { insertCharterVersion } from '#db/queries/charter.ts'
import { filings, requests } from '#db/schema/index.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
const db = () => app.deps.database.db
const operator = () => app.actor('operator')

beforeAll(async () => {
	app = await createTestApp()
})
afterAll(async () => {
	await app.stop()
})

const file = (roles: readonly string[], more: Partial<FilingForm> = {}, persona = 'operator') =>
	fileRequests(app.deps, app.actor(persona), {
		roles,
		reason: 'Clear up after the phishing wave',
		ticket: 'CHG-20417',
		durationSeconds: 1800,
		...more,
	})
const withdrawAll = async (filed: { requests: { id: string }[] }) => {
	for (const { id } of filed.requests) await withdrawRequest(app.deps, operator(), id)
}
const leavesAbout = async (requestId: string) => {
	const { rows } = await app.deps.database.pool.query<{ open: Record<string, unknown>; kind: string }>(
		`select kind, convert_from(leaf, 'UTF8')::jsonb -> 'open' as open from
			(select id, kind, leaf from ledger_pending union all select id, kind, leaf from ledger_entries) e
			where convert_from(leaf, 'UTF8')::jsonb -> 'open' ->> 'requestId' = $1 order by id`,
		[requestId],
	)
	return rows
}

describe('several roles in one form', () => {
	test('become requests of their own, filed together, each with its entry that names what they share', async () => {
		const filed = await file(['user-administrator', 'security-reader', 'user-administrator'])
		expect(filed.requests.map(({ role }) => role)).toEqual(['user-administrator', 'security-reader'])
		expect(filed.refused).toEqual([])
		const [first, second] = filed.requests
		for (const { id } of filed.requests)
			expect(await leavesAbout(id)).toEqual([
				{ kind: 'request.filed', open: expect.objectContaining({ filingId: filed.filingId }) as unknown },
			])
		const page = await showRequest(app.deps, operator(), first?.id ?? '')
		expect(page.filing).toEqual({
			id: filed.filingId,
			others: [{ id: second?.id, number: second?.number }],
		})
		const together = await showFiling(app.deps, operator(), filed.filingId)
		expect(together.requests.map(({ id, state }) => [id, state])).toEqual([
			[first?.id, 'waiting'],
			[second?.id, 'waiting'],
		])
		await withdrawAll(filed)
		const alone = await file(['user-administrator'])
		expect((await leavesAbout(alone.requests[0]?.id ?? ''))[0]?.open).not.toHaveProperty('filingId')
		expect((await showRequest(app.deps, operator(), alone.requests[0]?.id ?? '')).filing).toBeNull()
		await withdrawAll(alone)
	})

	test('are filed all or none unless the form says otherwise, and each refusal names its own reason', async () => {
		const before = await db().$count(requests)
		const refusal = await file(['security-reader', 'ghost', 'charter-owner']).catch((error: unknown) => error)
		expect(refusal).toMatchObject({
			code: 'SEVERAL_REFUSED',
			details: {
				refused: [
					{ role: 'ghost', code: 'ROLE_NOT_REQUESTABLE' },
					{ role: 'charter-owner', code: 'ROLE_NOT_REQUESTABLE' },
				],
			},
		})
		expect(await db().$count(requests)).toBe(before)
		expect(await db().$count(filings, eq(filings.filedBy, operator().personId))).toBe(2)

		const filed = await file(['security-reader', 'ghost'], { allOrNone: false })
		expect(filed.requests.map(({ role }) => role)).toEqual(['security-reader'])
		expect(filed.refused).toMatchObject([{ role: 'ghost', code: 'ROLE_NOT_REQUESTABLE' }])
		// Why the other one was refused is for whoever filed it.
		expect((await showFiling(app.deps, operator(), filed.filingId)).refused).toHaveLength(1)
		expect((await showFiling(app.deps, app.actor('duty-officer'), filed.filingId)).refused).toEqual([])
		await expect(showFiling(app.deps, app.actor('second-operator'), filed.filingId)).rejects.toMatchObject({
			code: 'NOT_FOUND',
		})
		await withdrawAll(filed)
	})

	test('nothing is filed where none of them can be, even if some would do', async () => {
		await expect(file(['ghost', 'spectre'], { allOrNone: false })).rejects.toMatchObject({
			code: 'SEVERAL_REFUSED',
		})
		await expect(file([])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
	})

	test('a duration above the cap of one of them is that one’s refusal, with its own limit', async () => {
		const { roles } = await showRequestForm(app.deps, operator(), null)
		const caps = new Map(roles.map(({ key, maximumSeconds }) => [key, maximumSeconds]))
		const shorter = caps.get('user-administrator') ?? 0
		const longer = caps.get('security-reader') ?? 0
		expect(longer).toBeGreaterThan(shorter)
		const filed = await file(['user-administrator', 'security-reader'], {
			allOrNone: false,
			durationSeconds: longer,
		})
		expect(filed.requests.map(({ role }) => role)).toEqual(['security-reader'])
		expect(filed.refused).toMatchObject([
			{ role: 'user-administrator', code: 'DURATION_TOO_LONG', numbers: { maximumSeconds: shorter } },
		])
		await withdrawAll(filed)
	})

	test('the same form sent twice, or at once, files once and says the same', async () => {
		const filingKey = app.deps.newId()
		const roles = ['user-administrator', 'security-reader', 'ghost']
		const send = () => file(roles, { filingKey, allOrNone: false })
		const [first, ...others] = await Promise.all([send(), send(), send()])
		expect(first?.requests).toHaveLength(2)
		for (const each of [...others, await send()]) expect(each).toEqual(first)
		expect(await db().$count(requests, eq(requests.filingKey, filingKey))).toBe(2)
		if (first) await withdrawAll(first)
	})

	test('two forms that ask for one role at once: one has it, and the other’s other role is filed all the same', async () => {
		const [one, two] = await Promise.all([
			file(['user-administrator', 'security-reader'], { allOrNone: false }),
			file(['user-administrator', 'helpdesk-administrator'], { allOrNone: false }),
		])
		const all = [...one.requests, ...two.requests].map(({ role }) => role).sort()
		expect(all).toEqual(['helpdesk-administrator', 'security-reader', 'user-administrator'])
		expect([...one.refused, ...two.refused]).toMatchObject([
			{ role: 'user-administrator', code: 'ALREADY_REQUESTED' },
		])
		await withdrawAll(one)
		await withdrawAll(two)
	})

	test('can be decided on in one ceremony, though they are different roles; others cannot', async () => {
		const officer = app.actor('duty-officer')
		const filed = await file(['user-administrator', 'security-reader'])
		const queue = await showQueue(app.deps, officer, null)
		const ids = filed.requests.map(({ id }) => id)
		expect(
			queue.rows
				.filter(({ filingKey }) => filingKey === filed.filingId)
				.map(({ id }) => id)
				.sort(),
		).toEqual([...ids].sort())
		const choices = ids.map((requestId) => ({ requestId, verdict: 'approve' as const }))
		const other = await file(['helpdesk-administrator'], {}, 'second-operator')
		await expect(
			prepareDecisions(app.deps, officer, {
				choices: [...choices, { requestId: other.requests[0]?.id ?? '', verdict: 'approve' }],
				reason: '',
			}),
		).rejects.toMatchObject({ code: 'NOT_OF_ONE_KIND' })
		const { challengeId } = await prepareDecisions(app.deps, officer, { choices, reason: '' })
		const decided = await decideMany(app.deps, officer, { challengeId, response: app.answerOf(officer) })
		expect(decided).toHaveLength(2)
		for (const { id } of filed.requests)
			expect((await showRequest(app.deps, operator(), id)).timeline.map(({ kind }) => kind)).toContain(
				'request.decided',
			)
		for (const { id, state } of (await showFiling(app.deps, operator(), filed.filingId)).requests)
			if (state === 'waiting') await withdrawRequest(app.deps, operator(), id)
	})
})

describe('asking again', () => {
	test('fills the form from what was asked for last, every role of it, without the ticket', async () => {
		const filed = await file(['helpdesk-administrator', 'exchange-administrator'], { durationSeconds: 2700 })
		await withdrawAll(filed)
		const { like, mayRepeat } = await showRequestForm(app.deps, operator(), null, 'last')
		expect(mayRepeat).toBe(true)
		expect(like?.fields).toEqual({
			role: 'helpdesk-administrator,exchange-administrator',
			reason: 'Clear up after the phishing wave',
			durationMinutes: '45',
		})
		expect(like?.notes).toEqual([])
		const one = await showRequestForm(app.deps, operator(), null, filed.requests[1]?.id ?? '')
		expect(one.like?.fields.role).toBe('exchange-administrator')
	})

	test('says what no longer fits: a role that is gone, a smaller cap, one that is still open', async () => {
		const filed = await file(['user-administrator', 'security-reader', 'helpdesk-administrator'], {
			durationSeconds: 3600,
		})
		await withdrawAll(filed)
		const open = await file(['helpdesk-administrator'])
		const yaml = sampleTexts()
			.charterYaml.replace(/version: \d+/, 'version: 2')
			.replaceAll(/maximumDuration: PT\d+H/g, 'maximumDuration: PT30M')
			.replace(/\n {2}security-reader:\n[\s\S]*?(?=\n {2}\S)/, '')
		const { charter, textSha256 } = readCharter(yaml)
		await app.deps.database.withTx((tx) =>
			insertCharterVersion(tx, {
				id: app.deps.newId(),
				charterId: charter.charter.id,
				version: 2,
				yaml,
				textSha256,
				inForceFrom: app.clock.now(),
				entryId: app.deps.newId(),
			}),
		)
		const { like } = await showRequestForm(app.deps, operator(), null, filed.requests[0]?.id ?? '')
		expect(like?.fields.durationMinutes).toBe('30')
		expect(like?.notes).toEqual([{ what: 'shortened', title: 'User administrator', seconds: 1800 }])
		const gone = await showRequestForm(app.deps, operator(), null, filed.requests[1]?.id ?? '')
		expect(gone.like?.notes).toEqual([{ what: 'role_gone', title: 'security-reader' }])
		const still = await showRequestForm(app.deps, operator(), null, open.requests[0]?.id ?? '')
		expect(still.like?.notes).toEqual([{ what: 'still_open', title: 'Helpdesk administrator' }])
		await withdrawAll(open)
	})

	test('is of one’s own alone', async () => {
		const filed = await file(['user-administrator'])
		const [{ id = '' } = {}] = filed.requests
		await expect(repeatedRequest(app.deps, app.actor('second-operator'), id)).rejects.toMatchObject({
			code: 'NOT_FOUND',
		})
		expect((await showRequestForm(app.deps, app.actor('duty-officer'), null, id)).like).toBeNull()
		await withdrawAll(filed)
	})
})
