import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '#app/services/actor.ts'
import { readHistory } from '#app/services/audit/read-history.server.ts'
import { recordRead, SAME_READING_MS } from '#app/services/audit/record-read.server.ts'
import { readersOfOwn } from '#app/services/audit/readers-of.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { showEntry } from '#app/services/ledger/show-record.server.ts'
import { parseLeaf } from '#workflows/ledger/leaf.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

let app: TestApp
let auditor: Actor

beforeEach(async () => {
	app = await createTestApp()
	auditor = app.actor('auditor')
	await sequencePending(app.deps)
})
afterEach(async () => {
	await app.stop()
})

async function readings() {
	await sequencePending(app.deps)
	const { rows } = await app.deps.database.pool.query<{ leaf: Buffer; index: string }>(
		"select leaf, index from ledger_entries where kind = 'record.read' order by index",
	)
	return rows.map(({ leaf, index }) => ({ index: Number(index), leaf: parseLeaf(leaf.toString()) }))
}
const everything = {
	people: [],
	roles: [],
	facilities: [],
	boundaries: [],
	from: undefined,
	until: undefined,
}
const question = { view: 'question', rows: 3, filter: { from: '2026-05-01' } } as const

describe('a reading', () => {
	test('of the history is an entry that seals what was asked and tells how many rows', async () => {
		await readHistory(app.deps, auditor, everything, 200)
		const [reading] = await readings()
		expect(reading?.leaf).toMatchObject({ actor: auditor.personId, open: { view: 'history', rows: 0 } })
		expect(Object.keys(reading?.leaf?.seals ?? {})).toEqual(['query'])
	})

	test('of an entry whose openings are shown names whom it is about; without openings it is none', async () => {
		const { rows } = await app.deps.database.pool.query<{ index: string; subject: string }>(
			"select index, subject from ledger_entries where kind = 'person.citizenship_recorded' order by index limit 1",
		)
		const index = Number(rows[0]?.index)
		await showEntry(app.deps, app.actor('security-officer'), index)
		expect(await readings()).toEqual([])
		await showEntry(app.deps, auditor, index)
		expect((await readings())[0]?.leaf).toMatchObject({
			subject: rows[0]?.subject,
			open: { view: 'entry', rows: 1 },
		})
		const subject = { ...auditor, personId: rows[0]?.subject ?? '' }
		expect(await readersOfOwn(app.deps, subject)).toMatchObject([
			{ reader: auditor.displayName, view: 'entry' },
		])
		expect(await readersOfOwn(app.deps, auditor)).toEqual([])
	})

	test('that is repeated within ten minutes is the same one, before it has its index and after', async () => {
		expect(await recordRead(app.deps, auditor, question)).toBe(true)
		expect(await recordRead(app.deps, auditor, question)).toBe(false)
		await sequencePending(app.deps)
		expect(await recordRead(app.deps, auditor, question)).toBe(false)
		app.clock.advance(SAME_READING_MS + 1)
		expect(await recordRead(app.deps, auditor, question)).toBe(true)
		expect(await readings()).toHaveLength(2)
	})

	test('by somebody else, of another view or of another query is another', async () => {
		await recordRead(app.deps, auditor, question)
		await recordRead(app.deps, app.actor('charter-owner'), question)
		await recordRead(app.deps, auditor, { ...question, view: 'history' })
		await recordRead(app.deps, auditor, { ...question, filter: { from: '2026-06-01' } })
		expect(await readings()).toHaveLength(4)
	})

	test('that many pages ask for at once is one', async () => {
		const written = await Promise.all(
			Array.from({ length: 8 }, () => recordRead(app.deps, auditor, question)),
		)
		expect(written.filter(Boolean)).toHaveLength(1)
		expect(await readings()).toHaveLength(1)
	})
})
