import { getAdjacencyMap, getShortestPaths } from 'xstate/graph'
import { describe, expect, test } from 'vitest'
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate'
import { AMENDMENT_STATES, type AmendmentEvent } from '#workflows/charter/amendment.machine.ts'
import {
	isTwoOfficerAct,
	ONE_OFFICER_ACTS,
	TWO_OFFICER_ACTS,
	VETTING_STATES,
	type VettingEvent,
} from '#workflows/people/vetting-case.events.ts'
import { chartOf } from '#workflows/statecharts/chart-of.ts'
import { MACHINES } from '#workflows/statecharts/machines.ts'

const T0 = '2026-11-24T12:00:00.000Z'
const UNTIL = '2031-11-24T00:00:00.000Z'

/*
 * Requests, grants, break-glass and the lockbox are walked beside their other tests, with what each promises; here are the two
 * that are left, and what holds of all six.
 */

/** Every act on an amendment, by two owners and whoever drafted it. */
const amendmentEvents: AmendmentEvent[] = [
	{ type: 'EDIT', textSha256: 'y', inForceFrom: null, at: T0 },
	{ type: 'PROPOSE', actorId: 'd', at: T0 },
	...['o1', 'o2'].map((ownerId) => ({ type: 'SIGN' as const, ownerId, textSha256: 'x', at: T0 })),
	{ type: 'REJECT', actorId: 'o1', at: T0 },
	{ type: 'WITHDRAW', actorId: 'd', at: T0 },
	{ type: 'STOP', code: 'SIGNER_SUSPENDED', at: T0 },
	{ type: 'SUPERSEDE', at: T0 },
	...['timeToSign.charterAmendment.proposed', 'timeToForce.charterAmendment.signed'].map(
		(name) => ({ type: `xstate.after.${name}`, at: T0 }) as never,
	),
]

/** Every act on a case; what takes two officers is proposed by one and confirmed by another. */
const vettingEvents: VettingEvent[] = [
	...ONE_OFFICER_ACTS.map((type): VettingEvent => {
		if (type === 'SPONSOR') return { type, sponsorId: 'sponsor', at: T0 }
		if (type === 'BRIEF') return { type, clearanceId: 'clearance', at: T0 }
		return { type, at: T0 }
	}),
	...TWO_OFFICER_ACTS.flatMap((act): VettingEvent[] => [
		{ type: 'PROPOSE', act, officerId: 'first', entryId: 'entry', at: T0 },
		act === 'GRANT' || act === 'GRANT_WITH_CONDITIONS' || act === 'UPHOLD_APPEAL'
			? { type: act, officerId: 'second', validUntil: UNTIL, at: T0 }
			: { type: act, officerId: 'second', at: T0 },
	]),
	{ type: 'DROP_PROPOSAL', at: T0 },
	{ type: 'PAPERS_OVERDUE', at: T0 },
	{ type: 'EXPIRE', at: UNTIL },
]

const WALKS = {
	amendment: {
		states: AMENDMENT_STATES as readonly string[],
		events: amendmentEvents as readonly { type: string }[],
		inputs: [UNTIL, null].map((inForceFrom) => ({
			amendmentId: 'a',
			drafterId: 'd',
			textSha256: 'x',
			inForceFrom,
		})),
	},
	vetting: {
		states: VETTING_STATES as readonly string[],
		events: vettingEvents as readonly { type: string }[],
		inputs: [{ caseId: 'case', subjectId: 'subject', sponsorId: null, at: T0 }],
	},
}

const keyOf = ({ value, context }: AnyMachineSnapshot) => JSON.stringify([value, context])

describe.each(['amendment', 'vetting'] as const)('every path of the statechart %s', (name) => {
	const { states, events, inputs } = WALKS[name]
	const machine = MACHINES[name] as unknown as AnyStateMachine
	const options = (input: unknown) =>
		({
			input,
			events,
			serializeState: keyOf,
			limit: 100_000,
		}) as never
	const nodes = inputs.flatMap(
		(input) =>
			Object.values(getAdjacencyMap(machine, options(input))) as unknown as {
				state: AnyMachineSnapshot
				transitions: Record<string, { state: AnyMachineSnapshot }>
			}[],
	)

	test('reaches every state', { timeout: 60_000 }, () => {
		const reached = new Set(
			inputs.flatMap((input) =>
				getShortestPaths(machine, options(input)).map(({ state }) =>
					String((state as AnyMachineSnapshot).value),
				),
			),
		)
		expect([...reached].sort()).toEqual([...states].sort())
	})

	test('has no dead end: from whatever is reached a way leads to an end', { timeout: 60_000 }, () => {
		const before = new Map<string, string[]>()
		const hopeful = new Set<string>()
		for (const { state, transitions } of nodes) {
			if (state.status === 'done') hopeful.add(keyOf(state))
			for (const { state: next } of Object.values(transitions)) {
				const known = before.get(keyOf(next))
				if (known) known.push(keyOf(state))
				else before.set(keyOf(next), [keyOf(state)])
			}
		}
		expect(hopeful.size).toBeGreaterThan(0)
		for (const key of hopeful) for (const earlier of before.get(key) ?? []) hopeful.add(earlier)
		expect(nodes.map(({ state }) => keyOf(state)).filter((key) => !hopeful.has(key))).toEqual([])
	})

	test('lets nobody count twice where two are needed', { timeout: 60_000 }, () => {
		for (const { state, transitions } of nodes)
			for (const [step, { state: next }] of Object.entries(transitions)) {
				const { signatures } = next.context as { signatures?: { ownerId: string }[] }
				if (signatures) expect(new Set(signatures.map(({ ownerId }) => ownerId)).size).toBe(signatures.length)
				if (next.value === 'inForce') expect(signatures?.length).toBeGreaterThanOrEqual(2)
				const { type } = JSON.parse(step) as { type: string }
				const { proposal } = state.context as { proposal?: { act: string } | null }
				if (isTwoOfficerAct(type) && next.value !== state.value) expect(proposal?.act).toBe(type)
			}
	})
})

describe.each(Object.keys(MACHINES) as (keyof typeof MACHINES)[])('the chart of %s', (name) => {
	const { states, arrows } = chartOf(MACHINES[name])

	test('leads from its beginning to every state, and from every one of them to an end', () => {
		const spread = (from: readonly string[], step: (at: string) => string[]) => {
			const seen = new Set(from)
			for (const at of seen) for (const next of step(at)) seen.add(next)
			return seen
		}
		const ends = states.filter(({ isFinal }) => isFinal).map(({ name: end }) => end)
		expect(ends.length).toBeGreaterThan(0)
		const entered = new Set(arrows.map(({ to }) => to))
		const beginnings = states.map(({ name: state }) => state).filter((state) => !entered.has(state))
		const reached = spread(beginnings.length > 0 ? beginnings : [states[0]?.name ?? ''], (at) =>
			arrows.filter(({ from }) => from === at).map(({ to }) => to),
		)
		expect(states.filter(({ name: state }) => !reached.has(state))).toEqual([])
		const leading = spread(ends, (at) => arrows.filter(({ to }) => to === at).map(({ from }) => from))
		expect(states.filter(({ name: state }) => !leading.has(state))).toEqual([])
	})
})
