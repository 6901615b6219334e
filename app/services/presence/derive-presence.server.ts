import type { Tx } from '#db/client.ts'
import { badgesOf, eventsSince, presencesFrom, type PresenceRow } from '#db/queries/presence.ts'
import { presencesOf, type DerivedPresence } from '#workflows/facilities/badge-events.ts'
import type { Deps } from '../deps.ts'
import { takeBackPresence, writePresence } from './write-presence.server.ts'

/** Nobody is taken to be at a facility for longer than this after their last badge event on the way in. */
export const LONGEST_STAY_MS = 14 * 3_600_000

/**
 * Brings a person's presences to what their badge events show, from the first event that is new on: what an event that came
 * late shows to have been otherwise is taken back and, where it only ended sooner or later, recorded anew. The caller has
 * locked the person, and calls `factsChanged` afterwards. Gives how many presences changed.
 */
export async function derivePresence(
	tx: Tx,
	deps: Deps,
	personId: string,
	firstNew: Date,
	at: Date,
): Promise<number> {
	const events = await eventsSince(tx, personId, new Date(firstNew.getTime() - LONGEST_STAY_MS))
	const badges = await badgesOf(tx, personId)
	const derived = new Map(
		presencesOf(
			events.map(({ id, at: time, facility, direction, badge }) => ({
				id,
				at: time.toISOString(),
				facility,
				direction,
				endsBy:
					badges
						.find(
							({ number, issuedAt, returnedAt }) =>
								number === badge && issuedAt <= time && (returnedAt === null || returnedAt > time),
						)
						?.returnedAt?.toISOString() ?? null,
			})),
			LONGEST_STAY_MS,
		).map((presence) => [presence.eventId, presence]),
	)
	const stored = await presencesFrom(
		tx,
		events.map(({ id }) => id),
	)
	const told = ({ eventId, facility, from, until }: DerivedPresence) => ({
		personId,
		facility,
		by: 'badge' as const,
		from: new Date(from),
		until: new Date(until),
		evidence: `badge event ${eventId}`,
		badgeEventId: eventId,
		at,
	})
	let changed = 0
	const kept = new Set<string>()
	for (const row of stored) {
		const wanted = derived.get(row.badgeEventId ?? '')
		if (wanted !== undefined && isSame(row, wanted)) {
			kept.add(wanted.eventId)
			continue
		}
		const successor = wanted === undefined ? null : deps.newId()
		await takeBackPresence(tx, deps, row, {
			reason: 'a badge event told otherwise',
			supersededBy: successor,
			at,
		})
		if (wanted !== undefined && successor !== null) {
			await writePresence(tx, deps, { ...told(wanted), id: successor, corrects: row.id })
			kept.add(wanted.eventId)
		}
		changed += 1
	}
	for (const presence of derived.values()) {
		if (kept.has(presence.eventId)) continue
		await writePresence(tx, deps, { ...told(presence), id: deps.newId(), corrects: null })
		changed += 1
	}
	return changed
}

const isSame = (row: PresenceRow, { from, until, facility }: DerivedPresence) =>
	row.facility === facility && row.validFrom.toISOString() === from && row.validUntil?.toISOString() === until
