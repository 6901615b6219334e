import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NOTICE_KINDS, TOPICS, topicOf, urgencyOf, type Topic } from '#workflows/notify/notice-kinds.ts'
import {
	DEFAULT_PREFERENCES,
	MAIL_MODES,
	planMail,
	type MailMode,
	type MailPreferences,
	type Unmailed,
} from '#workflows/notify/plan-mail.ts'
import { isQuiet } from '#workflows/notify/quiet-hours.ts'
import { timeZone, type TimeZone } from '#workflows/shared/zoned-time.ts'

const HOUR = 3_600_000
const ZONES = ['Europe/Berlin', 'UTC', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe'] as const
/** Both changes of the clocks of 2026 lie in these days. */
const STARTS = ['2026-03-27T12:00:00.000Z', '2026-10-23T12:00:00.000Z', '2026-04-03T12:00:00.000Z'] as const

const ZONE_OF = new Map(ZONES.map((name) => [name as string, timeZone(name)]))
const zoneOf = (name: string) => ZONE_OF.get(name) as TimeZone

const quarter = fc.integer({ min: 0, max: 95 }).map((n) => n * 15)
const preferences: fc.Arbitrary<MailPreferences> = fc.record({
	modes: fc
		.tuple(...TOPICS.map(() => fc.constantFrom(...MAIL_MODES)))
		.map(
			(modes) => Object.fromEntries(TOPICS.map((topic, n) => [topic, modes[n]])) as Record<Topic, MailMode>,
		),
	quiet: fc.option(
		fc.record({ from: quarter, until: quarter }).filter(({ from, until }) => from !== until),
		{ nil: null },
	),
	zone: fc.constantFrom(...ZONES),
	digestHour: fc.integer({ min: 0, max: 23 }),
})
const kind = fc.oneof(
	fc.constantFrom(...NOTICE_KINDS),
	fc.constantFrom('break_glass_used' as const, 'request_approved' as const),
)
const at = (start: string, minutes: number) => new Date(Date.parse(start) + minutes * 60_000).toISOString()

/** A worker that looks now and then, as it does over the tables: what waits is looked at when it said it would be due. */
function run(
	start: string,
	told: readonly { kind: (typeof NOTICE_KINDS)[number]; minute: number }[],
	looks: readonly { minute: number; change: MailPreferences | null }[],
) {
	const notices: (Unmailed & { mailAt: string | null })[] = told.map((one, n) => ({
		id: String(n),
		kind: one.kind,
		urgency: urgencyOf(one.kind),
		at: at(start, one.minute),
		mailAt: at(start, one.minute),
	}))
	const mails: { ids: string[]; urgency: string; at: string; preferences: MailPreferences }[] = []
	const silent: { id: string; preferences: MailPreferences }[] = []
	const firstLook = new Map<string, string>()
	let held: MailPreferences = DEFAULT_PREFERENCES
	for (const { minute, change } of looks.toSorted((a, b) => a.minute - b.minute)) {
		const now = at(start, minute)
		if (change !== null) {
			held = change
			for (const notice of notices) if (notice.mailAt !== null && notice.at <= now) notice.mailAt = now
		}
		const due = notices.filter(({ mailAt }) => mailAt !== null && mailAt <= now)
		for (const { id } of due) if (!firstLook.has(id)) firstLook.set(id, now)
		const plan = planMail(due, held, now)
		const settled = [...plan.mails.flatMap(({ ids }) => ids), ...plan.silent]
		const planned = [...settled, ...plan.later.map(({ id }) => id)].toSorted()
		if (due.length > 0) expect(planned).toEqual(due.map(({ id }) => id).toSorted())
		for (const { id, at: again } of plan.later) {
			expect(again > now).toBe(true)
			expect(Date.parse(again) - Date.parse(now)).toBeLessThanOrEqual(51 * HOUR)
			notices[Number(id)]!.mailAt = again
		}
		for (const id of settled) notices[Number(id)]!.mailAt = null
		mails.push(...plan.mails.map((mail) => ({ ...mail, at: now, preferences: held })))
		silent.push(...plan.silent.map((id) => ({ id, preferences: held })))
	}
	return { notices, mails, silent, firstLook }
}

const looks = fc.array(
	fc.record({
		minute: fc.integer({ min: 0, max: 5 * 24 * 60 }),
		change: fc.option(preferences, { nil: null }),
	}),
	{ minLength: 1, maxLength: 25 },
)
const told = fc.array(fc.record({ kind, minute: fc.integer({ min: 0, max: 4 * 24 * 60 }) }), {
	maxLength: 12,
})
/** So long after the last, whatever waited is due. Quiet hours may leave a quarter of an hour: each is looked at. */
const afterwards = Array.from({ length: 440 }, (_, n) => ({ minute: 5 * 24 * 60 + n * 15 + 1, change: null }))

describe('what is mailed when', () => {
	test('law: whatever is told and however preferences change, each notice is mailed once or left to the inbox because it was switched off; break-glass at the first look, alone; what is urgent too, unless switched off; and nothing else in quiet hours', () => {
		fc.assert(
			fc.property(fc.constantFrom(...STARTS), told, looks, (start, notices, moments) => {
				const ran = run(start, notices, [...moments, ...afterwards])
				const mailed = ran.mails.flatMap(({ ids }) => ids)
				const left = ran.silent.map(({ id }) => id)
				expect([...mailed, ...left].toSorted()).toEqual(ran.notices.map(({ id }) => id).toSorted())
				for (const { id, preferences: then } of ran.silent) {
					expect(then.modes[topicOf(ran.notices[Number(id)]!.kind)]).toBe('off')
					expect(ran.notices[Number(id)]?.urgency).not.toBe('break_glass')
				}
				for (const { ids, urgency, at: now, preferences: then } of ran.mails) {
					expect(ids.every((id) => ran.notices[Number(id)]?.urgency === urgency)).toBe(true)
					if (urgency !== 'normal') {
						expect(ids).toHaveLength(1)
						expect(now).toBe(ran.firstLook.get(ids[0] ?? ''))
					} else if (then.quiet !== null) expect(isQuiet(now, then.quiet, zoneOf(then.zone))).toBe(false)
				}
			}),
			{ numRuns: 100 },
		)
	})

	const notice = (id: string, more: Partial<Unmailed> = {}): Unmailed => ({
		id,
		kind: 'request_approved',
		urgency: 'normal',
		at: '2026-11-29T15:10:00.000Z',
		...more,
	})
	const modes = (mode: MailMode) => ({ ...DEFAULT_PREFERENCES.modes, own: mode })

	test('what becomes due together is one mail, and what is urgent one of its own', () => {
		const urgent = notice('c', { kind: 'access_ends_soon', urgency: 'urgent' })
		expect(
			planMail([notice('a'), notice('b'), urgent], DEFAULT_PREFERENCES, '2026-11-29T15:11:00.000Z'),
		).toEqual({
			mails: [
				{ ids: ['c'], urgency: 'urgent' },
				{ ids: ['a', 'b'], urgency: 'normal' },
			],
			silent: [],
			later: [],
		})
	})

	test.each([
		['hourly', null, '2026-11-29T16:00:00.000Z'],
		['daily', null, '2026-11-30T07:00:00.000Z'],
		['now', { from: 16 * 60, until: 18 * 60 }, '2026-11-29T17:00:00.000Z'],
		['hourly', { from: 16 * 60, until: 7 * 60 }, '2026-11-30T06:00:00.000Z'],
	] as const)('%s with quiet hours %j waits until %s', (mode, quiet, due) => {
		const held = { ...DEFAULT_PREFERENCES, modes: modes(mode), quiet }
		expect(planMail([notice('a')], held, '2026-11-29T15:10:00.000Z').later).toEqual([{ id: 'a', at: due }])
		expect(planMail([notice('a')], held, due).mails).toEqual([{ ids: ['a'], urgency: 'normal' }])
	})

	test('a zone that is not known here holds nothing up', () => {
		const held = { ...DEFAULT_PREFERENCES, zone: 'Atlantis/Capital', modes: modes('hourly') }
		expect(planMail([notice('a')], held, '2026-11-29T15:10:00.000Z').later).toEqual([
			{ id: 'a', at: '2026-11-29T16:00:00.000Z' },
		])
	})
})
