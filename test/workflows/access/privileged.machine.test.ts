import fc from 'fast-check'
import type { SnapshotFrom } from 'xstate'
import { describe, expect, test } from 'vitest'
import { privilegedMachine, type RequestEvent, type StageRule } from '#workflows/access/privileged.machine.ts'
import { begin, decide, type TimerEvent } from '#workflows/shared/decide.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { plusMs } from '#workflows/shared/instants.ts'

const START = '2026-11-23T12:00:00.000Z'
const HOUR = 3_600_000
type Snapshot = SnapshotFrom<typeof privilegedMachine>

const file = (stages: StageRule[]) =>
	begin(
		privilegedMachine,
		{ requestId: 'r', requesterId: 'req', stages, decideBy: plusMs(START, stages[0]?.withinMs ?? 0) },
		START,
	)
const stagesOf = (...quorums: number[]): StageRule[] =>
	quorums.map((quorum, i) => ({ from: `role-${i}`, quorum, withinMs: HOUR }))
const vote = (
	approverId: string,
	stage: number,
	verdict: 'approve' | 'deny' = 'approve',
	at = plusMs(START, 1000),
): RequestEvent => ({
	type: 'DECIDE',
	approverId,
	stage,
	verdict,
	at,
})

/** The state after an event, or the same state when the machine refuses it. */
function attempt(snapshot: Snapshot, event: RequestEvent | TimerEvent) {
	try {
		return { ...decide(privilegedMachine, snapshot, event), accepted: true }
	} catch (error) {
		if (!isDomainError(error)) throw error
		return { next: snapshot, commands: [], accepted: false }
	}
}

describe('a request for privileged access', () => {
	test('opens the grant when the last stage has its quorum, and not before', () => {
		const filed = file(stagesOf(1, 1))
		const first = decide(privilegedMachine, filed.next, vote('a', 0))
		expect(first.next.value).toBe('pending')
		expect(first.commands).toEqual([])
		const second = decide(privilegedMachine, first.next, vote('b', 1))
		expect(second.next.value).toBe('approved')
		expect(second.commands).toEqual([{ type: 'grant.open', requestId: 'r' }])
	})

	test('refuses the requester, a second decision of one human, and a stage that is not open', () => {
		const filed = file(stagesOf(1, 1))
		expect(attempt(filed.next, vote('req', 0)).accepted).toBe(false)
		expect(attempt(filed.next, vote('a', 1)).accepted).toBe(false)
		const first = decide(privilegedMachine, filed.next, vote('a', 0))
		expect(attempt(first.next, vote('a', 1)).accepted).toBe(false)
		expect(attempt(first.next, vote('b', 0)).accepted).toBe(false)
	})

	test('ends at the first denial, and takes nothing after it', () => {
		const denied = decide(privilegedMachine, file(stagesOf(2)).next, vote('a', 0, 'deny'))
		expect(denied.next.value).toBe('denied')
		expect(attempt(denied.next, vote('b', 0)).accepted).toBe(false)
	})

	test('sets a deadline for each stage, and silence denies', () => {
		const filed = file(stagesOf(1, 1))
		expect(filed.timersSet.map(({ dueAt }) => dueAt)).toEqual([plusMs(START, HOUR)])
		const first = decide(privilegedMachine, filed.next, vote('a', 0, 'approve', plusMs(START, 60_000)))
		expect(first.timersSet.map(({ dueAt }) => dueAt)).toEqual([plusMs(START, 60_000 + HOUR)])
		const event = { type: first.timersSet[0]?.event as TimerEvent['type'], at: plusMs(START, 2 * HOUR) }
		const late = decide(privilegedMachine, first.next, event)
		expect(late.next.value).toBe('timedOut')
		expect(attempt(late.next, vote('b', 1)).accepted).toBe(false)
	})

	test('takes no decision at or after the deadline', () => {
		const filed = file(stagesOf(1))
		expect(attempt(filed.next, vote('a', 0, 'approve', plusMs(START, HOUR))).accepted).toBe(false)
		expect(attempt(filed.next, vote('a', 0, 'approve', plusMs(START, HOUR - 1))).accepted).toBe(true)
	})

	test('property: no path to a grant without the quorum of every stage by distinct humans other than the requester', () => {
		const people = fc.constantFrom('req', 'a', 'b', 'c', 'd', 'e')
		const event = fc.record({
			person: people,
			stage: fc.nat(2),
			verdict: fc.constantFrom('approve' as const, 'approve' as const, 'deny' as const),
		})
		const quorums = fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 3 })
		fc.assert(
			fc.property(fc.array(event, { maxLength: 25 }), quorums, (events, needed) => {
				let snapshot = file(stagesOf(...needed)).next
				const approvals = needed.map(() => new Set<string>())
				let grants = 0
				for (const { person, stage, verdict } of events) {
					const { next, commands, accepted } = attempt(snapshot, vote(person, stage, verdict))
					if (accepted && verdict === 'approve') approvals[stage]?.add(person)
					grants += commands.length
					snapshot = next
				}
				expect(grants).toBeLessThanOrEqual(1)
				if (grants === 0) return
				approvals.forEach((seats, i) => {
					expect(seats.size).toBeGreaterThanOrEqual(needed[i] ?? 0)
					expect(seats.has('req')).toBe(false)
				})
				const everybody = approvals.flatMap((seats) => [...seats])
				expect(new Set(everybody).size).toBe(everybody.length)
			}),
			{ numRuns: 500 },
		)
	})

	test('property: replaying the accepted events on a stored form gives the same state', () => {
		const event = fc.record({
			person: fc.constantFrom('a', 'b', 'c'),
			stage: fc.nat(1),
			verdict: fc.constantFrom('approve' as const, 'deny' as const),
		})
		fc.assert(
			fc.property(fc.array(event, { maxLength: 10 }), (events) => {
				let snapshot = file(stagesOf(1, 1)).next
				const accepted: RequestEvent[] = []
				for (const { person, stage, verdict } of events) {
					const taken = vote(person, stage, verdict)
					const result = attempt(snapshot, taken)
					if (result.accepted) accepted.push(taken)
					snapshot = result.next
				}
				const replayed = accepted.reduce<Snapshot>(
					(before, taken) => {
						const stored = JSON.parse(
							JSON.stringify({ value: before.value, context: before.context }),
						) as Pick<Snapshot, 'value' | 'context'>
						return decide(privilegedMachine, privilegedMachine.resolveState(stored), taken).next
					},
					file(stagesOf(1, 1)).next,
				)
				expect(replayed.value).toEqual(snapshot.value)
				expect(replayed.context).toEqual(snapshot.context)
			}),
		)
	})
})
