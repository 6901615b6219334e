import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { networkPresences, type PresenceRow } from '#db/queries/presence.ts'
import type { Tx } from '#db/client.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { isWithin } from '#workflows/facilities/networks.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { takeBackPresence, writePresence } from './write-presence.server.ts'

/** Whoever was seen on the network of a facility is taken to be there for so long, unless seen elsewhere. */
export const SEEN_FOR_MS = 15 * 60_000
/** Seen again with less than this left, the presence goes on; sooner, nothing is written. */
const RENEW_MS = 5 * 60_000
const BY_NETWORK = { by: 'network', evidence: 'network of the facility', badgeEventId: null } as const

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
		await holdCharter(tx, 'judge')
		await lockPeople(tx, [personId], 'update')
		const known = await networkPresences(tx, personId, at)
		if (isSettled(known, here, at)) return false
		for (const row of known) if (!here.includes(row.facility)) await endNow(tx, deps, row, at)
		for (const facility of here)
			if (!known.some((row) => row.facility === facility && lastsOn(row, at)))
				await writePresence(tx, deps, {
					...BY_NETWORK,
					id: deps.newId(),
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
	const successor = row.validFrom < at ? deps.newId() : null
	await takeBackPresence(tx, deps, row, { reason: 'seen on another network', supersededBy: successor, at })
	if (successor === null) return
	const { personId, facility, validFrom } = row
	await writePresence(tx, deps, {
		...BY_NETWORK,
		id: successor,
		personId,
		facility,
		from: validFrom,
		until: at,
		corrects: row.id,
		at,
	})
}
