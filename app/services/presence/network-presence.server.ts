import { lockPeople } from '#db/queries/people.ts'
import { insertPresence, networkPresences, retractPresence, type PresenceRow } from '#db/queries/presence.ts'
import type { Tx } from '#db/client.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { isWithin } from '#workflows/facilities/networks.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { recordEntry } from '../record-entry.server.ts'

/** Whoever was seen on the network of a facility is taken to be there for so long, unless seen elsewhere. */
export const SEEN_FOR_MS = 15 * 60_000
/** Seen again with less than this left, the presence goes on; sooner, nothing is written. */
const RENEW_MS = 5 * 60_000

/** Facilities whose networks hold this address, of those where the charter asks for presence by network. */
export function facilitiesAt(charter: Charter, address: string): string[] {
	return Object.entries(charter.facilities).flatMap(([key, { networks, presence }]) =>
		asksForNetwork(presence) && networks.some((network) => isWithin(address, network)) ? [key] : [],
	)
}

const asksForNetwork = (presence: Charter['facilities'][string]['presence']) =>
	presence === 'network' || (typeof presence === 'object' && presence.network)

/** Whether the charter asks anywhere who works from which network: where not, nobody's address is looked at. */
export const looksAtNetworks = (charter: Charter) =>
	Object.values(charter.facilities).some(({ presence }) => asksForNetwork(presence))

/**
 * Notes from the address of a signed-in person at which facilities their network shows them: a presence of fifteen minutes,
 * gone on with while they work, and over at once when they are seen on another network, which ends what rests on it.
 */
export async function noteNetwork(
	deps: Deps,
	charter: Charter,
	personId: string,
	address: string,
): Promise<void> {
	if (!looksAtNetworks(charter)) return
	const at = deps.now()
	const here = facilitiesAt(charter, address)
	if (isSettled(await networkPresences(deps.database.db, personId, at), here, at)) return
	const changed = await deps.database.withTx(async (tx) => {
		await lockPeople(tx, [personId], 'update')
		const known = await networkPresences(tx, personId, at)
		if (isSettled(known, here, at)) return false
		for (const row of known) if (!here.includes(row.facility)) await endNow(tx, deps, row, at)
		for (const facility of here)
			if (!known.some((row) => row.facility === facility && lastsOn(row, at)))
				await write(tx, deps, {
					personId,
					facility,
					from: at,
					until: new Date(at.getTime() + SEEN_FOR_MS),
					corrects: null,
					at,
				})
		await factsChanged(tx, deps, [personId])
		return true
	})
	if (changed) deps.wake()
}

const lastsOn = ({ validUntil }: PresenceRow, at: Date) =>
	validUntil !== null && validUntil.getTime() - at.getTime() > RENEW_MS

const isSettled = (known: readonly PresenceRow[], here: readonly string[], at: Date) =>
	known.every(({ facility }) => here.includes(facility)) &&
	here.every((facility) => known.some((row) => row.facility === facility && lastsOn(row, at)))

/** The presence turned out to end now: what was recorded is taken back, and what it really was is recorded. */
async function endNow(tx: Tx, deps: Deps, row: PresenceRow, at: Date): Promise<void> {
	const reason = 'seen on another network'
	const isLonger = row.validFrom < at
	const successor = isLonger ? deps.newId() : null
	await retractPresence(tx, row.id, at, reason)
	await recordEntry(tx, deps, {
		kind: 'person.fact_retracted',
		subject: row.personId,
		actor: null,
		open: { factId: row.id, supersededBy: successor },
		sealed: { basis: { reason } },
		at,
	})
	if (successor !== null)
		await write(
			tx,
			deps,
			{
				personId: row.personId,
				facility: row.facility,
				from: row.validFrom,
				until: at,
				corrects: row.id,
				at,
			},
			successor,
		)
}

async function write(
	tx: Tx,
	deps: Deps,
	{
		personId,
		facility,
		from,
		until,
		corrects,
		at,
	}: { personId: string; facility: string; from: Date; until: Date; corrects: string | null; at: Date },
	id = deps.newId(),
): Promise<void> {
	const evidence = 'network of the facility'
	await insertPresence(tx, {
		id,
		personId,
		facility,
		by: 'network',
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
			by: 'network',
		},
		sealed: { fact: { validFrom: from.toISOString(), validUntil: until.toISOString(), evidence } },
		at,
	})
}
