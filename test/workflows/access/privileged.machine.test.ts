import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
	deadlineKind,
	privilegedMachine,
	restoreRequest,
	storedState,
	type RequestSnapshot,
} from '#workflows/access/privileged.machine.ts'
import type { RequestEvent } from '#workflows/access/request-rules.ts'
import { rolesThatDecide, type RequestContext, type StageRule } from '#workflows/access/request-context.ts'
import { begin, decide, type TimerEvent } from '#workflows/shared/decide.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { plusMs } from '#workflows/shared/instants.ts'

const START = '2026-11-23T12:00:00.000Z'
const HOUR = 3_600_000
const at = (ms: number) => plusMs(START, ms)

const file = (stages: StageRule[], more: { startAt?: string; filedBy?: string } = {}) =>
	begin(
		privilegedMachine,
		{
			requestId: 'r',
			requesterId: 'req',
			filedBy: more.filedBy ?? null,
			stages,
			filedAt: START,
			durationSeconds: 3600,
			startAt: more.startAt ?? null,
		},
		START,
	)
const stagesOf = (...quorums: number[]): StageRule[] =>
	quorums.map((quorum, i) => ({ from: `role-${i}`, quorum, withinMs: HOUR }))
const vote = (
	approverId: string,
	stage: number,
	more: Partial<Extract<RequestEvent, { type: 'DECIDE' }>> = {},
): RequestEvent => ({ type: 'DECIDE', approverId, stage, verdict: 'approve', at: at(1000), ...more })

/** The state after an event, or the same state when the machine refuses it. */
function attempt(snapshot: RequestSnapshot, event: RequestEvent | TimerEvent) {
	try {
		return { ...decide(privilegedMachine, snapshot, event), accepted: true }
	} catch (error) {
		if (!isDomainError(error)) throw error
		return { next: snapshot, commands: [], timersSet: [], timersCancelled: [], accepted: false }
	}
}
const after = (snapshot: RequestSnapshot, ...events: (RequestEvent | TimerEvent)[]) =>
	events.reduce((before, event) => decide(privilegedMachine, before, event).next, snapshot)
const takes = (snapshot: RequestSnapshot, event: RequestEvent) => attempt(snapshot, event).accepted
const timer = (name: string, ms: number) =>
	({ type: `xstate.after.${name}.privilegedAccess.pending`, at: at(ms) }) as TimerEvent

describe('a request for privileged access', () => {
	test('opens the grant when the last stage has its quorum, and not before', () => {
		const first = decide(privilegedMachine, file(stagesOf(1, 1)).next, vote('a', 0))
		expect(storedState(first.next)).toBe('pending')
		expect(first.commands).toEqual([])
		const second = decide(privilegedMachine, first.next, vote('b', 1))
		expect(storedState(second.next)).toBe('approved')
		expect(second.commands).toEqual([{ type: 'grant.open', requestId: 'r' }])
	})

	test('refuses whom it benefits, who filed it, a second decision of one human, and a stage that is not open', () => {
		const filed = file(stagesOf(1, 1), { filedBy: 'clerk' }).next
		expect(takes(filed, vote('req', 0))).toBe(false)
		expect(takes(filed, vote('clerk', 0))).toBe(false)
		expect(takes(filed, vote('a', 1))).toBe(false)
		const first = after(filed, vote('a', 0))
		expect(takes(first, vote('a', 1))).toBe(false)
		expect(takes(first, vote('b', 0))).toBe(false)
	})

	test('ends at the first denial, and takes nothing after it', () => {
		const denied = after(file(stagesOf(2)).next, vote('a', 0, { verdict: 'deny' }))
		expect(storedState(denied)).toBe('denied')
		expect(takes(denied, vote('b', 0))).toBe(false)
	})

	test('where the charter asks for two denials, one is recorded and the second ends it', () => {
		const stages: StageRule[] = [{ from: 'role-0', quorum: 1, withinMs: HOUR, denials: 2 }]
		const one = after(file(stages).next, vote('a', 0, { verdict: 'deny' }))
		expect(storedState(one)).toBe('pending')
		expect(takes(one, vote('a', 0))).toBe(false)
		expect(storedState(after(one, vote('b', 0, { verdict: 'deny' })))).toBe('denied')
		expect(storedState(after(one, vote('b', 0)))).toBe('approved')
	})

	test('groups of a stage are filled in any order, and all of them must be', () => {
		const stages: StageRule[] = [
			{ from: 'duty', quorum: 1, withinMs: HOUR, alongside: [{ from: 'owner', quorum: 2 }] },
		]
		const filed = file(stages).next
		expect(rolesThatDecide(filed.context)).toEqual(['duty', 'owner'])
		const one = after(filed, vote('a', 0, { group: 1 }))
		expect(takes(one, vote('b', 0, { group: 2 }))).toBe(false)
		const two = after(one, vote('b', 0))
		expect(rolesThatDecide(two.context)).toEqual(['owner'])
		expect(takes(two, vote('c', 0))).toBe(false)
		expect(storedState(after(two, vote('c', 0, { group: 1 })))).toBe('approved')
	})

	test('an approver gives less and never more, and the shortest counts', () => {
		const filed = file(stagesOf(3)).next
		expect(takes(filed, vote('a', 0, { grantedSeconds: 3601 }))).toBe(false)
		expect(takes(filed, vote('a', 0, { grantedSeconds: 0 }))).toBe(false)
		const given = after(
			filed,
			vote('a', 0, { grantedSeconds: 1800 }),
			vote('b', 0, { grantedSeconds: 900 }),
			vote('c', 0),
		)
		expect(given.context.grantedSeconds).toBe(900)
	})

	test('nothing is approved once the window asked for has passed, and the stage ends with it', () => {
		const filed = file([{ from: 'role-0', quorum: 1, withinMs: 10 * HOUR }], { startAt: at(HOUR) })
		expect(filed.next.context.decideBy).toBe(at(2 * HOUR))
		expect(takes(filed.next, vote('a', 0, { at: at(2 * HOUR) }))).toBe(false)
		expect(takes(filed.next, vote('a', 0, { at: at(2 * HOUR - 1) }))).toBe(true)
	})

	test('reminds at half of the time and at its last quarter, and silence denies at its end', () => {
		const filed = file(stagesOf(1, 1))
		const due = Object.fromEntries(filed.timersSet.map(({ event, dueAt }) => [deadlineKind(event), dueAt]))
		expect(due).toEqual({ half: at(HOUR / 2), quarter: at((HOUR * 3) / 4), timed_out: at(HOUR) })
		const reminded = after(filed.next, timer('halfTime', HOUR / 2))
		expect(reminded.context).toEqual(filed.next.context)
		const next = decide(privilegedMachine, reminded, vote('a', 0, { at: at(HOUR / 2 + 1) }))
		expect(next.timersSet.map(({ dueAt }) => dueAt)).toContain(at(1.5 * HOUR + 1))
		const late = after(next.next, timer('stageTime', 2 * HOUR))
		expect(storedState(late)).toBe('timedOut')
		expect(takes(late, vote('b', 1))).toBe(false)
	})

	test('the role that a stage escalates to decides from then on, or before in the place of somebody away', () => {
		const stages: StageRule[] = [
			{ from: 'duty', quorum: 1, withinMs: HOUR, escalation: { afterMs: HOUR / 4, to: 'chief' } },
		]
		const filed = file(stages)
		expect(filed.timersSet.map(({ event, dueAt }) => [deadlineKind(event), dueAt])).toContainEqual([
			'escalated',
			at(HOUR / 4),
		])
		expect(takes(filed.next, vote('c', 0, { escalated: true }))).toBe(false)
		expect(takes(filed.next, vote('c', 0, { escalated: true, absenceId: 'away' }))).toBe(true)
		const escalated = after(filed.next, timer('untilEscalation', HOUR / 4))
		expect(rolesThatDecide(escalated.context)).toEqual(['duty', 'chief'])
		expect(takes(escalated, vote('c', 0, { escalated: true }))).toBe(true)
	})

	test('a question stops no clock and nobody from deciding; its answer comes from the requester alone', () => {
		const filed = file(stagesOf(1)).next
		const ask: RequestEvent = { type: 'ASK', actorId: 'a', at: at(1000) }
		expect(takes(filed, { ...ask, actorId: 'req' })).toBe(false)
		expect(takes(filed, { type: 'ANSWER', actorId: 'req', at: at(1000) })).toBe(false)
		const asked = decide(privilegedMachine, filed, ask)
		expect(asked.next.value).toEqual({ pending: 'informationRequested' })
		expect([asked.timersSet, asked.timersCancelled]).toEqual([[], []])
		expect(storedState(after(asked.next, vote('b', 0)))).toBe('approved')
		expect(storedState(after(asked.next, timer('stageTime', HOUR)))).toBe('timedOut')
		expect(takes(asked.next, { type: 'ANSWER', actorId: 'b', at: at(2000) })).toBe(false)
		const answered = after(asked.next, { type: 'ANSWER', actorId: 'req', at: at(2000) })
		expect(answered.value).toEqual({ pending: 'deciding' })
		expect(answered.context.asked).toBeNull()
	})

	test('what the requester changes begins anew, and every decision on it falls', () => {
		const one = after(file(stagesOf(1, 1)).next, vote('a', 0, { grantedSeconds: 900 }))
		const amend: RequestEvent = { type: 'AMEND', actorId: 'req', durationSeconds: 1800, at: at(5000) }
		expect(takes(one, { ...amend, actorId: 'a' })).toBe(false)
		const amended = decide(privilegedMachine, one, amend)
		const { stage, decisions, revision, grantedSeconds, decideBy } = amended.next.context
		expect({ stage, decisions, revision, grantedSeconds, decideBy }).toEqual({
			stage: 0,
			decisions: [],
			revision: 2,
			grantedSeconds: 1800,
			decideBy: at(5000 + HOUR),
		})
		expect(amended.timersSet.map(({ dueAt }) => dueAt)).toContain(at(5000 + HOUR))
		expect(takes(amended.next, vote('a', 0, { at: at(6000) }))).toBe(true)
		expect(takes(after(one, vote('b', 1)), amend)).toBe(false)
	})

	test('takes no decision at or after the deadline', () => {
		const filed = file(stagesOf(1)).next
		expect(takes(filed, vote('a', 0, { at: at(HOUR) }))).toBe(false)
		expect(takes(filed, vote('a', 0, { at: at(HOUR - 1) }))).toBe(true)
	})
})

describe('a request that version 1 stored', () => {
	const stored = {
		requestId: 'r',
		requesterId: 'req',
		stages: stagesOf(1, 1),
		stage: 1,
		decisions: [{ stage: 0, approverId: 'a', verdict: 'approve', at: at(0) }],
		decideBy: at(HOUR),
		closedAt: null,
		voidedBy: null,
	} as unknown as RequestContext
	const restored = () =>
		restoreRequest({ state: 'pending', context: stored, machineVersion: 1, durationSeconds: 1800 })

	test('goes on as it was: decided, timed out by its old deadline, or changed', () => {
		const approved = decide(privilegedMachine, restored(), vote('b', 1))
		expect(approved.commands).toEqual([{ type: 'grant.open', requestId: 'r' }])
		expect(approved.next.context.grantedSeconds).toBe(1800)
		expect(approved.timersCancelled).toContain('xstate.after.stageTime.privilegedAccess.pending')
		expect(storedState(after(restored(), timer('stageTime', HOUR)))).toBe('timedOut')
		const amended = after(restored(), { type: 'AMEND', actorId: 'req', durationSeconds: 600, at: at(10) })
		expect(amended.context.decisions).toEqual([])
		expect(takes(restored(), vote('a', 1))).toBe(false)
	})

	test('comes to the form that one of now has', () => {
		const now = file(stagesOf(1, 1)).next.context
		expect(Object.keys(restored().context).sort()).toEqual(Object.keys(now).sort())
	})
})

const PEOPLE = ['req', 'clerk', 'a', 'b', 'c', 'd', 'e']
const anyStages = fc.array(
	fc
		.record({
			quorum: fc.integer({ min: 1, max: 2 }),
			second: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
			denials: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
			escalates: fc.boolean(),
		})
		.map(({ quorum, second, denials, escalates }): StageRule => ({
			from: 'duty',
			quorum,
			withinMs: HOUR,
			...(second === undefined ? {} : { alongside: [{ from: 'owner', quorum: second }] }),
			...(denials === undefined ? {} : { denials }),
			...(escalates ? { escalation: { afterMs: HOUR / 3, to: 'chief' } } : {}),
		})),
	{ minLength: 1, maxLength: 3 },
)
/** Something somebody does, or time that passes, as numbers that the run makes events of. */
const anyAct = fc.record({
	wait: fc.constantFrom(0, 0, 60_000, HOUR / 4, HOUR / 2),
	who: fc.constantFrom(...PEOPLE),
	what: fc.constantFrom('vote', 'vote', 'vote', 'vote', 'deny', 'ask', 'answer', 'amend', 'withdraw', 'void'),
	group: fc.nat(1),
	escalated: fc.boolean(),
	gives: fc.constantFrom(undefined, 600, 1800, 7200),
	rare: fc.nat(9),
})

type Act = typeof anyAct extends fc.Arbitrary<infer T> ? T : never

function eventOf(act: Act, stage: number, time: string): RequestEvent {
	const { who, what, group, escalated, gives } = act
	switch (what) {
		case 'ask':
			return { type: 'ASK', actorId: who, at: time }
		case 'answer':
			return { type: 'ANSWER', actorId: 'req', at: time }
		case 'amend':
			return { type: 'AMEND', actorId: 'req', durationSeconds: 1200, at: time }
		case 'withdraw':
			return { type: 'WITHDRAW', actorId: 'req', at: time }
		case 'void':
			return { type: 'VOID', code: 'CLEARANCE', at: time }
		default:
			return {
				type: 'DECIDE',
				stage,
				approverId: who,
				verdict: what === 'deny' ? 'deny' : 'approve',
				...(group ? { group } : {}),
				...(escalated ? { escalated: true as const } : {}),
				...(gives === undefined ? {} : { grantedSeconds: gives }),
				at: time,
			}
	}
}

test('property: whoever acts in whatever order, at whatever time, no quorum is skipped, nobody counts twice, nothing is decided late, and every end is explained', () => {
	const ends = new Set<string>()
	fc.assert(
		fc.property(anyStages, fc.array(anyAct, { maxLength: 40 }), (stages, acts) => {
			const filed = file(stages, { filedBy: 'clerk' })
			let snapshot = filed.next
			let timers = new Map(filed.timersSet.map((each) => [each.name, each]))
			let now = 0
			let opened = 0
			const counted: { person: string; stage: number; group: number; revision: number }[] = []
			const step = (event: RequestEvent | TimerEvent) => {
				const before = snapshot
				const done = attempt(snapshot, event)
				if (!done.accepted) return
				snapshot = done.next
				opened += done.commands.length
				timers = new Map([
					...[...timers].filter(([name]) => !done.timersCancelled.includes(name)),
					...done.timersSet.map((each) => [each.name, each] as const),
				])
				if (event.type !== 'DECIDE') return
				expect(event.at < before.context.decideBy).toBe(true)
				if (event.escalated) expect(before.context.escalatedAt).not.toBeNull()
				if (event.verdict === 'approve')
					counted.push({
						person: event.approverId,
						stage: event.stage,
						group: event.group ?? 0,
						revision: before.context.revision,
					})
			}
			for (const act of acts) {
				now += act.wait
				// What is due has fired by then, the earliest first.
				for (;;) {
					const [due] = [...timers.values()]
						.filter(({ dueAt }) => dueAt <= at(now))
						.sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1))
					if (!due) break
					timers.delete(due.name)
					step({ type: due.event as TimerEvent['type'], at: due.dueAt })
				}
				const isEnding = act.what === 'withdraw' || act.what === 'void'
				if (!isEnding || act.rare === 0) step(eventOf(act, snapshot.context.stage, at(now)))
			}
			const { context } = snapshot
			const state = storedState(snapshot)
			ends.add(state)
			expect(opened).toBe(state === 'approved' ? 1 : 0)
			expect(context.closedAt === null).toBe(state === 'pending')
			if (state !== 'pending') expect(timers.size).toBe(0)
			if (state === 'voided') expect(context.voidedBy).toBe('CLEARANCE')
			if (state === 'denied') expect(context.decisions.some(({ verdict }) => verdict === 'deny')).toBe(true)
			if (state === 'timedOut') expect(context.closedAt).toBe(context.decideBy)
			const standing = counted.filter(({ revision }) => revision === context.revision)
			const everybody = standing.map(({ person }) => person)
			expect(new Set(everybody).size).toBe(everybody.length)
			expect(everybody.some((person) => person === 'req' || person === 'clerk')).toBe(false)
			expect(context.grantedSeconds).toBeLessThanOrEqual(context.durationSeconds)
			if (state !== 'approved') return
			stages.forEach(({ quorum, alongside = [] }, stage) =>
				[quorum, ...alongside.map((group) => group.quorum)].forEach((needed, group) => {
					const seats = standing.filter((each) => each.stage === stage && each.group === group)
					expect(seats.length).toBe(needed)
				}),
			)
		}),
		{ numRuns: 800 },
	)
	expect([...ends].sort()).toEqual(['approved', 'denied', 'pending', 'timedOut', 'voided', 'withdrawn'])
}, 60_000)

test('property: replaying the accepted events on a stored form gives the same state', () => {
	fc.assert(
		fc.property(anyStages, fc.array(anyAct, { maxLength: 15 }), (stages, acts) => {
			let snapshot: RequestSnapshot = file(stages).next
			let replayed = snapshot
			for (const act of acts) {
				const event = eventOf(act, snapshot.context.stage, at(1000))
				const done = attempt(snapshot, event)
				if (!done.accepted) continue
				snapshot = done.next
				const context = JSON.parse(JSON.stringify(replayed.context)) as RequestContext
				const row = { state: storedState(replayed), context, machineVersion: 2, durationSeconds: 1 }
				replayed = decide(privilegedMachine, restoreRequest(row), event).next
			}
			expect(replayed.value).toEqual(snapshot.value)
			expect(JSON.parse(JSON.stringify(replayed.context))).toEqual(
				JSON.parse(JSON.stringify(snapshot.context)),
			)
		}),
	)
}, 60_000)
