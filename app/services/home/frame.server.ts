import { countCredentials } from '#db/queries/credentials.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { clearancesEnding, incompletePeople } from '#db/queries/people.ts'
import { showLiveGrants, showRequests, requestsToDecide } from '../access/list-requests.server.ts'
import { amendmentsToSign } from '../amendments/show-amendment.server.ts'
import { showAlarms, showNotices } from '../lapse/alarms.server.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { FrameView, MyWork } from '../views.ts'

const LAPSE_HORIZON_MS = 90 * 86_400_000

/** What stands in the frame of every page: who, where, which tenant, and the state of the record. */
export async function showFrame(
	{ database, now, charters, tenant, backlog }: Deps,
	actor: Actor,
): Promise<FrameView> {
	const { db } = database
	const { charter } = await charters.inForce(db, now())
	const checkpoint = await latestCheckpoint(db)
	return {
		person: { id: actor.personId, name: actor.displayName },
		permissions: [...actor.permissions],
		boundary: charter.charter.boundary,
		tenant,
		passkeys: await countCredentials(db, actor.personId),
		record: {
			size: checkpoint?.size ?? 0,
			pending: await backlog.count(),
			signedAt: checkpoint?.createdAt.toISOString() ?? null,
		},
	}
}

/** What waits for this person. */
export async function showMyWork(deps: Deps, actor: Actor): Promise<MyWork> {
	const { database, now } = deps
	const at = now()
	const isOfficer = actor.permissions.has('people:record')
	const live = await showLiveGrants(deps, actor)
	const own = await showRequests(deps, { ...actor, permissions: new Set() }, { state: 'open' })
	const lapsing = isOfficer
		? await clearancesEnding(database.db, at, new Date(at.getTime() + LAPSE_HORIZON_MS), 50)
		: []
	const incomplete = isOfficer ? await incompletePeople(database.db, 50) : []
	return {
		toDecide: await requestsToDecide(deps, actor),
		toSign: await amendmentsToSign(deps, actor),
		requests: own.requests,
		live: live.filter(({ state }) => state !== 'not_confirmed'),
		lapsing: lapsing.map(({ personId, displayName, scheme, level, validUntil }) => ({
			person: { id: personId, name: displayName },
			clearance: `${scheme} ${level}`,
			at: (validUntil ?? at).toISOString(),
		})),
		incomplete: incomplete.map(({ personId, displayName }) => ({ id: personId, name: displayName })),
		lapseAlarms: await showAlarms(deps, actor),
		notices: await showNotices(deps, actor),
		alarms: live.filter(({ state }) => state === 'not_confirmed'),
	}
}
