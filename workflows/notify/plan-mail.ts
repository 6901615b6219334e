import type { Instant } from '../shared/instants.ts'
import { timeZone, type TimeZone } from '../shared/zoned-time.ts'
import { topicOf, type NoticeKind, type Topic, type Urgency } from './notice-kinds.ts'
import { afterQuiet, nextDaily, nextHour, type QuietHours } from './quiet-hours.ts'

/** When mail of a topic comes: each at once, gathered by the hour or the day, or never. */
export const MAIL_MODES = ['now', 'hourly', 'daily', 'off'] as const
export type MailMode = (typeof MAIL_MODES)[number]

export type MailPreferences = {
	modes: Readonly<Record<Topic, MailMode>>
	quiet: QuietHours | null
	/** IANA name of the zone in which quiet hours and the hour of the daily mail are meant. */
	zone: string
	/** Local hour of the daily mail, 0 to 23. */
	digestHour: number
}

export const DEFAULT_PREFERENCES: MailPreferences = {
	modes: { decide: 'now', own: 'now', alarm: 'now', people: 'daily', system: 'now', break_glass: 'now' },
	quiet: null,
	zone: 'Europe/Berlin',
	digestHour: 8,
}

/** A notice of which no mail was made yet. */
export type Unmailed = { id: string; kind: NoticeKind; urgency: Urgency; at: Instant }
export type PlannedMail = { ids: string[]; urgency: Urgency }
export type MailPlan = {
	/** Mails to make now; each notice is in one of them at most. */
	mails: PlannedMail[]
	/** Notices of which there is to be no mail: they stand in the inbox alone. */
	silent: string[]
	/** Notices that wait, each with the instant at which to look again. */
	later: { id: string; at: Instant }[]
}

const UTC = timeZone('UTC') as TimeZone
/** Made once each: reading a zone's clock is cheap, finding the zone is not. */
const zones = new Map<string, TimeZone>()

/** A zone that is not known here must not hold anything up. */
function zoneOf(name: string): TimeZone {
	const zone = zones.get(name) ?? timeZone(name)
	if (zone !== null) zones.set(name, zone)
	return zone ?? UTC
}

/**
 * What to mail one person now, of what they were not mailed yet. Judged by the preferences as they are now, so a change
 * holds for what waits as well. Break-glass is mailed at once whatever the preferences; what is urgent at once unless
 * its topic is off; the rest when its mode and the quiet hours let it. What becomes due together is one mail.
 */
export function planMail(notices: readonly Unmailed[], preferences: MailPreferences, at: Instant): MailPlan {
	const zone = zoneOf(preferences.zone)
	const plan: MailPlan = { mails: [], silent: [], later: [] }
	const gathered: string[] = []
	for (const { id, kind, urgency, at: toldAt } of notices) {
		const mode = preferences.modes[topicOf(kind)]
		if (urgency === 'break_glass') plan.mails.push({ ids: [id], urgency })
		else if (mode === 'off') plan.silent.push(id)
		else if (urgency === 'urgent') plan.mails.push({ ids: [id], urgency })
		else {
			const slot = slotOf(mode, toldAt, preferences.digestHour, zone)
			// Looked at late, it must still not come in the night: the quiet hours of now count, not of then.
			const due = afterQuiet(slot > at ? slot : at, preferences.quiet, zone)
			if (due > at) plan.later.push({ id, at: due })
			else gathered.push(id)
		}
	}
	if (gathered.length > 0) plan.mails.push({ ids: gathered, urgency: 'normal' })
	return plan
}

function slotOf(mode: Exclude<MailMode, 'off'>, toldAt: Instant, hour: number, zone: TimeZone): Instant {
	switch (mode) {
		case 'now':
			return toldAt
		case 'hourly':
			return nextHour(toldAt, zone)
		case 'daily':
			return nextDaily(toldAt, hour, zone)
	}
}
