import fc from 'fast-check'
import { getShortestPaths } from 'xstate/graph'
import { describe, expect, test } from 'vitest'
import type { SnapshotFrom } from 'xstate'
import {
	BREAK_GLASS_STATES,
	isOwing,
	REMIND_EVERY_MS,
	SECOND_WITHIN_MS,
	type BreakGlassInput,
	type BreakGlassState,
} from '#workflows/access/break-glass-context.ts'
import { breakGlassMachine, stateOfUse, type BreakGlassEvent } from '#workflows/access/break-glass.machine.ts'
import { begin, decide, type TimerEvent } from '#workflows/shared/decide.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { plusMs } from '#workflows/shared/instants.ts'

const START = '2026-11-23T03:00:00.000Z'
const HOUR = 3_600_000
const DIGEST = 'a'.repeat(64)
const at = (ms: number) => plusMs(START, ms)
type Snapshot = SnapshotFrom<typeof breakGlassMachine>

const inputOf = (over: Partial<BreakGlassInput> = {}): BreakGlassInput => ({
	useId: 'u',
	kind: 'online',
	userId: 'user',
	participants: [],
	durationMs: HOUR,
	maximumMs: HOUR,
	useSha256: DIGEST,
	needsSecond: true,
	reviewQuorum: 1,
	reviewWithinMs: 72 * HOUR,
	at: START,
	...over,
})
const sign = (over: Partial<BreakGlassInput> = {}) => begin(breakGlassMachine, inputOf(over), START)
const second = (
	officerId: string,
	ms = 1000,
	verdict: 'confirm' | 'refuse' = 'confirm',
	useSha256 = DIGEST,
): BreakGlassEvent => ({ type: 'SECOND', officerId, verdict, useSha256, at: at(ms) })
const review = (
	reviewerId: string,
	ms = 2 * HOUR,
	verdict: 'justified' | 'not_justified' = 'justified',
): BreakGlassEvent => ({ type: 'REVIEW', reviewerId, verdict, at: at(ms) })
const ended = (ms = HOUR): BreakGlassEvent => ({ type: 'ACCESS_ENDED', at: at(ms) })

/** What the machine comes to, or null where it refuses the event. */
function attempt(snapshot: Snapshot, event: BreakGlassEvent | TimerEvent) {
	try {
		return decide(breakGlassMachine, snapshot, event)
	} catch (error) {
		if (!isDomainError(error)) throw error
		return null
	}
}
const taken = (snapshot: Snapshot, ...events: (BreakGlassEvent | TimerEvent)[]) =>
	events.reduce((before, event) => decide(breakGlassMachine, before, event).next, snapshot)

describe('a use of break-glass', () => {
	test('opens the grant at once where the charter asks for nobody else', () => {
		const { next, commands, timersSet } = sign({ needsSecond: false })
		expect(next.value).toBe('inUse')
		expect(commands).toEqual([{ type: 'grant.open', requestId: 'u' }])
		expect(next.context).toMatchObject({ usedAt: START, reviewBy: at(72 * HOUR) })
		expect(timersSet.map(({ dueAt }) => dueAt)).toEqual([at(72 * HOUR)])
	})

	test('opens nothing before a second officer has signed the same digest', () => {
		const { next, commands, timersSet } = sign()
		expect(next.value).toBe('awaitingSecond')
		expect(commands).toEqual([])
		expect(timersSet.map(({ dueAt }) => dueAt)).toEqual([at(SECOND_WITHIN_MS)])
		expect(attempt(next, second('user'))).toBeNull()
		expect(attempt(next, second('officer', 1000, 'confirm', 'b'.repeat(64)))).toBeNull()
		const used = decide(breakGlassMachine, next, second('officer', 60_000))
		expect(used.commands).toEqual([{ type: 'grant.open', requestId: 'u' }])
		// The review's clock runs from the use, which is the second signature.
		expect(used.timersSet.map(({ dueAt }) => dueAt)).toEqual([at(60_000 + 72 * HOUR)])
		expect(used.timersCancelled).toHaveLength(1)
	})

	test('falls by silence, and takes no signature at its deadline', () => {
		const { next, timersSet } = sign()
		expect(attempt(next, second('officer', SECOND_WITHIN_MS))).toBeNull()
		expect(attempt(next, second('officer', SECOND_WITHIN_MS - 1))).not.toBeNull()
		const due = { type: timersSet[0]?.event as TimerEvent['type'], at: at(SECOND_WITHIN_MS + 500) }
		expect(taken(next, due)).toMatchObject({
			value: 'timedOut',
			context: { closedAt: at(SECOND_WITHIN_MS), usedAt: null },
		})
	})

	test('is refused by a second officer, withdrawn by its user alone, voided by a suspension', () => {
		const { next } = sign()
		expect(taken(next, second('officer', 1000, 'refuse')).value).toBe('refused')
		expect(attempt(next, { type: 'WITHDRAW', actorId: 'officer', at: at(1) })).toBeNull()
		expect(taken(next, { type: 'WITHDRAW', actorId: 'user', at: at(1) }).value).toBe('withdrawn')
		expect(taken(next, { type: 'VOID', code: 'SUSPENDED', at: at(1) })).toMatchObject({
			value: 'voided',
			context: { voidedBy: 'SUSPENDED', usedAt: null },
		})
	})

	test('is never opened for longer than the limit of the charter', () => {
		const { next, commands } = sign({ needsSecond: false, durationMs: HOUR + 1 })
		expect(next.value).toBe('refused')
		expect(commands).toEqual([])
	})

	test('is reviewed after the access has ended, by whoever had no part in it, each once', () => {
		const owed = taken(sign({ reviewQuorum: 2 }).next, second('officer'), ended())
		expect(owed.value).toBe('reviewOwed')
		expect(attempt(taken(sign().next, second('officer')), review('r1'))).toBeNull()
		expect(attempt(owed, review('user'))).toBeNull()
		expect(attempt(owed, review('officer'))).toBeNull()
		const once = taken(owed, review('r1', 2 * HOUR, 'not_justified'))
		expect(once.value).toBe('reviewOwed')
		expect(attempt(once, review('r1'))).toBeNull()
		expect(taken(once, review('r2')).value).toBe('reviewed')
	})

	test('stays owed when it is late, is told again every day, and can still be reviewed', () => {
		const used = sign({ needsSecond: false })
		const owed = decide(breakGlassMachine, used.next, ended())
		// The deadline moves with no step: it is counted from the use.
		expect(owed.timersSet.map(({ dueAt }) => dueAt)).toEqual([at(72 * HOUR)])
		const due = owed.timersSet[0]?.event as TimerEvent['type']
		const late = decide(breakGlassMachine, owed.next, { type: due, at: at(73 * HOUR) })
		expect(late.next).toMatchObject({ value: 'overdue', context: { overdueAt: at(72 * HOUR) } })
		expect(late.timersSet.map(({ dueAt }) => dueAt)).toEqual([at(73 * HOUR + REMIND_EVERY_MS)])
		const again = late.timersSet[0]?.event as TimerEvent['type']
		const reminded = decide(breakGlassMachine, late.next, { type: again, at: at(98 * HOUR) })
		expect(reminded.next.value).toBe('overdue')
		expect(reminded.timersSet).toHaveLength(1)
		expect(taken(reminded.next, review('r1', 99 * HOUR)).value).toBe('reviewed')
	})

	test('that is overdue before its access has ended is overdue once it has', () => {
		const used = sign({ needsSecond: false })
		const due = used.timersSet[0]?.event as TimerEvent['type']
		const late = taken(used.next, { type: due, at: at(72 * HOUR) })
		expect(late.value).toBe('inUse')
		expect(taken(late, ended(80 * HOUR)).value).toBe('overdue')
	})

	test('by the sealed procedure begins with the review, counted from when the envelope was opened', () => {
		const { next, commands, timersSet } = sign({
			kind: 'offline',
			participants: ['witness', 'recorder'],
			needsSecond: false,
			usedAt: at(-80 * HOUR),
		})
		expect(next.value).toBe('reviewOwed')
		expect(commands).toEqual([])
		expect(timersSet.map(({ dueAt }) => dueAt)).toEqual([START])
		for (const person of ['user', 'witness', 'recorder']) expect(attempt(next, review(person))).toBeNull()
		expect(taken(next, review('r1')).value).toBe('reviewed')
	})
})

describe('every path through the statechart', () => {
	const timers = (event: string): BreakGlassEvent => ({ type: event, at: at(100 * HOUR) }) as never
	const afterOf = (state: BreakGlassState) =>
		Object.keys(breakGlassMachine.states[state]?.config.after ?? {}).map((delay) =>
			timers(`xstate.after.${delay}.breakGlass.${state}`),
		)
	const events: BreakGlassEvent[] = [
		second('officer'),
		second('officer', 1000, 'refuse'),
		{ type: 'WITHDRAW', actorId: 'user', at: at(1) },
		{ type: 'VOID', code: 'SUSPENDED', at: at(1) },
		ended(),
		review('r1'),
		review('r2', 2 * HOUR, 'not_justified'),
		...(['awaitingSecond', 'inUse', 'reviewOwed', 'overdue'] as const).flatMap(afterOf),
	]
	const paths = [inputOf({ reviewQuorum: 2 }), inputOf({ needsSecond: false })].flatMap((input) =>
		getShortestPaths(breakGlassMachine, {
			input,
			events,
			serializeState: ({ value, context }) =>
				JSON.stringify([value, context.reviews.length, context.overdueAt]),
		}),
	)

	test('all states are reached', () => {
		const reached = new Set(paths.map(({ state }) => state.value))
		expect([...reached].sort()).toEqual([...BREAK_GLASS_STATES].sort())
	})

	test('there is no dead end: a state that is no end takes an event that leads on', () => {
		for (const { state } of paths) {
			const leadsOn = events.some((event) => attempt(state, event) !== null)
			expect(leadsOn).toBe(state.status !== 'done')
			expect(isOwing(stateOfUse(state))).toBe(state.status !== 'done')
		}
	})
})

test('property: whatever happens in whatever order, the signatures, the limit and the debt hold', () => {
	const person = fc.constantFrom('user', 'officer', 'other', 'r1', 'r2', 'r3')
	const event = fc.oneof(
		fc
			.tuple(
				person,
				fc.nat(20 * 60_000),
				fc.constantFrom('confirm' as const, 'refuse' as const),
				fc.boolean(),
			)
			.map(([who, ms, verdict, same]) => second(who, ms, verdict, same ? DIGEST : 'c'.repeat(64))),
		fc
			.tuple(person, fc.constantFrom('justified' as const, 'not_justified' as const))
			.map(([who, verdict]) => review(who, 5 * HOUR, verdict)),
		person.map((actorId): BreakGlassEvent => ({ type: 'WITHDRAW', actorId, at: at(5) })),
		fc.constant<BreakGlassEvent>({ type: 'VOID', code: 'SUSPENDED', at: at(5) }),
		fc.constant(ended()),
		fc.constant('deadline' as const),
	)
	const input = fc.record({
		needsSecond: fc.boolean(),
		reviewQuorum: fc.integer({ min: 1, max: 3 }),
		durationMs: fc.integer({ min: 1, max: 2 * HOUR }),
	})
	fc.assert(
		fc.property(input, fc.array(event, { maxLength: 20 }), (asked, events) => {
			const begun = sign(asked)
			let snapshot = begun.next
			let commands: { type: string }[] = [...begun.commands]
			const timers = new Map(begun.timersSet.map((timer) => [timer.name, timer]))
			const confirmedBy = new Set<string>()
			const reviewers: string[] = []
			for (const each of events) {
				const due = [...timers.values()][0]
				const taking =
					each === 'deadline' ? due && { type: due.event as TimerEvent['type'], at: due.dueAt } : each
				if (!taking) continue
				const step = attempt(snapshot, taking)
				if (step === null) continue
				if (taking.type === 'SECOND' && taking.verdict === 'confirm') confirmedBy.add(taking.officerId)
				if (taking.type === 'REVIEW') reviewers.push(taking.reviewerId)
				for (const name of step.timersCancelled) timers.delete(name)
				if (each === 'deadline' && due) timers.delete(due.name)
				for (const timer of step.timersSet) timers.set(timer.name, timer)
				commands = [...commands, ...step.commands]
				snapshot = step.next
			}
			const { context, value } = snapshot
			expect(commands.length).toBeLessThanOrEqual(1)
			if (commands.length > 0) {
				expect(asked.durationMs).toBeLessThanOrEqual(HOUR)
				if (asked.needsSecond) {
					expect(confirmedBy.size).toBe(1)
					expect(confirmedBy.has('user')).toBe(false)
				}
				expect(isOwing(stateOfUse(snapshot))).toBe(reviewers.length < asked.reviewQuorum)
			} else expect(reviewers).toEqual([])
			expect(new Set(reviewers).size).toBe(reviewers.length)
			expect(reviewers).not.toContain('user')
			for (const officer of confirmedBy) expect(reviewers).not.toContain(officer)
			// A stored use goes on where it stood.
			const stored = JSON.parse(JSON.stringify({ value, context })) as Pick<Snapshot, 'value' | 'context'>
			expect(breakGlassMachine.resolveState(stored).value).toBe(value)
		}),
		{ numRuns: 300 },
	)
})
