import { expect } from 'vitest'
import { sql } from 'drizzle-orm'
import { queueOf, queueQuery, type QueueCursor } from '#db/queries/queue.ts'
import { dbTest } from '#test/database.ts'
import { fillQueue, ME } from '#test/factories/queue.ts'

type Plan = { 'Node Type': string; 'Actual Rows': number; 'Actual Loops': number; Plans?: Plan[] }
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

dbTest(
	'a page of the queue reads as many rows as it shows, however many requests wait',
	async ({ owner }) => {
		await fillQueue(owner, 20_000)
		const asked = { roles: ['duty', 'owner'], personId: ME }
		const [first] = await owner.db
			.execute<{ 'QUERY PLAN': { Plan: Plan }[] }>(
				sql`explain (analyze, format json) ${queueQuery(asked, { decideBy: new Date('2026-11-29T02:00:00Z'), requestId: ME }, 25)}`,
			)
			.then(({ rows }) => rows[0]?.['QUERY PLAN'] ?? [])
		const nodes = first ? nodesOf(first.Plan) : []
		expect(nodes.length).toBeGreaterThan(3)
		for (const node of nodes) {
			// A third of what is read is the approver's own and left out: a little more than two pages of 25.
			expect(node['Actual Rows'] * node['Actual Loops'], node['Node Type']).toBeLessThan(120)
			if (node['Node Type'] === 'Seq Scan') expect(node['Actual Rows']).toBeLessThan(3)
		}
	},
)

dbTest(
	'its pages follow one another by deadline, with nothing twice, nothing left out and nothing of one’s own',
	async ({ owner }) => {
		await fillQueue(owner, 100)
		const seen: QueueCursor[] = []
		for (let after: QueueCursor | null = null; ;) {
			const page = await queueOf(owner.db, { roles: ['duty', 'owner'], personId: ME }, after, 7)
			seen.push(...page)
			after = page.at(-1) ?? null
			if (page.length < 7) break
		}
		expect(seen).toHaveLength(67)
		expect(new Set(seen.map(({ requestId }) => requestId)).size).toBe(67)
		const times = seen.map(({ decideBy }) => decideBy.getTime())
		expect(times).toEqual([...times].sort((a, b) => a - b))
		expect(await queueOf(owner.db, { roles: [], personId: ME }, null, 7)).toEqual([])
	},
)
