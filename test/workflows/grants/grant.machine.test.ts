import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SnapshotFrom } from 'xstate'
import { grantMachine, REMOVAL_CONFIRM_MS, type GrantEvent } from '#workflows/grants/grant.machine.ts'
import { begin, decide, type TimerEvent } from '#workflows/shared/decide.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { plusMs } from '#workflows/shared/instants.ts'

const START = '2026-11-23T12:00:00.000Z'
const HALF_HOUR = 30 * 60_000
const at = (ms: number) => plusMs(START, ms)
const input = {
	grantId: 'g',
	requestId: 'r',
	personId: 'p',
	principalId: 'u',
	roleDefinitionId: 'd',
	directoryScopeId: '/',
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
				if (snapshot.value === 'ended' && sent) expect(removed).toBe(true)
			}),
		)
	})
})
