import { plusMs, type Instant } from '../shared/instants.ts'

/** A badge at a door of a facility: who, when, and which way. */
export type BadgeEvent = {
	id: string
	at: Instant
	facility: string
	direction: 'in' | 'out'
	/** When the badge was handed back or lost: from then on it shows nobody. Left out or null: it was not. */
	endsBy?: Instant | null
}

/** That somebody was, or is, at a facility: from the event that shows it until what ended it, or the longest stay. */
export type DerivedPresence = { eventId: string; facility: string; from: Instant; until: Instant }

/**
 * The presences that one person's badge events show, in order of time. Being seen on the way in shows presence until the
 * way out of that facility, the way into another one (nobody is at two), the end of the badge, or `longestStayMs`, whichever comes first:
 * presence always has an end. The order in which the events arrived does not matter, only when they happened. Where the way
 * in and the way out are of one instant, the person has left: what is in doubt gives no access.
 */
export function presencesOf(events: readonly BadgeEvent[], longestStayMs: number): DerivedPresence[] {
	const ordered = [...events].sort(byTime)
	const found: DerivedPresence[] = []
	/** The next way out of each facility, and the next ways into two different ones, going back in time. */
	const nextOut = new Map<string, Instant>()
	let nextIn: { facility: string; at: Instant } | null = null
	let nextInElsewhere: { facility: string; at: Instant } | null = null
	for (const { id, at, facility, direction, endsBy } of ordered.reverse()) {
		if (direction === 'out') {
			nextOut.set(facility, at)
			continue
		}
		const elsewhere =
			nextIn !== null && nextIn.facility !== facility ? nextIn : otherThan(facility, nextInElsewhere)
		const until = [nextOut.get(facility), elsewhere?.at, endsBy ?? undefined, plusMs(at, longestStayMs)]
			.filter((end) => end !== undefined)
			.reduce((soonest, end) => (end < soonest ? end : soonest))
		if (until > at) found.push({ eventId: id, facility, from: at, until })
		if (nextIn === null || nextIn.facility !== facility) nextInElsewhere = nextIn
		nextIn = { facility, at }
	}
	return found.reverse()
}

const otherThan = (facility: string, event: { facility: string; at: Instant } | null) =>
	event !== null && event.facility !== facility ? event : null

/** By time; at one instant the way in before the way out, so that the way out is what counts. */
function byTime(a: BadgeEvent, b: BadgeEvent): number {
	if (a.at !== b.at) return a.at < b.at ? -1 : 1
	if (a.direction !== b.direction) return a.direction === 'in' ? -1 : 1
	return a.id < b.id ? -1 : 1
}
