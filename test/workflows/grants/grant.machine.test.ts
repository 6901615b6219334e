import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SnapshotFrom } from 'xstate'
import { getShortestPaths } from 'xstate/graph'
import type { DriftKind } from '#workflows/grants/grant-context.ts'
import { DRIFT_ANSWER_MS, driftAnswerOf } from '#workflows/grants/drift-answer.ts'
import type { EndCause } from '#workflows/grants/grant-context.ts'
import {
	CLOSED_GRANT_STATES,
	ENDING_GRANT_STATES,
	GRANT_STATES,
	mayBeLive,
} from '#workflows/grants/grant-states.ts'
import { grantMachine, REMOVAL_CONFIRM_MS } from '#workflows/grants/grant.machine.ts'
import type { GrantEvent } from '#workflows/grants/grant-events.ts'
import { resolveGrant } from '#workflows/grants/stored-grant.ts'
import { begin, decide, type TimerEvent } from '#workflows/shared/decide.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import { chartOf } from '#workflows/statecharts/chart-of.ts'

const START = '2026-11-23T12:00:00.000Z'
const HALF_HOUR = 30 * 60_000
const at = (ms: number) => plusMs(START, ms)
const input = {
	grantId: 'g',
	requestId: 'r',
	personId: 'p',
	principalId: 'u',
	place: { kind: 'role' as const, roleDefinitionId: 'd', directoryScopeId: '/' },
	durationMs: HALF_HOUR,
}
const open = () => begin(grantMachine, input, START)
const step = (snapshot: SnapshotFrom<typeof grantMachine>, event: GrantEvent | TimerEvent) =>
	decide(grantMachine, snapshot, event)
const confirmed = (ms: number): GrantEvent => ({
	type: 'CONFIRMED',
	startsAt: at(ms),
	tenantRequestId: 't',
	tenantInstanceId: 'i',
	at: at(ms),
})
const active = () => step(step(open().next, { type: 'SEND', at: at(1000) }).next, confirmed(3000))

describe('a grant', () => {
	test('asks for provisioning once it is open, and counts its time from sending', () => {
		expect(open().commands).toEqual([{ type: 'grant.provision', grantId: 'g' }])
		expect(step(open().next, { type: 'SEND', at: at(1000) }).next.context.endsAt).toBe(at(1000 + HALF_HOUR))
	})

	test('is active only after the confirmation, with a deadline at its end', () => {
		const { next, timersSet } = active()
		expect(next.value).toBe('active')
		expect(timersSet.map(({ dueAt }) => dueAt)).toEqual([at(1000 + HALF_HOUR)])
	})

	test('is removed at its deadline even when it was never confirmed', () => {
		const sent = step(open().next, { type: 'SEND', at: at(1000) })
		const event = sent.timersSet[0]?.event as TimerEvent['type']
		const { next, commands } = step(sent.next, { type: event, at: at(HALF_HOUR + 1000) })
		expect(next.value).toBe('removing')
		expect(next.context.cause).toBe('deadline')
		expect(commands).toEqual([{ type: 'grant.remove', grantId: 'g' }])
	})

	test('that the tenant holds on to ends the sessions, and is removed again when it may be', () => {
		const ending = step(active().next, { type: 'END', cause: 'requester', actorId: 'p', at: at(5000) })
		const postponed = step(ending.next, {
			type: 'POSTPONED',
			until: at(301_000),
			code: 'ActiveDurationTooShort',
			at: at(5500),
		})
		expect(postponed.commands).toEqual([{ type: 'grant.end_sessions', grantId: 'g' }])
		expect(postponed.timersSet.map(({ dueAt }) => dueAt)).toEqual([at(301_000)])
		const again = step(postponed.next, {
			type: postponed.timersSet[0]?.event as TimerEvent['type'],
			at: at(301_000),
		})
		expect(again.commands).toEqual([{ type: 'grant.remove', grantId: 'g' }])
	})

	test('that the tenant puts off again and again is an incident ten minutes after the first attempt', () => {
		let { next } = step(active().next, { type: 'END', cause: 'requester', actorId: 'p', at: at(5000) })
		for (const ms of [301_000, 420_000, 599_000]) {
			const postponed = step(next, { type: 'POSTPONED', until: at(ms), code: 'X', at: at(ms - 15_000) })
			const again = step(postponed.next, {
				type: postponed.timersSet[0]?.event as TimerEvent['type'],
				at: at(ms),
			})
			expect(again.timersSet.map(({ dueAt }) => dueAt)).toEqual([at(5000 + REMOVAL_CONFIRM_MS)])
			next = again.next
		}
		const late = step(next, { type: 'POSTPONED', until: at(700_000), code: 'X', at: at(604_000) })
		const over = step(late.next, {
			type: late.timersSet[0]?.event as TimerEvent['type'],
			at: at(700_000),
		})
		expect(over.timersSet.map(({ dueAt }) => dueAt)).toEqual([at(700_000)])
	})

	test('that is first seen when it is to end already keeps that it was there, and goes on ending', () => {
		const sent = step(open().next, { type: 'SEND', at: at(1000) })
		const ending = step(sent.next, { type: 'END', cause: 'requester', actorId: 'p', at: at(2000) })
		const alarm = step(ending.next, {
			type: ending.timersSet[0]?.event as TimerEvent['type'],
			at: at(2000 + REMOVAL_CONFIRM_MS),
		})
		for (const { next } of [ending, alarm]) {
			const seen = step(next, { ...confirmed(3000), scheduleId: 's' } as GrantEvent)
			expect(seen.next.value).toBe(next.value)
			expect(seen.next.context).toMatchObject({ startsAt: at(3000), tenantInstanceId: 'i', scheduleId: 's' })
			expect([seen.commands, seen.timersSet, seen.timersCancelled]).toEqual([[], [], []])
		}
	})

	test('keeps the tenant’s id of the assignment, and does without in one that was confirmed before', () => {
		const sent = step(open().next, { type: 'SEND', at: at(1000) }).next
		const withId = step(sent, { ...confirmed(3000), scheduleId: 's' } as GrantEvent)
		expect(withId.next.context.scheduleId).toBe('s')
		expect(step(sent, confirmed(3000)).next.context.scheduleId).toBeNull()
	})

	test.each([
		[true, ['grant.end_sessions']],
		[false, []],
		[undefined, []],
	])('whose end was confirmed ends the sessions where the charter asks (%s)', (endSessions, types) => {
		const ending = step(active().next, { type: 'END', cause: 'requester', actorId: 'p', at: at(5000) })
		const ended = step(ending.next, {
			type: 'REMOVED',
			how: 'removed',
			...(endSessions === undefined ? {} : { endSessions }),
			at: at(6000),
		})
		expect(ended.next.value).toBe('ended')
		expect(ended.commands.map(({ type }) => type)).toEqual(types)
	})

	test('keeps what Entra ID lacked when it was given', () => {
		const sent = step(open().next, { type: 'SEND', warned: ['METHOD_UNKNOWN'], at: at(1000) })
		expect(sent.next.context.warned).toEqual(['METHOD_UNKNOWN'])
		expect(step(open().next, { type: 'SEND', at: at(1000) }).next.context.warned).toEqual([])
	})

	test('whose removal is not confirmed becomes an incident that goes on trying', () => {
		const ending = step(active().next, { type: 'END', cause: 'security_officer', actorId: 'o', at: at(5000) })
		expect(ending.timersSet.map(({ dueAt }) => dueAt)).toEqual([at(5000 + REMOVAL_CONFIRM_MS)])
		const alarm = step(ending.next, {
			type: ending.timersSet[0]?.event as TimerEvent['type'],
			at: at(5000 + REMOVAL_CONFIRM_MS),
		})
		expect(alarm.next.value).toBe('notConfirmed')
		expect(alarm.commands.map(({ type }) => type)).toEqual(['grant.remove', 'grant.end_sessions'])
		const retry = step(alarm.next, { type: alarm.timersSet[0]?.event as TimerEvent['type'], at: at(700_000) })
		expect(retry.next.value).toBe('notConfirmed')
		expect(retry.commands.map(({ type }) => type)).toContain('grant.remove')
	})

	test('property: it is never ended while access may exist unless the tenant said it is removed', () => {
		const event = fc.constantFrom<GrantEvent>(
			{ type: 'SEND', at: at(1000) },
			confirmed(3000),
			{ type: 'REFUSED', code: 'X', at: at(3000) },
			{ type: 'END', cause: 'requester', actorId: 'p', at: at(4000) },
			{ type: 'POSTPONED', until: at(301_000), code: 'X', at: at(5000) },
			{ type: 'REMOVED', how: 'removed', at: at(6000) },
		)
		fc.assert(
			fc.property(fc.array(event, { maxLength: 12 }), (events) => {
				let snapshot = open().next
				let sent = false
				let removed = false
				for (const taken of events) {
					try {
						snapshot = step(snapshot, taken).next
						sent ||= taken.type === 'SEND'
						removed ||= taken.type === 'REMOVED'
					} catch (error) {
						if (!isDomainError(error)) throw error
					}
				}
				const isOver = ['ended', 'expired', 'revoked'].includes(snapshot.value)
				expect(isOver && !removed).toBe(false)
				if (snapshot.value === 'voided') expect(sent).toBe(false)
			}),
		)
	})

	test('that begins later sends nothing before its start, and asks for it then', () => {
		const startAt = at(HALF_HOUR)
		const opened = begin(grantMachine, { ...input, openedAt: START, startAt }, START)
		expect(opened.next.value).toBe('scheduled')
		expect(opened.commands).toEqual([])
		expect(opened.timersSet.map(({ dueAt }) => dueAt)).toEqual([startAt])
		const begun = step(opened.next, fires(opened.timersSet, HALF_HOUR))
		expect(begun.next.value).toBe('planned')
		expect(begun.commands).toEqual([{ type: 'grant.provision', grantId: 'g' }])
		// The duration counts from then, not from the approval.
		const sent = step(begun.next, { type: 'SEND', at: at(HALF_HOUR + 500) })
		expect(sent.next.context.endsAt).toBe(at(2 * HALF_HOUR + 500))
	})

	test('is extended when Entra shows the later end, and keeps the old end until then', () => {
		const oldEnd = at(1000 + HALF_HOUR)
		const endsAt = at(2 * HALF_HOUR)
		const asked = step(active().next, { type: 'EXTEND', requestId: 'x', endsAt, at: at(60_000) })
		expect(asked.next.value).toBe('extending')
		expect(asked.next.context.endsAt).toBe(oldEnd)
		expect(asked.commands).toEqual([{ type: 'grant.extend', grantId: 'g' }])
		expect(asked.timersSet.map(({ dueAt }) => dueAt)).toEqual([oldEnd])
		const moved = step(asked.next, { type: 'EXTENDED', at: at(61_000) })
		expect(moved.next.value).toBe('active')
		expect(moved.timersSet.map(({ dueAt }) => dueAt)).toEqual([endsAt])
		expect(moved.next.context.extended).toEqual([{ requestId: 'x', endsAt, at: at(61_000) }])
		const refused = step(asked.next, { type: 'NOT_EXTENDED', code: 'X', at: at(61_000) })
		expect(refused.timersSet.map(({ dueAt }) => dueAt)).toEqual([oldEnd])
	})

	test('that is being extended ends at its old end when Entra never shows the later one', () => {
		const asked = step(active().next, {
			type: 'EXTEND',
			requestId: 'x',
			endsAt: at(2 * HALF_HOUR),
			at: at(60_000),
		})
		const late = step(asked.next, fires(asked.timersSet, HALF_HOUR + 1000))
		expect(late.next.value).toBe('removing')
		expect(late.next.context.notExtended).toMatchObject([{ requestId: 'x', code: 'EXTENSION_LATE' }])
		expect(() => step(late.next, { type: 'EXTENDED', at: at(HALF_HOUR + 2000) })).toThrow()
	})

	test('cannot be extended to an earlier end', () => {
		const shorter = { type: 'EXTEND', requestId: 'x', endsAt: at(HALF_HOUR), at: at(60_000) } as const
		expect(() => step(active().next, shorter)).toThrow()
	})

	test('that Entra holds otherwise is removed unless an officer accepts it, and acceptance never makes it longer', () => {
		const drifted = (seenEndsAt: string | null) =>
			step(active().next, { type: 'DRIFTED', what: 'end', seenEndsAt, at: at(60_000) })
		const silence = drifted(null).timersSet.find(({ name }) => name.includes('driftAnswer'))
		const removing = step(drifted(null).next, fires(silence ? [silence] : [], 60_000 + DRIFT_ANSWER_MS))
		expect(removing.next.context).toMatchObject({
			cause: 'drift',
			unansweredAt: at(60_000 + DRIFT_ANSWER_MS),
		})
		expect(step(removing.next, { type: 'REMOVED', how: 'removed', at: at(HALF_HOUR) }).next.value).toBe(
			'revoked',
		)
		const accept = { type: 'ACCEPT_DRIFT', actorId: 'o', at: at(70_000) } as const
		const later = step(drifted(at(3 * HALF_HOUR)).next, accept)
		expect(later.timersSet.map(({ dueAt }) => dueAt)).toEqual([at(1000 + HALF_HOUR)])
		const earlier = step(drifted(at(600_000)).next, accept)
		expect(earlier.timersSet.map(({ dueAt }) => dueAt)).toEqual([at(600_000)])
		const missing = step(active().next, {
			type: 'DRIFTED',
			what: 'missing',
			seenEndsAt: null,
			at: at(60_000),
		})
		expect(() => step(missing.next, accept)).toThrow()
	})

	test('that Entra holds otherwise is ended by silence as the charter says of it', () => {
		const silent = (findings: Record<string, unknown>, what: DriftKind, seenEndsAt: string | null = null) => {
			const charter = { entra: { findings } } as Parameters<typeof driftAnswerOf>[0]
			const answer = driftAnswerOf(charter, { what, seenEndsAt })
			const { timersSet } = step(active().next, { type: 'DRIFTED', what, seenEndsAt, answer, at: at(60_000) })
			const timer = timersSet.find(({ name }) => name.includes('driftAnswer'))
			return timer === undefined ? null : Date.parse(timer.dueAt) - Date.parse(at(60_000))
		}
		const decide = (otherwise: string) => ({ decideWithin: 'PT4H', otherwise })
		const HOURS_4 = 4 * 3_600_000
		expect(silent({}, 'missing')).toBe(DRIFT_ANSWER_MS)
		expect(silent({ outOfBand: 'alert' }, 'missing')).toBe(DRIFT_ANSWER_MS)
		expect(silent({ wrongEnd: 'alert' }, 'end', at(HALF_HOUR))).toBeNull()
		expect(silent({ missingGrant: decide('alert') }, 'missing')).toBeNull()
		expect(silent({ missingGrant: decide('remove') }, 'missing')).toBe(HOURS_4)
		expect(silent({ wrongScope: 'remove' }, 'scope')).toBe(DRIFT_ANSWER_MS)
		// Without an end it is permanent as well, and the stricter of what is said counts.
		expect(silent({ wrongEnd: 'alert', permanent: decide('remove') }, 'end')).toBe(HOURS_4)
		expect(silent({ outOfBand: decide('remove') }, 'not_ours')).toBe(HOURS_4)
	})

	test('tells by its end why it ended', () => {
		const end = (cause: EndCause) => {
			const removing = step(active().next, { type: 'END', cause, actorId: null, at: at(5000) })
			return step(removing.next, { type: 'REMOVED', how: 'removed', at: at(400_000) }).next.value
		}
		expect(end('requester')).toBe('ended')
		expect(end('deadline')).toBe('expired')
		for (const cause of ['security_officer', 'charter', 'lapse', 'suspension', 'drift'] as const)
			expect(end(cause)).toBe('revoked')
		const planned = step(open().next, { type: 'END', cause: 'lapse', actorId: null, at: at(10) })
		expect(planned.next.value).toBe('voided')
	})
})

/** The deadline that was set, as the worker sends it. */
const fires = (timers: readonly { event: string }[], ms: number): TimerEvent => ({
	type: timers[0]?.event as TimerEvent['type'],
	at: at(ms),
})

describe('the statechart', () => {
	const paths = getShortestPaths(grantMachine, {
		input: { ...input, openedAt: START, startAt: at(1000) },
		events: everyEvent() as never[],
		// Times and lists make endless states of a few: only what decides where it may go counts.
		serializeState: ({ value, context }) =>
			JSON.stringify([value, context.cause, context.drift?.what, context.extension !== null]),
		limit: 5000,
	})
	const reached = new Set(paths.map(({ state }) => state.value))
	const ends = new Set<string>(CLOSED_GRANT_STATES)

	test('reaches every state', () => {
		expect([...reached].sort()).toEqual([...GRANT_STATES].sort())
	})

	test('has no dead end: from every state that is not an end an end can be reached', () => {
		const leadsOn = new Map<string, Set<string>>()
		for (const { from, to } of chartOf(grantMachine).arrows)
			leadsOn.set(from, (leadsOn.get(from) ?? new Set()).add(to))
		for (const state of GRANT_STATES) {
			const seen = new Set<string>([state])
			for (const each of seen) for (const next of leadsOn.get(each) ?? []) seen.add(next)
			expect(
				[...seen].some((each) => ends.has(each)),
				state,
			).toBe(true)
			expect(leadsOn.has(state)).toBe(!ends.has(state))
		}
	})

	test('has a deadline or a retry in every state in which access may exist', () => {
		for (const state of GRANT_STATES.filter(mayBeLive)) {
			const snapshot = resolveGrant(state, { ...input, endsAt: at(1000), startsAt: START })
			const after = Object.keys(grantMachine.states[state]?.config.after ?? {})
			expect(after.length, state).toBeGreaterThan(0)
			expect(snapshot.can({ type: 'REMOVED', how: 'removed', at: at(0) })).toBe(
				(ENDING_GRANT_STATES as readonly string[]).includes(state),
			)
		}
	})
})

/** One of each event, and each deadline as the worker sends it. */
function everyEvent(): (GrantEvent | TimerEvent)[] {
	const now = at(2000)
	const timers = grantMachine.events
		.filter((type) => String(type).startsWith('xstate.after.'))
		.map((type) => ({ type: type as unknown as TimerEvent['type'], at: now }))
	return [
		...timers,
		{ type: 'SEND', at: now },
		confirmed(3000),
		{ type: 'REFUSED', code: 'X', at: now },
		{ type: 'EXTEND', requestId: 'x', endsAt: at(10 * HALF_HOUR), at: now },
		{ type: 'EXTENDED', at: now },
		{ type: 'NOT_EXTENDED', code: 'X', at: now },
		{ type: 'DRIFTED', what: 'end', seenEndsAt: null, at: now },
		{ type: 'DRIFTED', what: 'missing', seenEndsAt: null, at: now },
		{ type: 'AS_APPROVED', at: now },
		{ type: 'ACCEPT_DRIFT', actorId: 'o', at: now },
		{ type: 'END', cause: 'requester', actorId: 'p', at: now },
		{ type: 'END', cause: 'lapse', actorId: null, at: now },
		{ type: 'POSTPONED', until: at(301_000), code: 'X', at: now },
		{ type: 'REMOVED', how: 'removed', at: now },
	]
}

describe('a grant that version 1 stored', () => {
	const stored = {
		...input,
		endsAt: at(HALF_HOUR),
		startsAt: at(3000),
		tenantRequestId: 't',
		tenantInstanceId: 'i',
		cause: null,
		endedBy: null,
		retryAt: null,
		failure: null,
		closedAt: null,
	}

	test.each(['planned', 'provisioning', 'active', 'removing', 'postponed', 'notConfirmed'] as const)(
		'goes on from %s to its end',
		(state) => {
			const snapshot = resolveGrant(state, stored)
			expect(snapshot.context).toMatchObject({ startAt: null, extension: null, extended: [], drift: null })
			const ending = ['planned', 'provisioning', 'active'].includes(state)
				? step(snapshot, { type: 'END', cause: 'requester', actorId: 'p', at: at(5000) }).next
				: snapshot
			const over =
				ending.value === 'voided'
					? ending
					: step(ending, { type: 'REMOVED', how: 'removed', at: at(400_000) }).next
			expect(over.status).toBe('done')
		},
	)

	test('takes the deadlines that were set then, by their names', () => {
		const names = [
			['provisioning', 'wholeDuration'],
			['active', 'remainingTime'],
			['removing', 'removalConfirm'],
			['postponed', 'untilRetry'],
			['notConfirmed', 'removalRetry'],
		] as const
		for (const [state, delay] of names) {
			const event = { type: `xstate.after.${delay}.grant.${state}`, at: at(HALF_HOUR) } as TimerEvent
			expect(step(resolveGrant(state, stored), event).next.status).toBe('active')
		}
	})
})
