import { describe, expect, test } from 'vitest'
import type { SnapshotFrom } from 'xstate'
import fc from 'fast-check'
import { actsIn, needsReason, whoMustAct } from '#workflows/people/vetting-case.acting.ts'
import {
	DEADLINE_EVENTS,
	isTwoOfficerAct,
	ONE_OFFICER_ACTS,
	TWO_OFFICER_ACTS,
	VETTING_PATH,
	VETTING_STATES,
	type VettingEvent,
	type VettingState,
} from '#workflows/people/vetting-case.events.ts'
import { vettingCaseMachine } from '#workflows/people/vetting-case.machine.ts'
import { begin, decide } from '#workflows/shared/decide.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import { sharedJson } from '#test/vectors.ts'

const DAY = 86_400_000
const T0 = '2026-11-24T12:00:00.000Z'
const UNTIL = '2031-11-24T00:00:00.000Z'
const days = (count: number) => plusMs(T0, count * DAY)
type Snapshot = SnapshotFrom<typeof vettingCaseMachine>

const input = { caseId: 'case', subjectId: 'subject', sponsorId: null, at: T0 }
const fresh = () => begin(vettingCaseMachine, input, T0)
/** A case that stands in a state, with what is set. */
const standing = (value: VettingState, more: Partial<Snapshot['context']> = {}): Snapshot =>
	vettingCaseMachine.resolveState({ value, context: { ...fresh().next.context, ...more } })

const ACTS = [...ONE_OFFICER_ACTS, ...TWO_OFFICER_ACTS, 'EXPIRE', 'PAPERS_OVERDUE'] as const
type Act = (typeof ACTS)[number]
function eventOf(type: Act, officerId = 'second', at = T0): VettingEvent {
	if (type === 'SPONSOR') return { type, sponsorId: 'sponsor', at }
	if (type === 'BRIEF') return { type, clearanceId: 'clearance', at }
	if (type === 'GRANT' || type === 'GRANT_WITH_CONDITIONS' || type === 'UPHOLD_APPEAL')
		return { type, officerId, validUntil: UNTIL, at }
	if (isTwoOfficerAct(type)) return { type, officerId, at }
	return { type, at }
}
/** The case as it stands before an act: what takes two officers has been proposed by the first one. */
const ready = (from: VettingState, act: Act) =>
	standing(from, {
		validUntil: act === 'EXPIRE' ? T0 : null,
		papersAsked: act === 'PAPERS_OVERDUE' || act === 'RECEIVE_PAPERS',
		proposal: isTwoOfficerAct(act) ? { act, officerId: 'first', entryId: 'entry', at: T0 } : null,
	})
const isAccepted = (from: VettingState, act: Act) => {
	const snapshot = ready(from, act)
	return snapshot.can(eventOf(act)) ? decide(vettingCaseMachine, snapshot, eventOf(act)).next.value : null
}

describe('the life cycle', () => {
	const facts = sharedJson<{ states: string[]; transitions: string[][] }>('facts/personnel-lifecycle.json')

	test.skipIf(facts === null)(
		'has the states and transitions of the facts, and the way out of a mistake',
		() => {
			if (facts === null) return
			expect([...VETTING_STATES].sort()).toEqual([...facts.states, 'cancelled'].sort())
			const mistakes = ['requested', 'sponsored', 'invited'].map((from) => [from, 'cancelled'])
			expect(VETTING_PATH.map(([from, , to]) => `${from} ${to}`).sort()).toEqual(
				[...facts.transitions, ...mistakes].map(([from, to]) => `${from} ${to}`).sort(),
			)
		},
	)

	test('is the same in the machine as in the list of it', () => {
		expect(VETTING_STATES).toHaveLength(21)
		expect(new Set(VETTING_PATH.map(([from, , to]) => `${from} ${to}`)).size).toBe(35)
		expect(Object.keys(vettingCaseMachine.states).sort()).toEqual([...VETTING_STATES].sort())
	})

	const allowed = new Map<string, VettingState>([
		...VETTING_PATH.map(([from, act, to]) => [`${from} ${act}`, to] as const),
		...(['submitted', 'briefed_active'] as const).flatMap((state) => [
			[`${state} ASK_PAPERS`, state] as const,
			[`${state} RECEIVE_PAPERS`, state] as const,
			[`${state} PAPERS_OVERDUE`, 'admin_withdrawn'] as const,
		]),
	])

	test.each(VETTING_STATES.flatMap((from) => ACTS.map((act) => [from, act] as const)))(
		'%s: %s leads where the list says, or is refused',
		(from, act) => {
			const to = allowed.get(`${from} ${act}`) ?? null
			expect(isAccepted(from, act)).toBe(to)
			if (to === null)
				expect(() => decide(vettingCaseMachine, ready(from, act), eventOf(act))).toThrow(/not accepted/)
		},
	)

	test('a case that was opened by mistake is closed before an application is in, for good, and owes nothing', () => {
		const { next, timersSet, timersCancelled } = decide(vettingCaseMachine, standing('invited'), {
			type: 'CANCEL',
			at: days(2),
		})
		expect(next.value).toBe('cancelled')
		expect(next.context).toMatchObject({
			closedAt: days(2),
			dueAt: null,
			isOverdue: false,
			clearanceId: null,
		})
		expect(timersSet).toEqual([])
		expect(timersCancelled).toEqual(expect.arrayContaining(['due', 'reminder']))
		for (const act of ACTS) expect(isAccepted('cancelled', act), act).toBeNull()
		for (const from of VETTING_STATES.filter(
			(state) => !['requested', 'sponsored', 'invited'].includes(state),
		))
			expect(isAccepted(from, 'CANCEL'), from).toBeNull()
		expect(needsReason('CANCEL')).toBe(true)
	})

	test('every act that a page offers is one that the machine takes', () => {
		for (const state of VETTING_STATES) {
			const { one, two } = actsIn(state, { papersAsked: false })
			for (const act of [...one, ...two]) expect(isAccepted(state, act), `${state} ${act}`).not.toBeNull()
		}
	})
})

describe('what takes two officers', () => {
	const by = (officerId: string) => ({ act: 'GRANT' as const, officerId, entryId: 'entry', at: T0 })

	test.each(TWO_OFFICER_ACTS)(
		'%s is taken neither unproposed nor by who proposed it nor by the subject',
		(act) => {
			const from = VETTING_PATH.find((step) => step[1] === act)?.[0] as VettingState
			const proposal = { act, officerId: 'first', entryId: 'entry', at: T0 }
			expect(standing(from).can(eventOf(act))).toBe(false)
			expect(standing(from, { proposal }).can(eventOf(act, 'first'))).toBe(false)
			expect(standing(from, { proposal }).can(eventOf(act, 'subject'))).toBe(false)
			expect(standing(from, { proposal }).can(eventOf(act, 'second'))).toBe(true)
		},
	)

	test('a proposal is made once, never by the subject, and only of what the state takes', () => {
		const propose = (officerId: string, act: (typeof TWO_OFFICER_ACTS)[number] = 'GRANT') =>
			({ type: 'PROPOSE', act, officerId, entryId: 'entry', at: T0 }) as const
		expect(standing('adjudication').can(propose('first'))).toBe(true)
		expect(standing('adjudication').can(propose('subject'))).toBe(false)
		expect(standing('adjudication').can(propose('first', 'REVOKE'))).toBe(false)
		expect(standing('adjudication', { proposal: by('first') }).can(propose('second'))).toBe(false)
		expect(standing('submitted').can(propose('first'))).toBe(false)
	})

	test('what was proposed is no longer proposed once the case has moved on, or when it is dropped', () => {
		const proposed = standing('adjudication', { proposal: by('first') })
		expect(decide(vettingCaseMachine, proposed, { type: 'DENY', at: T0 }).next.context.proposal).toBeNull()
		const dropped = decide(vettingCaseMachine, proposed, { type: 'DROP_PROPOSAL', at: T0 }).next
		expect(dropped.context.proposal).toBeNull()
		expect(dropped.value).toBe('adjudication')
	})
})

describe('deadlines', () => {
	test('a case that begins waits for its sponsor, with a reminder before', () => {
		const { timersSet } = fresh()
		expect(timersSet).toEqual([
			{ name: 'reminder', event: 'REMIND', dueAt: days(11) },
			{ name: 'due', event: 'OVERDUE', dueAt: days(14) },
		])
	})

	test('what is overdue stays where it is, where the life cycle knows no way out', () => {
		const { next, timersSet } = decide(vettingCaseMachine, standing('invited'), { type: 'OVERDUE', at: T0 })
		expect(next.value).toBe('invited')
		expect(next.context.isOverdue).toBe(true)
		expect(timersSet).toEqual([])
	})

	test('papers that are not delivered in 30 days end the case, and delivered ones do not', () => {
		const current = standing('briefed_active', { validUntil: UNTIL })
		const asked = decide(vettingCaseMachine, current, { type: 'ASK_PAPERS', at: T0 })
		expect(whoMustAct('briefed_active', asked.next.context)).toBe('subject')
		expect(asked.timersSet.find(({ name }) => name === 'due')).toEqual({
			name: 'due',
			event: 'PAPERS_OVERDUE',
			dueAt: days(30),
		})
		// The end of the clearance is not forgotten over it.
		expect(asked.timersSet.find(({ name }) => name === 'expiry')?.dueAt).toBe(UNTIL)
		const undelivered = decide(vettingCaseMachine, asked.next, { type: 'PAPERS_OVERDUE', at: days(30) })
		expect(undelivered.next.value).toBe('admin_withdrawn')
		expect(undelivered.timersSet).toEqual([])
		const delivered = decide(vettingCaseMachine, asked.next, { type: 'RECEIVE_PAPERS', at: days(5) })
		expect(delivered.next.value).toBe('briefed_active')
		expect(delivered.timersCancelled).toContain('due')
		expect(delivered.timersSet.map(({ name }) => name)).not.toContain('due')
	})

	test('a clearance ends when the authority said, with reminders 90, 30 and 7 days before', () => {
		const granted = standing('granted', { validUntil: days(200) })
		const { next, timersSet } = decide(vettingCaseMachine, granted, eventOf('BRIEF'))
		expect(timersSet.map(({ name, dueAt }) => [name, dueAt])).toEqual([
			['expiry-reminder-90', days(110)],
			['expiry-reminder-30', days(170)],
			['expiry-reminder-7', days(193)],
			['expiry', days(200)],
		])
		expect(next.can({ type: 'EXPIRE', at: days(199) })).toBe(false)
		const expired = decide(vettingCaseMachine, next, { type: 'EXPIRE', at: days(200) })
		expect(expired.next.value).toBe('expired')
		expect(expired.timersSet.find(({ name }) => name === 'due')?.dueAt).toBe(days(214))
	})

	test('a clearance without a stated end has no such deadline', () => {
		const { timersSet } = decide(vettingCaseMachine, standing('granted'), eventOf('BRIEF'))
		expect(timersSet).toEqual([])
	})

	test('one that is given back after its end ends at once', () => {
		const proposal = { act: 'REINSTATE' as const, officerId: 'first', entryId: 'entry', at: T0 }
		const late = standing('suspended', { validUntil: days(-1), proposal })
		const { next, timersSet } = decide(vettingCaseMachine, late, eventOf('REINSTATE'))
		expect(next.value).toBe('briefed_active')
		expect(timersSet).toEqual([{ name: 'expiry', event: 'EXPIRE', dueAt: T0 }])
	})

	test('nothing is due any more in a case that is closed', () => {
		const { next, timersSet, timersCancelled } = decide(
			vettingCaseMachine,
			standing('briefed_active', { validUntil: UNTIL }),
			{ type: 'DEBRIEF', at: T0 },
		)
		expect(next.context).toMatchObject({ closedAt: T0, dueAt: null })
		expect(timersSet).toEqual([])
		expect(timersCancelled).toContain('expiry')
	})
})

test('replaying the events gives the stored state, whatever they were', () => {
	const anyEvent = fc.tuple(
		fc.constantFrom(...ACTS, ...DEADLINE_EVENTS, 'PROPOSE' as const, 'DROP_PROPOSAL' as const),
		fc.constantFrom('first', 'second'),
		fc.integer({ min: 0, max: 400 }),
		fc.constantFrom(...TWO_OFFICER_ACTS),
	)
	fc.assert(
		fc.property(fc.array(anyEvent, { maxLength: 60 }), (chosen) => {
			let snapshot = fresh().next
			const taken: VettingEvent[] = []
			let day = 0
			for (const [type, officerId, gap, act] of chosen) {
				day += gap / 40
				const at = days(Math.floor(day))
				const event =
					type === 'PROPOSE'
						? ({ type, act, officerId, entryId: 'entry', at } as const)
						: type === 'DROP_PROPOSAL' || (DEADLINE_EVENTS as readonly string[]).includes(type)
							? ({ type, at } as VettingEvent)
							: eventOf(type as Act, officerId, at)
				if (!snapshot.can(event)) continue
				snapshot = decide(vettingCaseMachine, snapshot, event).next
				taken.push(event)
			}
			// As the database holds it: state and context as JSON, loaded anew for every step.
			let stored = JSON.parse(JSON.stringify({ value: 'requested', context: fresh().next.context })) as Pick<
				Snapshot,
				'value' | 'context'
			>
			for (const event of taken) {
				const { next } = decide(vettingCaseMachine, vettingCaseMachine.resolveState(stored), event)
				stored = JSON.parse(JSON.stringify({ value: next.value, context: next.context })) as typeof stored
			}
			expect(stored.value).toBe(snapshot.value)
			expect(stored.context).toEqual(snapshot.context)
		}),
		{ numRuns: 200 },
	)
})
