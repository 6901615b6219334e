import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
	answered,
	blockedFor,
	fullBucket,
	LANES,
	taken,
	waitFor,
	type Bucket,
	type Lane,
} from '#app/integrations/graph/buckets.ts'
import { budgetsFor, costOf, familyOf, pathOf } from '#app/integrations/graph/families.ts'

/** The arithmetic of what the tenant may be asked. */

const budgets = fc.record({
	perSecond: fc.integer({ min: 1, max: 400 }),
	burst: fc.integer({ min: 10, max: 800 }),
})
const calls = fc.array(
	fc.record({
		lane: fc.constantFrom(...LANES),
		cost: fc.integer({ min: 1, max: 5 }),
		afterMs: fc.integer({ min: 0, max: 400 }),
	}),
	{ maxLength: 200 },
)
const read = (lane: Lane, cost = 1) => ({ lane, cost, direction: 'read' as const })
const refusal = { status: 429, direction: 'read' as const, retryAfterMs: null, pressure: null, extraCost: 0 }

test('no more is spent in any time than was saved up and came in', () => {
	fc.assert(
		fc.property(budgets, calls, (budget, asked) => {
			let now = 0
			let bucket = fullBucket(budget, now)
			const spent: { at: number; cost: number }[] = []
			for (const { lane, cost, afterMs } of asked) {
				now += afterMs
				const call = read(lane, cost)
				now += Math.ceil(waitFor(bucket, budget, call, now))
				bucket = taken(bucket, budget, call, now)
				spent.push({ at: now, cost })
			}
			for (const [from, first] of spent.entries()) {
				let sum = 0
				for (const each of spent.slice(from)) {
					sum += each.cost
					const gave = budget.burst + ((each.at - first.at) * budget.perSecond) / 1000
					// What costs more than its lane ever finds goes at a full bucket, and may leave a debt of its own size.
					expect(sum).toBeLessThanOrEqual(gave + 5 + 1e-6)
				}
			}
		}),
	)
})

test('a removal waits for nothing that is less urgent, whatever that has spent', () => {
	fc.assert(
		fc.property(budgets, calls, (budget, asked) => {
			let now = 0
			let bucket = fullBucket(budget, now)
			for (const { lane, cost, afterMs } of asked) {
				if (lane === 'revoke' || lane === 'confirm') continue
				now += afterMs
				const call = read(lane, Math.min(cost, budget.burst / 4))
				now += Math.ceil(waitFor(bucket, budget, call, now))
				bucket = taken(bucket, budget, call, now)
				expect(waitFor(bucket, budget, { lane: 'revoke', cost: 1, direction: 'write' }, now)).toBe(0)
			}
		}),
	)
})

describe('a refusal', () => {
	const budget = { perSecond: 10, burst: 30 }
	const fresh = () => fullBucket(budget, 0)

	test('that says a time is obeyed to the millisecond, by all lanes', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 600_000 }), fc.constantFrom(...LANES), (retryAfterMs, lane) => {
				const bucket = answered(fresh(), budget, { ...refusal, retryAfterMs }, 0, 0.5)
				expect(waitFor(bucket, budget, read(lane), 0)).toBeGreaterThanOrEqual(retryAfterMs)
				expect(blockedFor(bucket, 'read', retryAfterMs)).toBe(0)
			}),
		)
	})

	test('of a reading says nothing of writing', () => {
		const bucket = answered(fresh(), budget, { ...refusal, retryAfterMs: 60_000 }, 0, 0)
		expect(blockedFor(bucket, 'write', 0)).toBe(0)
	})

	test('without a time is waited out for longer each time, jittered, and never for more than a minute', () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
				let bucket: Bucket = fresh()
				let now = 0
				for (let strike = 0; strike < 12; strike++) {
					bucket = answered(bucket, budget, refusal, now, random)
					const full = Math.min(60_000, 1000 * 2 ** strike)
					const wait = blockedFor(bucket, 'read', now)
					expect(wait).toBeGreaterThanOrEqual(full / 2 - 1e-6)
					expect(wait).toBeLessThanOrEqual(full + 1e-6)
					now += wait
				}
				bucket = answered(bucket, budget, { ...refusal, status: 200 }, now, random)
				bucket = answered(bucket, budget, refusal, now, random)
				expect(blockedFor(bucket, 'read', now)).toBeLessThanOrEqual(1000)
			}),
		)
	})

	test('of calls that were under way together counts once', () => {
		const once = answered(fresh(), budget, refusal, 0, 1)
		const thrice = answered(answered(once, budget, refusal, 1, 1), budget, refusal, 2, 1)
		expect(blockedFor(thrice, 'read', 0)).toBe(blockedFor(once, 'read', 0))
		expect(thrice.strikes).toBe(1)
	})

	test('that is near holds back what can wait, and nothing else', () => {
		const bucket = answered(fresh(), budget, { ...refusal, status: 200, pressure: 0.9 }, 0, 0)
		const waits = LANES.map((lane) => [lane, waitFor(bucket, budget, read(lane), 0) > 0])
		expect(Object.fromEntries(waits)).toEqual({
			revoke: false,
			confirm: false,
			sessions: false,
			grant: false,
			'read-back': true,
			sync: true,
		})
	})

	test('leaves nothing of what was saved up, but one call for a removal', () => {
		const bucket = answered(fresh(), budget, { ...refusal, retryAfterMs: 100 }, 0, 0)
		expect(bucket.tokens).toBe(1)
		expect(waitFor(bucket, budget, { lane: 'revoke', cost: 1, direction: 'write' }, 0)).toBe(0)
		expect(waitFor(bucket, budget, { lane: 'grant', cost: 1, direction: 'write' }, 0)).toBeGreaterThan(0)
	})
})

test('what a call cost more than was thought is taken from what is left', () => {
	const budget = { perSecond: 10, burst: 30 }
	const bucket = answered(fullBucket(budget, 0), budget, { ...refusal, status: 200, extraCost: 4 }, 0, 0)
	expect(bucket.tokens).toBe(26)
})

test.each([
	['/roleManagement/directory/roleAssignmentScheduleRequests', 'pim-roles'],
	['/roleManagement/directory/roleEligibilityScheduleInstances', 'pim-roles'],
	['/roleManagement/directory/roleAssignments', 'directory'],
	['/identityGovernance/privilegedAccess/group/assignmentScheduleRequests', 'pim-groups'],
	['/users/delta', 'directory'],
	['/groups/1/members/$ref', 'directory'],
	['/auditLogs/signIns', 'reports'],
	['/identity/conditionalAccess/policies', 'conditional-access'],
	['/policies/roleManagementPolicyAssignments', 'policies'],
	['/subscriptions', 'subscriptions'],
])('%s counts as %s', (path, family) => {
	expect(familyOf(pathOf(new URL(`https://graph.microsoft.com/v1.0${path}`)))).toBe(family)
	expect(budgetsFor(10)).toHaveProperty(family)
})

test.each([
	['/users', 2],
	['/users?$select=id', 1],
	['/users?$top=5', 1],
	['/users?$expand=manager', 3],
	['/groups/1/members', 3],
	['/groups/1/members?$select=id&$top=999', 2],
	['/groups/1/transitiveMembers', 5],
	['/users/1/authentication/methods', 1],
	['/roleManagement/directory/roleAssignmentScheduleInstances?$expand=principal', 1],
])('GET %s costs %d', (path, cost) => {
	expect(costOf('GET', new URL(`https://graph.microsoft.com/v1.0${path}`))).toBe(cost)
})
