import type { Tx } from '#db/client.ts'
import {
	eventsSince,
	insertPresence,
	presencesFrom,
	retractPresence,
	type PresenceRow,
} from '#db/queries/presence.ts'
import { presencesOf, type DerivedPresence } from '#workflows/facilities/badge-events.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

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
	const derived = new Map(
		presencesOf(
			events.map(({ id, at: time, facility, direction }) => ({
				id,
				at: time.toISOString(),
				facility,
				direction,
			})),
			LONGEST_STAY_MS,
		).map((presence) => [presence.eventId, presence]),
	)
	const stored = await presencesFrom(
		tx,
		events.map(({ id }) => id),
	)
	let changed = 0
	const kept = new Set<string>()
	for (const row of stored) {
		const wanted = derived.get(row.badgeEventId ?? '')
		if (wanted !== undefined && isSame(row, wanted)) {
			kept.add(wanted.eventId)
			continue
		}
		const successor = wanted === undefined ? null : deps.newId()
		await takeBack(tx, deps, row, successor, at)
		if (wanted !== undefined && successor !== null) {
			await write(tx, deps, personId, wanted, { id: successor, corrects: row.id, at })
			kept.add(wanted.eventId)
		}
		changed += 1
	}
	for (const presence of derived.values()) {
		if (kept.has(presence.eventId)) continue
		await write(tx, deps, personId, presence, { id: deps.newId(), corrects: null, at })
		changed += 1
	}
	return changed
}

const isSame = (row: PresenceRow, { from, until, facility }: DerivedPresence) =>
	row.facility === facility && row.validFrom.toISOString() === from && row.validUntil?.toISOString() === until

async function takeBack(
	tx: Tx,
	deps: Deps,
	{ id, personId }: PresenceRow,
	supersededBy: string | null,
	at: Date,
): Promise<void> {
	const reason = 'a badge event told otherwise'
	await retractPresence(tx, id, at, reason)
	await recordEntry(tx, deps, {
		kind: 'person.fact_retracted',
		subject: personId,
		actor: null,
		open: { factId: id, supersededBy },
		sealed: { basis: { reason } },
		at,
	})
}

async function write(
	tx: Tx,
	deps: Deps,
	personId: string,
	{ eventId, facility, from, until }: DerivedPresence,
	{ id, corrects, at }: { id: string; corrects: string | null; at: Date },
): Promise<void> {
	const evidence = `badge event ${eventId}`
	await insertPresence(tx, {
		id,
		personId,
		facility,
		by: 'badge',
		badgeEventId: eventId,
		validFrom: new Date(from),
		validUntil: new Date(until),
		recordedAt: at,
		recordedBy: null,
		source: 'feed',
		evidence,
		corrects,
	})
	await recordEntry(tx, deps, {
		kind: 'person.presence_recorded',
		subject: personId,
		actor: null,
		open: {
			factId: id,
			recordedBy: null,
			source: 'feed',
			...(corrects === null ? {} : { corrects }),
			facility,
			by: 'badge',
		},
		sealed: { fact: { validFrom: from, validUntil: until, evidence } },
		at,
	})
}
