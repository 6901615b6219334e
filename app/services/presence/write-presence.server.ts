import type { Tx } from '#db/client.ts'
import { insertPresence, retractPresence, type PresenceRow } from '#db/queries/presence.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

type NewPresence = {
	id: string
	personId: string
	facility: string
	by: PresenceRow['by']
	from: Date
	until: Date
	evidence: string
	/** The event on the way in that shows it; null for what the network shows. */
	badgeEventId: string | null
	/** The presence that this one puts right. */
	corrects: string | null
	at: Date
}

/** Records a presence that came by itself, with its entry. The caller has locked the person. */
export async function writePresence(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'randomBytes'>,
	{ id, personId, facility, by, from, until, evidence, badgeEventId, corrects, at }: NewPresence,
): Promise<void> {
	await insertPresence(tx, {
		id,
		personId,
		facility,
		by,
		badgeEventId,
		validFrom: from,
		validUntil: until,
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
			by,
		},
		sealed: { fact: { validFrom: from.toISOString(), validUntil: until.toISOString(), evidence } },
		at,
	})
}

/** Notes that a presence is known to have been otherwise, and by which one it is put right, if by any. */
export async function takeBackPresence(
	tx: Tx,
	deps: Pick<Deps, 'newId' | 'randomBytes'>,
	{ id, personId }: Pick<PresenceRow, 'id' | 'personId'>,
	{ reason, supersededBy, at }: { reason: string; supersededBy: string | null; at: Date },
): Promise<void> {
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
