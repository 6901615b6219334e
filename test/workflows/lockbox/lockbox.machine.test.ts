import fc from 'fast-check'
import { getAdjacencyMap, getShortestPaths } from 'xstate/graph'
import { describe, expect, test } from 'vitest'
import type { AnyStateMachine, SnapshotFrom } from 'xstate'
import {
	END_GRACE_MS,
	hasAccess,
	isOpenLockbox,
	LOCKBOX_STATES,
	SEEN,
	type LockboxInput,
	type Seen,
} from '#workflows/lockbox/lockbox-context.ts'
import { lockboxMachine, stateOfLockbox } from '#workflows/lockbox/lockbox.machine.ts'
import type { LockboxEvent } from '#workflows/lockbox/lockbox-events.ts'
import { begin, decide, type Timer, type TimerEvent } from '#workflows/shared/decide.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { plusMs } from '#workflows/shared/instants.ts'

const START = '2026-11-23T12:00:00.000Z'
const HOUR = 3_600_000
const at = (ms: number) => plusMs(START, ms)
type Snapshot = SnapshotFrom<typeof lockboxMachine>

const inputOf = (over: Partial<LockboxInput> = {}): LockboxInput => ({
	requestId: 'r',
	channel: 'api',
	barred: [],
	stages: [
		{ from: 'duty', quorum: 1, withinMs: 4 * HOUR },
		{ from: 'owner', quorum: 2, withinMs: 200 * HOUR },
	],
	denials: [],
	durationMs: 8 * HOUR,
	askedAt: START,
	deadline: at(96 * HOUR),
	seen: 'pending',
	providerStatus: 'Pending',
	at: START,
	...over,
})
const take = (over: Partial<LockboxInput> = {}) => begin(lockboxMachine, inputOf(over), over.at ?? START)
const vote = (approverId: string, stage = 0, verdict: 'approve' | 'deny' = 'approve', ms = 1000) =>
	({ type: 'DECIDE', approverId, stage, verdict, at: at(ms) }) satisfies LockboxEvent
const seen = (what: Seen, ms = 2000, status: string = what): LockboxEvent => ({
	type: 'SEEN',
	seen: what,
	status,
	at: at(ms),
})
const sending = (ms = 1500): LockboxEvent => ({ type: 'SENDING', at: at(ms) })
const failed = (ms = 1600): LockboxEvent => ({ type: 'SEND_FAILED', code: 'FORBIDDEN', at: at(ms) })

/** What the machine comes to, or null where it refuses the event. */
function attempt(snapshot: Snapshot, event: LockboxEvent | TimerEvent) {
	try {
		return decide(lockboxMachine, snapshot, event)
	} catch (error) {
		if (!isDomainError(error)) throw error
		return null
	}
}
const taken = (snapshot: Snapshot, ...events: (LockboxEvent | TimerEvent)[]) =>
	events.reduce((before, event) => decide(lockboxMachine, before, event).next, snapshot)
const dueIn = (timers: readonly Timer[], name: string) => {
	const found = timers.find(({ event }) => event.includes(`.${name}.`))
	if (!found) throw new Error(`No deadline ${name} was set.`)
	return { type: found.event as TimerEvent['type'], at: found.dueAt }
}
const APPROVALS = [vote('a'), vote('b', 1), vote('c', 1)]

describe('a request for customer content', () => {
	test('is answered once every stage has its quorum of different people, and not before', () => {
		const { next, commands, timersSet } = take()
		expect(next.value).toBe('pending')
		expect(commands).toEqual([])
		expect(timersSet.map(({ dueAt }) => dueAt).sort()).toEqual([
			at(4 * HOUR),
			at(48 * HOUR),
			at(72 * HOUR),
			at(84 * HOUR),
		])
		const second = decide(lockboxMachine, next, vote('a'))
		// A stage never has longer than the provider's clock.
		expect(second.next.context).toMatchObject({ stage: 1, decideBy: at(96 * HOUR) })
		expect(attempt(second.next, vote('a', 1))).toBeNull()
		const third = decide(lockboxMachine, second.next, vote('b', 1))
		expect(third.next.value).toBe('pending')
		expect(third.commands).toEqual([])
		expect(attempt(third.next, vote('b', 1))).toBeNull()
		const whole = decide(lockboxMachine, third.next, vote('c', 1))
		expect(whole.next).toMatchObject({
			value: 'approving',
			context: { answer: 'approve', answerCause: 'quorum' },
		})
		expect(whole.commands).toEqual([{ type: 'lockbox.follow', requestId: 'r' }])
	})

	test('is open from the word of the provider on, until its time is over and the provider says so', () => {
		const sent = taken(take().next, ...APPROVALS, sending())
		expect(sent).toMatchObject({ value: 'approving', context: { attempts: 1, sentAt: at(1500) } })
		expect(taken(sent, seen('pending'), seen('working')).value).toBe('approving')
		const open = decide(lockboxMachine, sent, seen('approved', 9000))
		expect(open.next).toMatchObject({
			value: 'approvedAtProvider',
			context: { grantedAt: at(1500), accessEndsAt: at(9000 + 8 * HOUR), isOutOfBand: false },
		})
		const over = decide(lockboxMachine, open.next, dueIn(open.timersSet, 'accessTime'))
		expect(over.next.value).toBe('accessEnding')
		expect(over.commands).toEqual([{ type: 'lockbox.follow', requestId: 'r' }])
		expect(taken(over.next, seen('ended', 9 * HOUR))).toMatchObject({
			value: 'accessEnded',
			context: { endedBy: 'provider' },
		})
		const grace = dueIn(over.timersSet, 'grace')
		expect(grace.at).toBe(at(9000 + 8 * HOUR + END_GRACE_MS))
		expect(taken(over.next, grace)).toMatchObject({
			value: 'accessEnded',
			context: { endedBy: 'clock', closedAt: at(9000 + 8 * HOUR) },
		})
	})

	test('carried over by a person ends by the clock, since nobody can be asked', () => {
		const sent = taken(take({ channel: 'by_hand' }).next, ...APPROVALS)
		const open = decide(lockboxMachine, sent, seen('approved', 9000))
		expect(open.next.value).toBe('approvedAtProvider')
		expect(taken(open.next, dueIn(open.timersSet, 'accessTime'))).toMatchObject({
			value: 'accessEnded',
			context: { endedBy: 'clock' },
		})
	})

	test('whose approval falls is replaced by another: its stage decides anew, and what others approved goes on to count', () => {
		const fell = (approverId: string, ms: number): LockboxEvent => ({
			type: 'APPROVAL_FELL',
			approverId,
			code: 'SUSPENDED',
			at: at(ms),
		})
		const second = taken(take().next, vote('a'), vote('b', 1, 'approve', 2000))
		const reopened = decide(lockboxMachine, second, fell('a', HOUR))
		expect(reopened.next).toMatchObject({
			value: 'pending',
			context: { stage: 0, openedAt: at(HOUR), decideBy: at(5 * HOUR) },
		})
		expect(dueIn(reopened.timersSet, 'timeToDecide').at).toBe(at(5 * HOUR))
		expect(reopened.timersSet.length).toBe(4)
		for (const refused of [
			vote('a', 0, 'approve', HOUR + 1),
			vote('c', 1, 'approve', HOUR + 1),
			fell('a', HOUR + 1),
		])
			expect(attempt(reopened.next, refused)).toBeNull()
		const again = taken(reopened.next, vote('d', 0, 'approve', 2 * HOUR))
		expect(again).toMatchObject({ value: 'pending', context: { stage: 1, answer: null } })
		expect(taken(again, vote('c', 1, 'approve', 3 * HOUR)).value).toBe('approving')
		// At the open stage its time goes on, and the one who is left does not fill it alone.
		const less = taken(again, fell('b', 3 * HOUR))
		expect(less.context).toMatchObject({ stage: 1, decideBy: again.context.decideBy })
		const one = taken(less, vote('c', 1, 'approve', 4 * HOUR))
		expect(one.value).toBe('pending')
		expect(taken(one, vote('e', 1, 'approve', 5 * HOUR)).value).toBe('approving')
		// Once the time is over nothing is opened anew.
		expect(taken(second, fell('a', 96 * HOUR)).context).toMatchObject({ stage: 1, decideBy: at(96 * HOUR) })
		expect(attempt(taken(take().next, ...APPROVALS), fell('a', HOUR))).toBeNull()
	})

	test('from inside falls with whom it is for: denied while nobody carried a yes over, and after that an alarm, once', () => {
		const fell: LockboxEvent = { type: 'REQUESTER_FELL', code: 'SUSPENDED', at: at(HOUR) }
		const { next } = take({ channel: 'by_hand', barred: ['operator'] })
		const approving = taken(next, ...APPROVALS)
		for (const before of [next, approving])
			expect(taken(before, fell)).toMatchObject({
				value: 'denying',
				context: { answer: 'deny', answerCause: 'rule', requesterFell: { code: 'SUSPENDED', at: at(HOUR) } },
			})
		const sent = taken(approving, sending())
		for (const before of [
			sent,
			taken(sent, failed()),
			taken(sent, seen('approved')),
			taken(next, seen('approved')),
		]) {
			const told = taken(before, fell)
			expect(told.value).toBe(before.value)
			expect(told.context.requesterFell).toEqual({ code: 'SUSPENDED', at: at(HOUR) })
			expect(attempt(told, fell)).toBeNull()
		}
		expect(attempt(taken(next, vote('a', 0, 'deny')), fell)).toBeNull()
	})

	test('any denial denies, silence denies, and a rule of the charter denies at once', () => {
		expect(taken(take().next, vote('a', 0, 'deny'))).toMatchObject({
			value: 'denying',
			context: { answer: 'deny', answerCause: 'denied' },
		})
		const { next, timersSet } = take()
		expect(taken(next, dueIn(timersSet, 'timeToDecide'))).toMatchObject({
			value: 'denying',
			context: { answerCause: 'silence' },
		})
		for (const denied of [take({ denials: ['DURATION_OVER_CAP'] }), take({ stages: [] })]) {
			expect(denied.next).toMatchObject({ value: 'denying', context: { answerCause: 'rule' } })
			expect(denied.commands).toEqual([{ type: 'lockbox.follow', requestId: 'r' }])
			expect(taken(denied.next, sending(), seen('denied')).value).toBe('denied')
		}
	})

	test('takes no decision at its deadline, from whom it benefits, at another stage, or twice from one human', () => {
		const { next } = take({ barred: ['requester', 'beneficiary'] })
		expect(attempt(next, vote('a', 0, 'approve', 4 * HOUR - 1))).not.toBeNull()
		expect(attempt(next, vote('a', 0, 'approve', 4 * HOUR))).toBeNull()
		expect(attempt(next, vote('a', 1))).toBeNull()
		expect(attempt(next, vote('requester'))).toBeNull()
		expect(attempt(next, vote('beneficiary', 0, 'deny'))).toBeNull()
		expect(attempt(taken(next, vote('a')), vote('a', 1, 'deny'))).toBeNull()
	})

	test("is over with the provider's clock; an answer that may have arrived by then is an alarm until somebody knows", () => {
		const late = take({ deadline: at(2 * HOUR) })
		expect(taken(late.next, dueIn(late.timersSet, 'timeToDecide'))).toMatchObject({
			value: 'expired',
			context: { closedAt: at(2 * HOUR) },
		})
		const approving = APPROVALS.reduce((step, event) => decide(lockboxMachine, step.next, event), take())
		const clock = dueIn(approving.timersSet, 'timeToDeadline')
		expect(clock.at).toBe(at(96 * HOUR))
		expect(taken(approving.next, clock).value).toBe('expired')
		expect(attempt(approving.next, sending(96 * HOUR))).toBeNull()
		const unsure = taken(approving.next, sending(), clock)
		expect(unsure).toMatchObject({ value: 'sendFailed', context: { failure: 'NOT_CONFIRMED' } })
		expect(taken(unsure, seen('expired', 97 * HOUR)).value).toBe('expired')
		expect(taken(unsure, seen('approved', 97 * HOUR)).value).toBe('approvedAtProvider')
	})

	test('that could not be answered is tried again, by itself and by an officer', () => {
		const approving = taken(take().next, ...APPROVALS)
		const stuck = decide(lockboxMachine, approving, failed())
		expect(stuck.next).toMatchObject({ value: 'sendFailed', context: { failure: 'FORBIDDEN' } })
		const again = decide(lockboxMachine, stuck.next, dueIn(stuck.timersSet, 'retry'))
		expect(again.next.value).toBe('sendFailed')
		expect(again.commands).toEqual([{ type: 'lockbox.follow', requestId: 'r' }])
		expect(taken(stuck.next, sending(), seen('approved')).value).toBe('approvedAtProvider')
		const retried = decide(lockboxMachine, stuck.next, { type: 'RETRY', at: at(5000) })
		expect(retried.next.value).toBe('approving')
		expect(retried.commands).toHaveLength(1)
		const denying = taken(take().next, vote('a', 0, 'deny'), failed())
		expect(taken(denying, { type: 'RETRY', at: at(5000) }).value).toBe('denying')
		expect(taken(denying, seen('denied')).value).toBe('denied')
	})

	test('decided in the portal of the provider is told apart, whenever it is seen', () => {
		const waiting = take().next
		const approving = taken(waiting, ...APPROVALS)
		const denying = taken(waiting, vote('a', 0, 'deny'))
		for (const before of [waiting, approving, denying, taken(denying, sending())])
			expect(taken(before, seen('approved'))).toMatchObject({
				value: 'overtaken',
				context: { isOutOfBand: true },
			})
		// Sent by us, it is ours.
		expect(taken(approving, sending(), seen('approved')).context.isOutOfBand).toBe(false)
		for (const before of [waiting, approving])
			expect(taken(before, seen('denied')).value).toBe('deniedElsewhere')
		expect(taken(waiting, seen('ended'))).toMatchObject({
			value: 'accessEnded',
			context: { isOutOfBand: true },
		})
		for (const over of [
			taken(waiting, seen('expired')),
			taken(waiting, seen('cancelled')),
			taken(waiting, seen('denied')),
			taken(denying, sending(), seen('denied')),
		])
			expect(taken(over, seen('approved', 5000)).value).toBe('overtaken')
		expect(take({ seen: 'approved' }).next).toMatchObject({
			value: 'overtaken',
			context: { isOutOfBand: true, accessEndsAt: at(8 * HOUR) },
		})
		const open = take({ seen: 'approved', durationMs: null })
		expect(open.timersSet).toEqual([])
		expect(taken(open.next, seen('ended')).value).toBe('accessEnded')
	})

	test('reminds at a half, a quarter and an eighth of what the provider gives, and of none that has passed', () => {
		const { next, timersSet } = take({ at: at(60 * HOUR) })
		expect(timersSet.map(({ dueAt }) => dueAt).sort()).toEqual([at(64 * HOUR), at(72 * HOUR), at(84 * HOUR)])
		const reminded = taken(next, dueIn(timersSet, 'quarterLeft'))
		expect(reminded).toMatchObject({ value: 'pending', context: { decisions: [] } })
	})
})

describe('every path through the statechart', () => {
	const due = (delay: string, state: string) =>
		({ type: `xstate.after.${delay}.lockbox.${state}`, at: at(100 * HOUR) }) as unknown as LockboxEvent
	const events: LockboxEvent[] = [
		...['a', 'b', 'c'].flatMap((who) => [vote(who), vote(who, 1)]),
		vote('d', 0, 'deny'),
		vote('d', 1, 'deny'),
		...['a', 'b'].map((approverId): LockboxEvent => ({
			type: 'APPROVAL_FELL',
			approverId,
			code: 'SUSPENDED',
			at: at(1200),
		})),
		{ type: 'REQUESTER_FELL', code: 'SUSPENDED', at: at(1700) },
		...SEEN.map((what) => seen(what)),
		sending(),
		failed(),
		{ type: 'RETRY', at: at(5000) },
		...LOCKBOX_STATES.flatMap((state) =>
			Object.keys(lockboxMachine.states[state]?.config.after ?? {}).map((delay) => due(delay, state)),
		),
	]
	const machine = lockboxMachine as unknown as AnyStateMachine
	const options = (input: LockboxInput) =>
		({
			input,
			events,
			serializeState: ({ value, context }: Snapshot) =>
				JSON.stringify([
					value,
					context.stage,
					context.decisions
						.map(({ approverId, verdict, fell }) => approverId + verdict + (fell ? ' fell' : ''))
						.sort(),
					context.requesterFell !== undefined,
					context.attempts > 0,
					context.answer,
					context.isOutOfBand,
				]),
			limit: 200_000,
		}) as never
	const inputs = [inputOf(), inputOf({ channel: 'by_hand' }), inputOf({ denials: ['NO_BOUNDARY'] })]

	test('all states are reached', { timeout: 60_000 }, () => {
		const reached = new Set(
			inputs.flatMap((input) =>
				getShortestPaths(machine, options(input)).map(({ state }) => String((state as Snapshot).value)),
			),
		)
		expect([...reached].sort()).toEqual([...LOCKBOX_STATES].sort())
	})

	// Tens of thousands of states: a busy machine takes its time.
	test(
		'there is no dead end: from whatever is owed something leads on, and no step breaks what is promised',
		{ timeout: 60_000 },
		() => {
			for (const input of inputs) {
				const map = Object.values(getAdjacencyMap(machine, options(input))) as unknown as {
					state: Snapshot
					transitions: Record<string, { state: Snapshot }>
				}[]
				for (const { state, transitions } of map) {
					const next = Object.values(transitions).map((each) => each.state)
					const leadsOn = next.some(({ value }) => value !== state.value)
					if (isOpenLockbox(stateOfLockbox(state))) expect(leadsOn, String(state.value)).toBe(true)
					for (const { value, context } of next) {
						const people = context.decisions.map(({ approverId }) => approverId)
						expect(new Set(people).size).toBe(people.length)
						const isWhole =
							context.decisions.filter((d) => d.stage === 0 && d.verdict === 'approve' && !d.fell).length >=
								1 &&
							context.decisions.filter((d) => d.stage === 1 && d.verdict === 'approve' && !d.fell).length >= 2
						if (value === 'approving' || value === 'approvedAtProvider') expect(isWhole).toBe(true)
						if (context.answer === 'approve') expect(isWhole).toBe(true)
						if (hasAccess(stateOfLockbox({ value })) && !isWhole) expect(context.isOutOfBand).toBe(true)
					}
				}
			}
		},
	)
})

test('property: whatever is read, decided and run out in whatever order, a stored request goes on where it stood', () => {
	const event = fc.oneof(
		fc
			.tuple(
				fc.constantFrom('a', 'b', 'c', 'barred'),
				fc.nat(1),
				fc.constantFrom('approve' as const, 'approve' as const, 'deny' as const),
			)
			.map(
				([who, stage, verdict]) =>
					(ms: number) =>
						vote(who, stage, verdict, ms),
			),
		fc.constantFrom(...SEEN).map((what) => (ms: number) => seen(what, ms)),
		fc.constantFrom('a', 'b', 'c').map((approverId) => (ms: number): LockboxEvent => ({
			type: 'APPROVAL_FELL',
			approverId,
			code: 'SUSPENDED',
			at: at(ms),
		})),
		fc.constant((ms: number): LockboxEvent => ({ type: 'REQUESTER_FELL', code: 'SUSPENDED', at: at(ms) })),
		fc.constant((ms: number) => sending(ms)),
		fc.constant((ms: number) => failed(ms)),
		fc.constant('deadline' as const),
	)
	fc.assert(
		fc.property(
			fc.constantFrom('api' as const, 'by_hand' as const),
			fc.array(fc.tuple(event, fc.nat(10 * HOUR)), { maxLength: 25 }),
			(channel, steps) => {
				const begun = take({ channel, barred: ['barred'] })
				let snapshot = begun.next
				let ms = 0
				const timers = new Map(begun.timersSet.map((timer) => [timer.name, timer]))
				for (const [each, wait] of steps) {
					ms += wait
					const first = [...timers.values()].sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))[0]
					const isDue = each === 'deadline' || (first !== undefined && first.dueAt <= at(ms))
					if (isDue && first) {
						ms = Math.max(ms, Date.parse(first.dueAt) - Date.parse(START))
						timers.delete(first.name)
					}
					const now = isDue ? first && { type: first.event as TimerEvent['type'], at: at(ms) } : each(ms)
					if (!now) continue
					const step = attempt(snapshot, now)
					if (step === null) continue
					for (const name of step.timersCancelled) timers.delete(name)
					for (const timer of step.timersSet) timers.set(timer.name, timer)
					snapshot = step.next
				}
				const { value, context } = snapshot
				for (const { approverId, at: given } of context.decisions) {
					expect(approverId).not.toBe('barred')
					expect(given < context.deadline).toBe(true)
				}
				if (context.sentAt !== null) expect(context.sentAt < context.deadline).toBe(true)
				expect(isOpenLockbox(stateOfLockbox(snapshot))).toBe(context.closedAt === null)
				const stored = JSON.parse(JSON.stringify({ value, context })) as Pick<Snapshot, 'value' | 'context'>
				expect(lockboxMachine.resolveState(stored)).toMatchObject({ value, context })
			},
		),
		{ numRuns: 300 },
	)
})
