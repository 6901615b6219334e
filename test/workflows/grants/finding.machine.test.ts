import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SnapshotFrom } from 'xstate'
import type { Reaction } from '#workflows/charter/entra.schema.ts'
import {
	CLOSED_FINDING_STATES,
	FINDING_STATES,
	isClosedFinding,
	upgradeFinding,
	type FindingContext,
	type FindingState,
	type Missed,
} from '#workflows/grants/finding-context.ts'
import type { FindingEvent } from '#workflows/grants/finding-events.ts'
import { findingMachine } from '#workflows/grants/finding.machine.ts'
import { REMOVAL_CONFIRM_MS } from '#workflows/grants/grant.machine.ts'
import { admitRemovals, weightOf } from '#workflows/grants/mass-guard.ts'
import { planReconciliation } from '#workflows/grants/reconcile.ts'
import { placeKey, type Place } from '#workflows/grants/place.ts'
import type { Difference } from '#workflows/grants/differences.ts'
import type { TenantPicture } from '#workflows/tenant/tenant-picture.ts'
import { begin, decide, type Decided } from '#workflows/shared/decide.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { msBetween } from '#workflows/shared/instants.ts'
import { shownDigest } from '#workflows/grants/shown-difference.ts'
import {
	ALL_REMOVE,
	asApproved,
	BREAK_GLASS,
	charterWith,
	grantOf,
	groupHolding,
	groupOf,
	GUEST,
	inputOf,
	later,
	MACHINE,
	NOW,
	OTHER_GROUP,
	pictureOf,
	PLACES,
	ROLE,
	roleHolding,
	STRANGER,
	USERS,
} from '#test/factories/tenant-world.ts'

const MINUTE = 60_000
const [who] = USERS

function differenceOf(picture = pictureOf({ roleHoldings: [roleHolding(who, ROLE)] })): Difference {
	const [first] = planReconciliation(picture, inputOf([])).open
	if (!first) throw new Error('Nothing differs.')
	return first.difference
}
const ALERT: Reaction = { do: 'alert' }
const REMOVE: Reaction = { do: 'remove' }
const DECIDE: Reaction = { do: 'decide', withinMs: 60 * MINUTE, otherwise: 'remove' }

type Machine = typeof findingMachine
const first = (reaction: Reaction, difference = differenceOf()) =>
	begin(findingMachine, { findingId: 'finding-1', difference, reaction, at: NOW }, NOW)
const step = (
	snapshot: SnapshotFrom<Machine>,
	event: FindingEvent | { type: `xstate.after.${string}`; at: string },
) => decide(findingMachine, snapshot, event)
const sighted = (ms: number, reaction: Reaction, difference = differenceOf()): FindingEvent => ({
	type: 'SIGHTED',
	difference,
	reaction,
	at: later(ms),
})
const confirmed = (reaction: Reaction, difference = differenceOf()) =>
	step(first(reaction, difference).next, sighted(5000, reaction, difference))
const timer = ({ timersSet }: Decided<Machine>, at: string) => {
	const [only] = timersSet
	if (!only) throw new Error('No deadline was set.')
	return { type: only.event as `xstate.after.${string}`, at }
}

describe('a finding', () => {
	test('is believed at the second sighting, and one that rests on an absence only after a while', () => {
		expect(first(ALERT).next.value).toBe('seen')
		expect(confirmed(ALERT).next.value).toBe('alerted')
		expect(step(first(REMOVE).next, sighted(500, REMOVE)).next.value).toBe('seen')
		const missing = differenceOf(pictureOf({ roleHoldings: [roleHolding(who, ROLE)] }))
		const absence = { ...missing, isAbsence: true, removal: null }
		const early = step(first(ALERT, absence).next, sighted(30_000, ALERT, absence))
		expect(early.next.value).toBe('seen')
		expect(step(early.next, sighted(61_000, ALERT, absence)).next.value).toBe('alerted')
	})
	test('that is seen once and not again came to nothing, and nothing was sent', () => {
		const { next, commands } = step(first(REMOVE).next, { type: 'MISSED', why: 'gone', at: later(5000) })
		expect(next.value).toBe('neverConfirmed')
		expect(commands).toEqual([])
	})
	test('is removed at once where the charter says so, but not before the guard has let it pass', () => {
		const ordered = confirmed(REMOVE)
		expect(ordered.next.value).toBe('ordered')
		expect(ordered.commands).toEqual([])
		const started = step(ordered.next, { type: 'START', at: later(5000) })
		expect(started.next.value).toBe('removing')
		expect(started.commands).toEqual([{ type: 'finding.remove', findingId: 'finding-1' }])
		expect(started.next.context).toMatchObject({ orderedBy: 'rule', sentAt: later(5000) })
		expect(step(started.next, { type: 'REMOVED', at: later(9000) }).next).toMatchObject({
			value: 'removed',
			context: { closedAt: later(9000) },
		})
	})
	test('waits for a decision until its deadline, and silence removes or only goes on telling', () => {
		const asked = confirmed(DECIDE)
		expect(asked.next).toMatchObject({ value: 'awaiting', context: { decideBy: later(5000 + 60 * MINUTE) } })
		expect(step(asked.next, timer(asked, later(61 * MINUTE))).next).toMatchObject({
			value: 'ordered',
			context: { orderedBy: 'silence', wasSilent: true },
		})
		const mild = confirmed({ ...DECIDE, otherwise: 'alert' })
		const silent = step(mild.next, timer(mild, later(61 * MINUTE)))
		expect(silent.next.value).toBe('alerted')
		// Nobody is asked a second time for the same thing.
		expect(step(silent.next, sighted(62 * MINUTE, { ...DECIDE, otherwise: 'alert' })).next.value).toBe(
			'alerted',
		)
	})
	test('that the charter asks more of by now follows the charter', () => {
		expect(step(confirmed(ALERT).next, sighted(9000, REMOVE)).next.value).toBe('ordered')
		expect(step(confirmed(ALERT).next, sighted(9000, DECIDE)).next.value).toBe('awaiting')
	})
	test('that the charter gives another time by now has the deadline that is told of it', () => {
		const day: Reaction = { ...DECIDE, withinMs: 24 * 60 * MINUTE }
		const asked = confirmed(day)
		const less = step(asked.next, sighted(10_000, DECIDE))
		expect(less.next).toMatchObject({ value: 'awaiting', context: { decideBy: later(10_000 + 60 * MINUTE) } })
		expect(less.timersSet).toMatchObject([{ dueAt: later(10_000 + 60 * MINUTE) }])
		expect(less.timersCancelled).toEqual(asked.timersSet.map(({ name }) => name))
		// More time counts from when it was first asked, and what goes to and fro puts nothing off.
		const more = step(less.next, sighted(20_000, day))
		expect(more.next.context.decideBy).toBe(later(5000 + 24 * 60 * MINUTE))
		expect(more.timersSet).toMatchObject([{ dueAt: more.next.context.decideBy }])
		// Nearly over, and the charter gives less: it is not put off.
		const late = step(more.next, sighted(23.5 * 60 * MINUTE, DECIDE))
		expect(late.next.context.decideBy).toBe(more.next.context.decideBy)
	})
	test('that one look cannot take away keeps its deadline, and silence does what it was told last', () => {
		const asked = confirmed(DECIDE)
		const mild = step(asked.next, sighted(30 * MINUTE, { ...DECIDE, otherwise: 'alert' }))
		const again = step(mild.next, sighted(40 * MINUTE, DECIDE))
		for (const { next, timersSet } of [mild, again]) {
			expect(next.context.decideBy).toBe(asked.next.context.decideBy)
			expect(timersSet).toMatchObject([{ dueAt: asked.next.context.decideBy }])
		}
		expect(step(again.next, timer(again, later(66 * MINUTE))).next.value).toBe('ordered')
	})
	test('whose deadline is of before gets the one that was told at the next look', () => {
		const { waitsSince: _1, admitted: _2, askedBefore: _3, ...stored } = confirmed(DECIDE).next.context
		const restored = findingMachine.resolveState({ value: 'awaiting', context: upgradeFinding(stored, 2) })
		const { next, timersSet } = step(restored, sighted(30 * MINUTE, DECIDE))
		expect(next.context).toMatchObject({ decideBy: stored.decideBy, waitsSince: later(5000) })
		expect(timersSet).toMatchObject([{ dueAt: stored.decideBy }])
		expect(step(next, sighted(31 * MINUTE, DECIDE)).timersSet).toEqual([])
	})
	test('is decided by an officer; what cannot be taken away cannot be ordered', () => {
		const remove = { type: 'REMOVE', actorId: 'officer-1', at: later(9000) } as const
		expect(step(confirmed(ALERT).next, remove).next).toMatchObject({
			value: 'ordered',
			context: { orderedBy: 'decision', decidedBy: 'officer-1' },
		})
		const fixed = { ...differenceOf(), removal: null }
		expect(() => step(confirmed(ALERT, fixed).next, remove)).toThrow('not accepted')
	})
	test('is accepted until an end, is a finding anew after it, and at once when something else is wrong with it', () => {
		const accept = {
			type: 'ACCEPT',
			actorId: 'officer-1',
			until: later(120 * MINUTE),
			at: later(9000),
		} as const
		const accepted = step(confirmed(ALERT).next, accept)
		expect(accepted.next.value).toBe('accepted')
		expect(step(accepted.next, sighted(60 * MINUTE, REMOVE)).next.value).toBe('accepted')
		const worse: Difference = { ...differenceOf(), kinds: ['permanent', 'outOfBand'] }
		expect(step(accepted.next, sighted(60 * MINUTE, REMOVE, worse)).next.value).toBe('seen')
		const over = step(accepted.next, timer(accepted, later(120 * MINUTE)))
		expect(over.next).toMatchObject({ value: 'seen', context: { sightings: 0, decidedBy: null } })
		expect(() => step(confirmed(ALERT).next, { ...accept, until: later(9000) })).toThrow('not accepted')
	})
	test('is over at the second look that does not see it, a minute later, and at once where it is known what became of it', () => {
		const missed = (ms: number, why: Missed = 'gone'): FindingEvent => ({
			type: 'MISSED',
			why,
			at: later(ms),
		})
		const until = later(120 * MINUTE)
		const accepted = step(confirmed(ALERT).next, { type: 'ACCEPT', actorId: 'a', until, at: later(9000) })
		for (const before of [confirmed(ALERT), confirmed(DECIDE), accepted]) {
			const once = step(before.next, missed(10_000))
			expect(once.next.value).toBe(before.next.value)
			expect(step(once.next, missed(69_000)).next.value).toBe(before.next.value)
			expect(step(once.next, missed(70_000)).next).toMatchObject({
				value: 'gone',
				context: { missed: 'gone' },
			})
			// Seen in between, it counts anew.
			const again = step(once.next, sighted(15_000, before.next.context.reaction))
			expect(step(again.next, missed(70_000)).next.value).toBe(before.next.value)
			for (const why of ['explained', 'watched', 'ungoverned', 'leftTenant'] as const)
				expect(step(before.next, missed(10_000, why)).next.value).toBe('gone')
		}
	})
	test('that the guard holds is released by another officer than the one who asks', () => {
		const held = step(confirmed(REMOVE).next, { type: 'HOLD', at: later(5000) })
		const release = (actorId: string) => ({ type: 'RELEASE', actorId, at: later(9000) }) as const
		expect(() => step(held.next, release('officer-1'))).toThrow('not accepted')
		const asked = step(held.next, { type: 'ASK_RELEASE', actorId: 'officer-1', at: later(8000) })
		expect(asked.next.value).toBe('held')
		expect(() => step(asked.next, release('officer-1'))).toThrow('not accepted')
		const released = step(asked.next, release('officer-2'))
		expect(released.next).toMatchObject({
			value: 'removing',
			context: { askedBy: 'officer-1', releasedBy: 'officer-2' },
		})
		expect(released.commands).toHaveLength(1)
	})
	test('whose removal is not confirmed is an alarm and is tried again until it is', () => {
		const started = step(confirmed(REMOVE).next, { type: 'START', at: later(5000) })
		const late = step(started.next, timer(started, later(15 * MINUTE)))
		expect(late.next.value).toBe('notConfirmed')
		expect(late.commands.map(({ type }) => type)).toEqual(['finding.remove', 'finding.end_sessions'])
		const again = step(late.next, timer(late, later(16 * MINUTE)))
		expect(again.next.value).toBe('notConfirmed')
		expect(again.commands.map(({ type }) => type)).toEqual(['finding.remove', 'finding.end_sessions'])
		const early = step(started.next, {
			type: 'POSTPONED',
			until: later(5 * MINUTE),
			code: 'ActiveDurationTooShort',
			at: later(6000),
		})
		expect(early.next.value).toBe('postponed')
		expect(early.commands.map(({ type }) => type)).toEqual(['finding.end_sessions'])
		expect(step(early.next, timer(early, later(5 * MINUTE))).next.value).toBe('removing')
	})
	test('whose removal the tenant puts off again and again is an alarm ten minutes after the first attempt', () => {
		let { next } = step(confirmed(REMOVE).next, { type: 'START', at: later(5000) })
		for (const ms of [301_000, 420_000, 599_000]) {
			const postponed = step(next, { type: 'POSTPONED', until: later(ms), code: 'X', at: later(ms - 15_000) })
			const again = step(postponed.next, timer(postponed, later(ms)))
			expect(again.timersSet.map(({ dueAt }) => dueAt)).toEqual([later(5000 + REMOVAL_CONFIRM_MS)])
			next = again.next
		}
		const late = step(next, { type: 'POSTPONED', until: later(700_000), code: 'X', at: later(604_000) })
		const over = step(late.next, timer(late, later(700_000)))
		expect(over.timersSet.map(({ dueAt }) => dueAt)).toEqual([later(700_000)])
		expect(step(over.next, timer(over, later(700_000))).next.value).toBe('notConfirmed')
	})
	test('about one of our own accesses is left to that access, unless the charter removes at once', () => {
		const approved = [grantOf(who, ROLE)]
		const [row] = asApproved(approved).roleHoldings
		const picture = pictureOf({ roleHoldings: row ? [{ ...row, until: null }] : [] })
		const [open] = planReconciliation(picture, inputOf(approved)).open
		if (!open) throw new Error('Nothing differs.')
		const { difference } = open
		expect(confirmed(ALERT, difference).next.value).toBe('referred')
		expect(confirmed(DECIDE, difference).next.value).toBe('referred')
		expect(confirmed(REMOVE, difference).next.value).toBe('ordered')
		// What silence would end beyond what the guard allows waits for two officers.
		const held = step(confirmed(ALERT, difference).next, { type: 'HOLD', at: later(9000) })
		expect(held.next).toMatchObject({ value: 'held', context: { orderedBy: 'silence' } })
		expect(() => step(confirmed(ALERT).next, { type: 'HOLD', at: later(9000) })).toThrow('not accepted')
	})
})

describe('what was accepted', () => {
	const ofGroup = (ids: readonly string[], more: Partial<TenantPicture> = {}): Difference =>
		differenceOf(
			pictureOf({
				roleHoldings: [roleHolding(OTHER_GROUP, ROLE)],
				groupHoldings: ids.map((id) => groupHolding(id, OTHER_GROUP)),
				...more,
			}),
		)
	const acceptedAs = (difference: Difference) =>
		step(confirmed(ALERT, difference).next, {
			type: 'ACCEPT',
			actorId: 'officer-1',
			until: later(90 * 24 * 60 * MINUTE),
			at: later(9000),
		}).next
	const after = (before: Difference, then: Difference) =>
		step(acceptedAs(before), sighted(60 * MINUTE, ALERT, then)).next
	const policy: Difference = {
		...differenceOf(),
		family: 'policy',
		key: 'policy ca p',
		kinds: ['policyWeakened'],
		principalId: null,
		place: null,
		until: null,
		reasons: ['MORE_EXCLUDED'],
		removal: null,
	}
	const limited: Difference = { ...differenceOf(), until: later(5 * 60 * MINUTE) }
	const denied: Difference = { ...limited, kinds: ['ineligibleHolder', 'outOfBand'], reasons: ['CLEARANCE'] }
	test.each([
		['a rule that is switched off after it was accepted as weaker', policy, { ...policy, reasons: ['OFF'] }],
		[
			'a rule that is changed once more in the accepted way',
			{ ...policy, rule: 'a' },
			{ ...policy, rule: 'b' },
		],
		['another reason beside the accepted one', policy, { ...policy, reasons: ['MORE_EXCLUDED', 'OFF'] }],
		['another reason to refuse the holder', denied, { ...denied, reasons: ['CLEARANCE', 'NATION'] }],
		['a later end', limited, { ...limited, until: later(6 * 60 * MINUTE) }],
		['no end any more', limited, { ...limited, until: null }],
		['somebody else in the group', ofGroup([who]), ofGroup([who, USERS[1], USERS[2], USERS[3]])],
		[
			'somebody else who could be in the group',
			ofGroup([who]),
			ofGroup([], {
				groupHoldings: [
					groupHolding(who, OTHER_GROUP),
					groupHolding(USERS[1], OTHER_GROUP, { how: 'eligible' }),
				],
				groups: [groupOf(OTHER_GROUP, [who])],
			}),
		],
	])('is a finding anew with %s', (_, before, then) => {
		const { value, context } = after(before, then)
		expect(value).toBe('seen')
		expect(context).toMatchObject({ acceptedUntil: null, acceptedReasons: [], acceptedMembers: null })
		const again = step(step(acceptedAs(before), sighted(60 * MINUTE, ALERT, then)).next, {
			...sighted(60 * MINUTE + 3000, ALERT, then),
		})
		expect(again.next.value).toBe('alerted')
	})
	test.each([
		['a rule that stands as it did', { ...policy, rule: 'a' }, { ...policy, rule: 'a' }],
		['a rule of which not all could be read', { ...policy, rule: 'a' }, policy],
		['fewer reasons', denied, { ...denied, reasons: [] }],
		['an end that is as late as clocks differ', limited, { ...limited, until: later(301 * MINUTE) }],
		['an earlier end', limited, { ...limited, until: later(60 * MINUTE) }],
		['a list that tells of no ends', limited, { ...limited, until: null, isEndUnknown: true }],
		['fewer people in the group', ofGroup([who, USERS[1]]), ofGroup([who])],
		[
			'a group that could not be read once',
			ofGroup([who]),
			ofGroup([], { groups: [{ ...groupOf(OTHER_GROUP), unread: ['members'] }] }),
		],
	])('stays accepted with %s', (_, before, then) => {
		expect(after(before, then).value).toBe('accepted')
		// What is accepted is what was signed, however it was seen in between.
		expect(step(after(before, then), sighted(61 * MINUTE, ALERT, before)).next.value).toBe('accepted')
	})
	test('of a version that kept the kinds alone is what was last seen, and who was in a group is learned once', () => {
		const before = ofGroup([who])
		const { members: _, ...asStored } = before
		const {
			wasBelieved: _1,
			acceptedReasons: _2,
			acceptedEnd: _3,
			acceptedMembers: _4,
			acceptedRule: _5,
			...stored
		}: FindingContext = { ...acceptedAs(before).context, difference: asStored }
		const restored = findingMachine.resolveState({ value: 'accepted', context: upgradeFinding(stored, 3) })
		expect(restored.context).toMatchObject({ wasBelieved: true, acceptedEnd: before.until })
		const unread = ofGroup([who], { groups: [{ ...groupOf(OTHER_GROUP, [who]), unread: ['owners'] }] })
		const blind = step(restored, sighted(60 * MINUTE, ALERT, unread)).next
		expect(blind).toMatchObject({ value: 'accepted', context: { acceptedMembers: null } })
		const seen = step(blind, sighted(61 * MINUTE, ALERT, before)).next
		expect(seen).toMatchObject({ value: 'accepted', context: { acceptedMembers: [who] } })
		const more = ofGroup([who, USERS[1]])
		expect(step(seen, sighted(62 * MINUTE, ALERT, more)).next.value).toBe('seen')
		expect(
			step(restored, sighted(62 * MINUTE, ALERT, { ...before, until: later(9 * 60 * MINUTE) })).next.value,
		).toBe('seen')
	})
	test('and counts anew goes at the second look that does not see it; what was never certain came to nothing', () => {
		const missed = (ms: number): FindingEvent => ({ type: 'MISSED', why: 'gone', at: later(ms) })
		const anew = after(policy, { ...policy, reasons: ['OFF'] })
		const once = step(anew, missed(61 * MINUTE)).next
		expect(once).toMatchObject({ value: 'seen', context: { missedSince: later(61 * MINUTE) } })
		expect(step(once, missed(62 * MINUTE)).next.value).toBe('gone')
		// Of a version that did not keep it: whatever was stored more than once was certain.
		const { wasBelieved: _, ...stored } = first(ALERT).next.context
		for (const [version, value] of [
			[1, 'neverConfirmed'],
			[4, 'seen'],
		] as const) {
			const restored = findingMachine.resolveState({
				value: 'seen',
				context: upgradeFinding(stored, version),
			})
			expect(step(restored, missed(5000)).next.value).toBe(value)
		}
	})
})

describe('a removal that is under way', () => {
	const started = () => step(confirmed(REMOVE).next, { type: 'START', at: later(5000) })
	const postponed = () =>
		step(started().next, { type: 'POSTPONED', until: later(5 * MINUTE), code: 'X', at: later(6000) })
	const alarm = () => step(started().next, timer(started(), later(15 * MINUTE)))
	const held = () => step(confirmed(REMOVE).next, { type: 'HOLD', at: later(5000) })
	const states = [
		['removing', started],
		['postponed', postponed],
		['notConfirmed', alarm],
		['held', held],
	] as const
	test.each(states)('is given up, and says why, where it would hit what must stay (%s)', (_, stage) => {
		for (const [spared, missed] of [
			['watched', 'watchedThrough'],
			['ours', 'oursThrough'],
			[undefined, 'fixed'],
		] as const) {
			const seen = { ...differenceOf(), removal: null, spared }
			const { next, commands } = step(stage().next, sighted(16 * MINUTE, ALERT, seen))
			expect(next).toMatchObject({
				value: 'explained',
				context: { missed, closedAt: later(16 * MINUTE) },
			})
			expect(commands).toEqual([])
		}
	})
	test.each(states)(
		'stays ordered as it was where one look could not read what it would hit (%s)',
		(value, stage) => {
			const seen = { ...differenceOf(), removal: null, spared: 'unread' as const }
			const { next, timersSet, timersCancelled } = step(stage().next, sighted(16 * MINUTE, ALERT, seen))
			expect(next).toMatchObject({
				value,
				context: { difference: { removal: differenceOf().removal }, lastSeenAt: later(16 * MINUTE) },
			})
			expect(next.context.reaction).toEqual(REMOVE)
			expect([timersSet, timersCancelled]).toEqual([[], []])
		},
	)
	const people = (count: number): Difference => ({
		...differenceOf(),
		people: count,
		members: { accounts: USERS.slice(0, count), people: [], isWhole: true },
	})
	const letPass = (count: number) => {
		const ordered = confirmed(REMOVE, people(count))
		return step(ordered.next, { type: 'START', at: later(5000) })
	}
	const releasedOf = (count: number) => {
		const { next } = step(confirmed(REMOVE, people(count)).next, { type: 'HOLD', at: later(5000) })
		const asked = step(next, { type: 'ASK_RELEASE', actorId: 'officer-1', at: later(6000) })
		return step(asked.next, { type: 'RELEASE', actorId: 'officer-2', at: later(7000) })
	}
	test('comes before the guard again where it hits more people than that let pass, unless two officers released it', () => {
		const going = letPass(1)
		expect(going.next.context.admitted).toEqual({ people: 1, at: later(5000) })
		const put = step(going.next, { type: 'POSTPONED', until: later(5 * MINUTE), code: 'X', at: later(6000) })
		const late = step(going.next, timer(going, later(15 * MINUTE)))
		for (const { next } of [going, put, late]) {
			expect(step(next, sighted(16 * MINUTE, REMOVE, people(1))).next.value).toBe(next.value)
			const grown = step(next, sighted(16 * MINUTE, REMOVE, people(2)))
			expect(grown.next).toMatchObject({
				value: 'ordered',
				context: { orderedBy: 'rule', sentAt: later(5000) },
			})
			expect(grown.commands).toEqual([])
			expect(step(grown.next, { type: 'HOLD', at: later(16 * MINUTE) }).next.value).toBe('held')
			expect(step(grown.next, { type: 'START', at: later(16 * MINUTE) }).next.context).toMatchObject({
				admitted: { people: 2, at: later(16 * MINUTE) },
				sentAt: later(5000),
			})
		}
		const released = releasedOf(1)
		expect(step(released.next, sighted(9000, REMOVE, people(2))).next.value).toBe('removing')
	})
	const account: Difference = { ...differenceOf(), principalKind: 'unknown' }
	const group: Difference = { ...people(3), principalKind: 'group' }
	test('that two officers released as one account comes before the guard anew where it turns out to be a group', () => {
		const { next } = step(confirmed(REMOVE, account).next, { type: 'HOLD', at: later(5000) })
		const asked = step(next, { type: 'ASK_RELEASE', actorId: 'officer-1', at: later(6000) })
		const released = step(asked.next, { type: 'RELEASE', actorId: 'officer-2', at: later(7000) })
		const turned = step(released.next, sighted(9000, REMOVE, group))
		expect(turned.commands).toEqual([])
		expect(turned.next).toMatchObject({
			value: 'ordered',
			context: { releasedBy: null, askedBy: null, askedBefore: 'officer-1' },
		})
		const held = step(turned.next, { type: 'HOLD', at: later(9000) }).next
		expect(held.can({ type: 'RELEASE', actorId: 'officer-2', at: later(9500) })).toBe(false)
		const again = step(held, { type: 'ASK_RELEASE', actorId: 'officer-2', at: later(9500) })
		const going = step(again.next, { type: 'RELEASE', actorId: 'officer-1', at: later(9900) })
		expect(step(going.next, sighted(10_000, REMOVE, { ...group, people: 4 })).next.value).toBe('removing')
	})
	test('that was accepted as one account is a finding anew where it turns out to be a group', () => {
		const until = later(120 * MINUTE)
		const accept = { type: 'ACCEPT', actorId: 'a', until, at: later(9000) } as const
		const { next } = step(confirmed(ALERT, account).next, accept)
		expect(step(next, sighted(10_000, ALERT, { ...account, principalKind: 'user' })).next.value).toBe(
			'accepted',
		)
		expect(step(next, sighted(10_000, ALERT, group)).next).toMatchObject({
			value: 'seen',
			context: { acceptedUntil: null, acceptedMembers: null },
		})
		// Whoever accepted a group before it was kept who is in it is taken at their word.
		const known = { ...group, members: { accounts: [], people: [], isWhole: false } }
		const asGroup = step(confirmed(ALERT, known).next, accept)
		const stored = { ...asGroup.next, context: { ...asGroup.next.context, acceptedMembers: null } }
		expect(step(stored as typeof asGroup.next, sighted(10_000, ALERT, group)).next.value).toBe('accepted')
	})
	test('is an alarm ten minutes after it was last let pass, and no sooner for having been held or put off', () => {
		const due = ({ timersSet }: Decided<Machine>) => timersSet.map(({ dueAt }) => dueAt)
		const grown = step(letPass(1).next, sighted(9000, REMOVE, people(2))).next
		expect(due(step(grown, { type: 'START', at: later(9 * MINUTE) }))).toEqual([
			later(9 * MINUTE + REMOVAL_CONFIRM_MS),
		])
		const heldAgain = step(grown, { type: 'HOLD', at: later(9000) }).next
		const asked = step(heldAgain, { type: 'ASK_RELEASE', actorId: 'officer-1', at: later(59 * MINUTE) }).next
		const released = step(asked, { type: 'RELEASE', actorId: 'officer-2', at: later(60 * MINUTE) })
		expect(due(released)).toEqual([later(60 * MINUTE + REMOVAL_CONFIRM_MS)])
		expect(released.next.context.sentAt).toBe(later(5000))
		const until = later(65 * MINUTE)
		const put = step(released.next, { type: 'POSTPONED', until, code: 'X', at: later(61 * MINUTE) })
		expect(due(step(put.next, timer(put, until)))).toEqual([later(60 * MINUTE + REMOVAL_CONFIRM_MS)])
		const day = 24 * 60 * MINUTE
		const accepted = step(heldAgain, {
			type: 'ACCEPT',
			actorId: 'officer-1',
			until: later(2 * day),
			at: later(day),
		}).next
		const removed = step(accepted, { type: 'REMOVE', actorId: 'officer-1', at: later(day + 1000) }).next
		expect(due(step(removed, { type: 'START', at: later(day + 2000) }))).toEqual([
			later(day + 2000 + REMOVAL_CONFIRM_MS),
		])
		// One of a version that did not keep it has been tried since it was first sent.
		const { begunAt: _, ...stored } = put.next.context
		const restored = findingMachine.resolveState({ value: 'postponed', context: upgradeFinding(stored, 4) })
		expect(restored.context.begunAt).toBe(later(5000))
	})
	/** The tenant was asked and did not refuse, as the job notes it. */
	const taken = ({ value, context }: SnapshotFrom<Machine>) =>
		findingMachine.resolveState({ value, context: { ...context, tenantAskedAt: later(5500) } })
	test('and is held once more is removed where it is gone then, unless Entra refused it each time', () => {
		const missed = (ms: number): FindingEvent => ({ type: 'MISSED', why: 'gone', at: later(ms) })
		const goneFrom = (snapshot: SnapshotFrom<Machine>) =>
			step(step(snapshot, missed(10_000)).next, missed(80_000)).next
		const heldAfter = (snapshot: SnapshotFrom<Machine>) =>
			step(step(snapshot, sighted(9000, REMOVE, people(2))).next, { type: 'HOLD', at: later(9000) }).next
		expect(goneFrom(heldAfter(taken(letPass(1).next)))).toMatchObject({
			value: 'removed',
			context: { missed: null, closedAt: later(80_000) },
		})
		const put = step(letPass(1).next, {
			type: 'POSTPONED',
			until: later(MINUTE * 5),
			code: 'X',
			at: later(6000),
		})
		expect(goneFrom(heldAfter(put.next))).toMatchObject({ value: 'gone', context: { missed: 'gone' } })
		expect(goneFrom(held().next).value).toBe('gone')
		// One of a version that did not keep it is taken to have been sent.
		const { tenantAskedAt: _, ...stored } = heldAfter(letPass(1).next).context
		const restored = findingMachine.resolveState({ value: 'held', context: upgradeFinding(stored, 4) })
		expect(goneFrom(restored).value).toBe('removed')
	})
	test('is given up where the charter does not govern it any more, before Entra takes it', () => {
		const { next } = step(postponed().next, { type: 'MISSED', why: 'ungoverned', at: later(9000) })
		expect(next).toMatchObject({
			value: 'explained',
			context: { missed: 'ungoverned', closedAt: later(9000) },
		})
		// What lists do not show says nothing while it is under way, and what may have been sent its job has the last word on.
		expect(postponed().next.can({ type: 'MISSED', why: 'gone', at: later(9000) })).toBe(false)
		for (const { next: sent } of [started(), alarm()])
			expect(sent.can({ type: 'MISSED', why: 'ungoverned', at: later(9000) })).toBe(false)
	})
	test('and is held waits for a first officer again when what is shown of it changes', () => {
		const small = step(confirmed(REMOVE, people(1)).next, { type: 'HOLD', at: later(5000) })
		const asked = step(small.next, { type: 'ASK_RELEASE', actorId: 'officer-1', at: later(6000) })
		const release = { type: 'RELEASE', actorId: 'officer-2', at: later(9000) } as const
		const same = step(asked.next, sighted(7000, ALERT, people(1)))
		expect(step(same.next, release).next.value).toBe('removing')
		const unread = {
			...people(1),
			members: { accounts: [], people: [], isWhole: false },
			removal: null,
			spared: 'unread' as const,
		}
		for (const seen of [people(3), unread]) {
			const grown = step(asked.next, sighted(8000, REMOVE, seen))
			expect(grown.next.context).toMatchObject({ askedBy: null, askedBefore: 'officer-1' })
			expect(grown.next.can(release)).toBe(false)
			const again = step(grown.next, { type: 'ASK_RELEASE', actorId: 'officer-3', at: later(8500) })
			expect(again.next.context).toMatchObject({ askedBy: 'officer-3', askedBefore: null })
			expect(step(again.next, release).next.context).toMatchObject({ releasedBy: 'officer-2' })
		}
	})
	test.each(states)('goes the way that is seen now, not the one that was seen first (%s)', (value, stage) => {
		const plain: Place = { kind: 'group', groupId: 'group-a', relation: 'member', by: 'membership' }
		const removal = { what: 'assignment' as const, principalId: who, place: plain }
		const { next, commands } = step(
			stage().next,
			sighted(16 * MINUTE, REMOVE, { ...differenceOf(), removal }),
		)
		expect(next).toMatchObject({ value, context: { difference: { removal }, orderedBy: 'rule' } })
		expect(commands).toEqual([])
	})
	test('of one of our own accesses goes on where that is not seen for a moment', () => {
		const removal = { what: 'grant' as const, grantId: 'grant-1' }
		const difference: Difference = { ...differenceOf(), family: 'grant', grantId: 'grant-1', removal }
		const going = step(confirmed(REMOVE, difference).next, { type: 'START', at: later(5000) })
		const missing = { ...difference, kinds: ['missingGrant'] as const, removal: null }
		expect(step(going.next, sighted(9000, ALERT, missing)).next).toMatchObject({
			value: 'removing',
			context: { difference: { removal } },
		})
	})
})

test('whatever comes, no state is left without a way on, and nothing is sent that was not ordered and let pass', () => {
	const event = fc.constantFrom(
		'SIGHTED',
		'WORSE',
		'ASKED_LESS',
		'ASKED_MORE',
		'ASKED_MILDLY',
		'GREW',
		'MISSED',
		'UNGOVERNED',
		'TAKE',
		'REMOVE',
		'ACCEPT',
		'START',
		'HOLD',
		'ASK_RELEASE',
		'RELEASE',
		'POSTPONED',
		'FAILED',
		'KILL_SWITCH',
		'REMOVED',
		'EXPLAINED',
		'TIMER',
	)
	fc.assert(
		fc.property(
			fc.constantFrom(ALERT, REMOVE, DECIDE),
			fc.boolean(),
			fc.array(fc.tuple(event, fc.integer({ min: 1, max: 90 }), fc.constantFrom('officer-1', 'officer-2')), {
				maxLength: 18,
			}),
			(reaction, isOfGrant, events) => {
				const difference: Difference = isOfGrant
					? {
							...differenceOf(),
							family: 'grant',
							grantId: 'grant-1',
							removal: { what: 'grant', grantId: 'grant-1' },
						}
					: differenceOf()
				let now = first(reaction, difference)
				const timers = new Map(now.timersSet.map((each) => [each.name, each]))
				let at = 0
				let people = 1
				let asking = reaction
				let askedFor: string | null = null
				for (const [type, minutes, actorId] of events) {
					at += minutes * MINUTE
					const time = later(at)
					if (type === 'GREW') people += 1
					if (asking.do === 'decide') {
						if (type === 'ASKED_LESS') asking = { ...asking, withinMs: 20 * MINUTE }
						if (type === 'ASKED_MORE') asking = { ...asking, withinMs: 600 * MINUTE }
						if (type === 'ASKED_MILDLY') asking = { ...asking, otherwise: 'alert' }
					}
					const members = {
						accounts: Array.from({ length: people }, (_, n) => `m${n}`),
						people: [],
						isWhole: true,
					}
					const seen: Difference = isOfGrant ? difference : { ...difference, people, members }
					const worse: Difference = { ...seen, kinds: ['permanent', 'outOfBand'] }
					const isSight = type === 'WORSE' || type === 'GREW' || type.startsWith('ASKED_')
					const due = [...timers.values()].find(({ dueAt }) => dueAt <= time)
					const before = now.next
					try {
						now =
							type === 'TIMER'
								? due === undefined
									? now
									: step(before, { type: due.event as `xstate.after.${string}`, at: time })
								: step(before, {
										type: isSight ? 'SIGHTED' : type === 'UNGOVERNED' ? 'MISSED' : type,
										difference: type === 'WORSE' ? worse : seen,
										reaction: asking,
										why: type === 'UNGOVERNED' ? 'ungoverned' : 'gone',
										actorId,
										until: later(at + 30 * MINUTE),
										code: 'CODE',
										at: time,
									} as unknown as FindingEvent)
						if (now.next === before) continue
					} catch (error) {
						if (isDomainError(error) && error.code === 'ILLEGAL_TRANSITION') continue
						throw error
					}
					for (const name of now.timersCancelled) timers.delete(name)
					if (type === 'TIMER' && due) timers.delete(due.name)
					for (const each of now.timersSet) timers.set(each.name, each)
					// Which the job notes; every other time Entra refuses.
					if (now.next.value === 'removing' && at % 2 === 0)
						now = {
							...now,
							next: findingMachine.resolveState({
								value: 'removing',
								context: { ...now.next.context, tenantAskedAt: now.next.context.tenantAskedAt ?? time },
							}),
						}
					const { value, context } = now.next
					if (now.commands.some((command) => command.type === 'finding.remove')) {
						expect(context.orderedAt).not.toBeNull()
						expect(context.sentAt).not.toBeNull()
						// Held once: only with two different officers, who signed for the same.
						if (before.value === 'held') {
							expect(context.askedBy).not.toBe(context.releasedBy)
							expect(shownDigest('', context.difference)).toBe(askedFor)
						}
					}
					if (type === 'ASK_RELEASE') askedFor = shownDigest('', context.difference)
					// What is told of a deadline is what is set, and asking to and fro puts it off no further than the charter ever gave.
					const deadlines = [...timers.values()].filter(({ name }) => name.includes('timeToDecide'))
					const isOver = context.decideBy !== null && context.decideBy <= time
					expect(deadlines.map(({ dueAt }) => (isOver && dueAt <= time ? context.decideBy : dueAt))).toEqual(
						value === 'awaiting' ? [context.decideBy] : [],
					)
					if (value === 'awaiting')
						expect(msBetween(context.waitsSince ?? '', context.decideBy ?? '')).toBeLessThanOrEqual(
							600 * MINUTE,
						)
					// Nothing goes on that hits more people than the guard, or two officers, let pass.
					if (['removing', 'postponed', 'notConfirmed'].includes(value) && context.releasedBy === null)
						expect(weightOf(context.difference)).toBeLessThanOrEqual(context.admitted?.people ?? 0)
					// Of what was sent nobody says that it went without us.
					if (value === 'gone' && context.missed === 'gone') expect(context.tenantAskedAt).toBeNull()
					expect(isClosedFinding(value)).toBe(context.closedAt !== null)
					expect(now.next.status === 'done').toBe(
						(CLOSED_FINDING_STATES as readonly string[]).includes(value),
					)
				}
			},
		),
		{ numRuns: 400 },
	)
})

test('every state can be reached, and from each that is not the end there is a way on', () => {
	const ofGrant: Difference = {
		...differenceOf(),
		family: 'grant',
		grantId: 'grant-1',
		removal: { what: 'grant', grantId: 'grant-1' },
	}
	const reached = new Set<FindingState>()
	const stuck = new Set<FindingState>()
	const known = new Set<string>()
	let front: { now: Decided<Machine>; minute: number }[] = [ALERT, REMOVE, DECIDE].flatMap((reaction) =>
		[differenceOf(), ofGrant].map((difference) => ({ now: first(reaction, difference), minute: 0 })),
	)
	while (front.length > 0) {
		const next: typeof front = []
		for (const { now, minute } of front) {
			const { value, context } = now.next
			const key = [
				value,
				context.reaction.do,
				context.difference.family,
				context.askedBy,
				context.sightings,
				context.missedSince === null,
			].join(' ')
			if (known.has(key) || context.sightings > 3) continue
			known.add(key)
			reached.add(value)
			const at = later((minute + 5) * MINUTE)
			const { difference, reaction } = context
			const events: (FindingEvent | { type: `xstate.after.${string}`; at: string })[] = [
				{ type: 'SIGHTED', difference, reaction, at },
				{ type: 'MISSED', why: 'gone', at },
				{ type: 'MISSED', why: 'explained', at },
				{ type: 'MISSED', why: 'ungoverned', at },
				{ type: 'SIGHTED', difference: { ...difference, people: difference.people + 2 }, reaction, at },
				{ type: 'REMOVE', actorId: 'a', at },
				{ type: 'ACCEPT', actorId: 'a', until: later((minute + 60) * MINUTE), at },
				{ type: 'START', at },
				{ type: 'HOLD', at },
				{ type: 'ASK_RELEASE', actorId: 'a', at },
				{ type: 'RELEASE', actorId: 'b', at },
				{ type: 'POSTPONED', until: later((minute + 9) * MINUTE), code: 'CODE', at },
				{ type: 'REMOVED', at },
				{ type: 'EXPLAINED', why: 'explained', at },
				...now.timersSet.map(({ event }) => ({ type: event as `xstate.after.${string}`, at })),
			]
			const taken = events.filter((event) => now.next.can(event as FindingEvent))
			if (taken.length === 0 && !isClosedFinding(value)) stuck.add(value)
			for (const event of taken) next.push({ now: step(now.next, event), minute: minute + 5 })
		}
		front = next
	}
	expect([...reached].sort()).toEqual([...FINDING_STATES].sort())
	expect([...stuck]).toEqual([])
})

function without(
	picture: TenantPicture,
	removal: { what: string; principalId: string; place: Place },
): TenantPicture {
	const stays = (row: { principalId: string; how: string }, at: Place) =>
		row.principalId !== removal.principalId ||
		(row.how === 'eligible') !== (removal.what === 'eligibility') ||
		placeKey(at) !== placeKey(removal.place)
	return pictureOf({
		roleHoldings: picture.roleHoldings.filter((row) => stays(row, { kind: 'role', ...row })),
		groupHoldings: picture.groupHoldings.filter((row) =>
			stays(row, { kind: 'group', groupId: row.groupId, relation: row.relation, by: 'pim' }),
		),
	})
}

/** Planner, statechart and guard together, on a tenant that does as it is told. */
test('a tenant that was changed in any way comes back to what was approved, never faster than the guard allows', () => {
	const grants = fc
		.uniqueArray(fc.tuple(fc.constantFrom(...USERS), fc.constantFrom<Place>(...PLACES)), {
			selector: ([one, at]) => `${one} ${placeKey(at)}`,
		})
		.map((pairs) => pairs.map(([one, at]) => grantOf(one, at)))
	const extra = fc.record({
		one: fc.constantFrom(...USERS, GUEST, STRANGER, MACHINE, BREAK_GLASS),
		at: fc.constantFrom<Place>(...PLACES),
		how: fc.constantFrom('assigned' as const, 'eligible' as const),
		until: fc.constantFrom(null, later(90 * MINUTE)),
	})
	const GUARD = { most: 3, within: 'PT10M' }
	const charter = charterWith(ALL_REMOVE, { massRemoval: GUARD })
	fc.assert(
		fc.property(grants, fc.array(extra, { maxLength: 7 }), (approved, extras) => {
			const clean = asApproved(approved)
			let picture: TenantPicture = pictureOf({
				roleHoldings: [
					...clean.roleHoldings,
					...extras.flatMap(({ one, at, how, until }) =>
						at.kind === 'role' ? [roleHolding(one, at, { how, until })] : [],
					),
				],
				groupHoldings: [
					...clean.groupHoldings,
					...extras.flatMap(({ one, at, how, until }) =>
						at.kind === 'group'
							? [groupHolding(one, at.groupId, { how: how === 'eligible' ? how : 'pim', until })]
							: [],
					),
				],
			})
			const isOf = (id: string) => (row: { principalId: string }) => row.principalId === id
			const glass =
				picture.roleHoldings.filter(isOf(BREAK_GLASS)).length +
				picture.groupHoldings.filter(isOf(BREAK_GLASS)).length
			const findings = new Map<string, SnapshotFrom<Machine>>()
			const sent: { at: string; people: number }[] = []
			for (let minute = 0; minute < 40; minute++) {
				const now = later(minute * MINUTE)
				const remembered = [...findings].flatMap(([id, { value, context }]) =>
					isClosedFinding(value) ? [] : [{ id, ...context.difference }],
				)
				const plan = planReconciliation(picture, inputOf(approved, { charter, remembered, now }))
				for (const { difference, reaction } of plan.open)
					findings.set(
						`${difference.key} ${minute}`,
						begin(findingMachine, { findingId: difference.key, difference, reaction, at: now }, now).next,
					)
				for (const { id, difference, reaction } of plan.sighted) {
					const snapshot = findings.get(id)
					const event: FindingEvent = { type: 'SIGHTED', difference, reaction, at: now }
					if (snapshot?.can(event)) findings.set(id, decide(findingMachine, snapshot, event).next)
				}
				const waiting = [...findings].flatMap(([id, { value, context }]) =>
					value === 'ordered'
						? [
								{
									id,
									kind: context.difference.kinds[0],
									people: context.difference.people,
									at: context.orderedAt ?? now,
								},
							]
						: [],
				)
				const { go, hold } = admitRemovals(waiting, sent, { most: 3, withinMs: 10 * MINUTE }, now)
				const carryOut = (id: string, event: FindingEvent) => {
					const snapshot = findings.get(id)
					if (!snapshot) return
					const { removal } = snapshot.context.difference
					if (removal === null || removal.what === 'grant') throw new Error('Nothing of the sort was made.')
					expect(removal.principalId).not.toBe(BREAK_GLASS)
					picture = without(picture, removal)
					const started = decide(findingMachine, snapshot, event)
					expect(started.commands).toHaveLength(1)
					findings.set(id, decide(findingMachine, started.next, { type: 'REMOVED', at: now }).next)
				}
				for (const id of go) {
					sent.push({ at: now, people: findings.get(id)?.context.difference.people ?? 0 })
					carryOut(id, { type: 'START', at: now })
				}
				for (const id of hold) {
					const snapshot = findings.get(id)
					if (snapshot) findings.set(id, decide(findingMachine, snapshot, { type: 'HOLD', at: now }).next)
				}
				// Two officers look at what is held after half an hour, and not before.
				if (minute === 30)
					for (const [id, snapshot] of [...findings]) {
						if (snapshot.value !== 'held') continue
						const asked = decide(findingMachine, snapshot, { type: 'ASK_RELEASE', actorId: 'a', at: now })
						findings.set(id, asked.next)
						carryOut(id, { type: 'RELEASE', actorId: 'b', at: now })
					}
				const lately = sent.filter(({ at }) => Date.parse(now) - Date.parse(at) < 10 * MINUTE)
				expect(lately.length).toBeLessThanOrEqual(3)
			}
			expect(
				picture.roleHoldings.filter(isOf(BREAK_GLASS)).length +
					picture.groupHoldings.filter(isOf(BREAK_GLASS)).length,
			).toBe(glass)
			const left = planReconciliation(picture, inputOf(approved, { charter })).open
			expect(left).toEqual([])
		}),
		{ numRuns: 60 },
	)
})
