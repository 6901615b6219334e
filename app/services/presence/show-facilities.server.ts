import { feedKeys, listFeeds } from '#db/queries/badge-feeds.ts'
import { presentAt, unknownBadges } from '#db/queries/presence.ts'
import { demand, type Actor } from '../actor.ts'
import type { CharterText } from '../charter/views.ts'
import type { Deps } from '../deps.ts'

export type FacilityView = {
	key: string
	title: string
	city: string
	country: string
	networks: string[]
	presence: CharterText['facilities'][number]['presence']
	present: { personId: string; name: string; by: 'badge' | 'network'; since: string; until: string | null }[]
}
export type FeedView = {
	id: string
	name: string
	facilities: string[]
	lastAt: string | null
	endedAt: string | null
	/** Keys before the newest one that still count, and until when. */
	overlapUntil: string | null
	keyFrom: string
}
export type FacilitiesView = {
	facilities: FacilityView[]
	feeds: FeedView[]
	unknown: { badge: string; events: number; lastAt: string; facility: string }[]
}

const SHOWN = 1000
const UNKNOWN_SHOWN = 50

/** Every facility of the charter with who is there now and what shows it, the feeds, and badges that nobody is known to hold. */
export async function showFacilities(
	{ database, charters, now }: Deps,
	actor: Actor,
): Promise<FacilitiesView> {
	demand(actor, 'presence:manage')
	const { db } = database
	const at = now()
	const { charter } = await charters.inForce(db, at)
	const titleOf = (key: string) => charter.facilities[key]?.title ?? key
	const present = await presentAt(db, at, SHOWN)
	const feeds: FeedView[] = []
	for (const feed of await listFeeds(db)) {
		const keys = await feedKeys(db, feed.id)
		const newest = keys.at(-1)
		const overlap = keys
			.slice(0, -1)
			.flatMap(({ endsAt }) => (endsAt !== null && endsAt > at ? [endsAt.toISOString()] : []))
			.sort()
			.at(-1)
		feeds.push({
			id: feed.id,
			name: feed.name,
			facilities: feed.facilities.map(titleOf),
			lastAt: feed.lastHeardAt?.toISOString() ?? null,
			endedAt: feed.endedAt?.toISOString() ?? null,
			overlapUntil: overlap ?? null,
			keyFrom: (newest?.createdAt ?? feed.createdAt).toISOString(),
		})
	}
	return {
		facilities: Object.entries(charter.facilities).map(([key, facility]) => ({
			key,
			title: facility.title,
			city: facility.city,
			country: facility.country,
			networks: [...facility.networks],
			presence: facility.presence,
			present: present
				.filter((row) => row.facility === key)
				.map(({ personId, name, by, since, until }) => ({
					personId,
					name,
					by,
					since: since.toISOString(),
					until: until?.toISOString() ?? null,
				})),
		})),
		feeds,
		unknown: (await unknownBadges(db, UNKNOWN_SHOWN)).map(({ badge, events, lastAt, facility }) => ({
			badge,
			events,
			lastAt: (lastAt ?? at).toISOString(),
			facility: titleOf(facility),
		})),
	}
}
