import { expect, test } from 'vitest'
import { amendmentMachine } from '#workflows/charter/amendment.machine.ts'
import { begin, decide } from '#workflows/shared/decide.ts'

const T0 = '2026-11-23T12:00:00.000Z'
const DAY = '2026-12-01T00:00:00.000Z'
const draft = (inForceFrom: string | null) =>
	begin(amendmentMachine, { amendmentId: 'a', drafterId: 'd', textSha256: 'x', inForceFrom }, T0).next

test('two distinct owners sign, and the charter enters at its time', () => {
	const proposed = decide(amendmentMachine, draft(DAY), { type: 'PROPOSE', actorId: 'd', at: T0 })
	expect(proposed.timersSet.map(({ dueAt }) => dueAt)).toEqual([DAY])
	const sign = (ownerId: string) => ({ type: 'SIGN' as const, ownerId, textSha256: 'x', at: T0 })
	const once = decide(amendmentMachine, proposed.next, sign('o1'))
	expect(once.next.value).toBe('proposed')
	expect(() => decide(amendmentMachine, once.next, sign('o1'))).toThrow(/not accepted/)
	const twice = decide(amendmentMachine, once.next, sign('o2'))
	expect(twice.next.value).toBe('signed')
	const [timer] = twice.timersSet
	expect(timer?.dueAt).toBe(DAY)
	const entered = decide(amendmentMachine, twice.next, { type: timer?.event as 'xstate.after.x', at: DAY })
	expect(entered.next.value).toBe('inForce')
	expect(entered.commands).toEqual([{ type: 'charter.enforce', amendmentId: 'a' }])
})
