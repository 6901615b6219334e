import { getAdjacencyMap, getShortestPaths } from 'xstate/graph'
import { expect, test } from 'vitest'
import type { AnyStateMachine } from 'xstate'
import { privilegedMachine, type RequestSnapshot } from '#workflows/access/privileged.machine.ts'
import type { RequestEvent } from '#workflows/access/request-rules.ts'
import { plusMs } from '#workflows/shared/instants.ts'

const START = '2026-11-23T12:00:00.000Z'
const HOUR = 3_600_000
const at = plusMs(START, 1000)

const input = {
	requestId: 'r',
	requesterId: 'req',
	filedBy: null,
	stages: [
		{
			from: 'duty',
			quorum: 1,
			withinMs: HOUR,
			alongside: [{ from: 'owner', quorum: 1 }],
			escalation: { afterMs: HOUR / 2, to: 'chief' },
		},
		{ from: 'owner', quorum: 1, withinMs: HOUR, denials: 2 },
	],
	filedAt: START,
	durationSeconds: 3600,
	startAt: null,
}

const vote = (approverId: string, more: object) =>
	({ type: 'DECIDE', approverId, stage: 0, verdict: 'approve', at, ...more }) as RequestEvent
const due = (name: string) =>
	({ type: `xstate.after.${name}.privilegedAccess.pending`, at }) as unknown as RequestEvent

/** Everything that may happen, by people of whom each can take each part once. */
const events: RequestEvent[] = [
	...['a', 'b'].flatMap((who) => [vote(who, {}), vote(who, { group: 1 })]),
	vote('c', { escalated: true }),
	vote('a', { verdict: 'deny' }),
	...['c', 'd'].flatMap((who) => [vote(who, { stage: 1 }), vote(who, { stage: 1, verdict: 'deny' })]),
	{ type: 'ASK', actorId: 'b', at },
	{ type: 'ANSWER', actorId: 'req', at },
	{ type: 'WITHDRAW', actorId: 'req', at },
	{ type: 'VOID', code: 'CLEARANCE', at },
	due('stageTime'),
	due('untilEscalation'),
	due('halfTime'),
]
const options = {
	input,
	events,
	serializeState: (snapshot: { value: unknown; context: unknown }) =>
		JSON.stringify([snapshot.value, snapshot.context]),
}

/** The graph wants to know nothing of what a machine emits. */
const machine = privilegedMachine as unknown as AnyStateMachine
type Reached = { state: RequestSnapshot; transitions: Record<string, { state: RequestSnapshot }> }

test('every state is reached by some path, and from each that is no end a way leads to every end', () => {
	const paths = getShortestPaths(machine, options as never)
	const reached = new Set(paths.map(({ state }) => JSON.stringify((state as RequestSnapshot).value)))
	expect([...reached].sort()).toEqual(
		[
			'"approved"',
			'"denied"',
			'"timedOut"',
			'"voided"',
			'"withdrawn"',
			'{"pending":"deciding"}',
			'{"pending":"informationRequested"}',
		].sort(),
	)
})

test('no state is a dead end, and every step keeps to what the statechart promises', () => {
	const map = Object.values(getAdjacencyMap(machine, options as never)) as unknown as Reached[]
	expect(map.length).toBeGreaterThan(50)
	for (const { state, transitions } of map) {
		const led = Object.values(transitions).map((each) => each.state)
		if (state.status === 'done') continue
		const values = new Set(led.map(({ value }) => JSON.stringify(value)))
		expect(values.has('"withdrawn"')).toBe(true)
		expect(values.has('"voided"')).toBe(true)
		expect(values.has('"timedOut"')).toBe(true)
		for (const next of led) {
			const { decisions } = next.context
			const people = decisions.map(({ approverId }) => approverId)
			expect(new Set(people).size).toBe(people.length)
			if (next.value === 'approved') expect(next.context.stage).toBe(1)
		}
	}
})
