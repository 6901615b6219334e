import { MOST_COUNTED } from '#workflows/notify/notice-kinds.ts'
import { countCredentials } from '#db/queries/credentials.ts'
import { countUnseen } from '#db/queries/notices.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { showLiveGrants, showRequests } from '../access/list-requests.server.ts'
import { requestsToDecide } from '../access/queue.server.ts'
import { amendmentsToSign } from '../amendments/show-amendment.server.ts'
import { showAlarms, showNotices } from '../lapse/alarms.server.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { countOpenFindings } from '../findings/show-findings.server.ts'
import { showStanding } from '../break-glass/show-uses.server.ts'
import { lockboxWork } from '../lockbox/show-lockboxes.server.ts'
import { countOverdue } from '#db/queries/readiness.ts'
import { showStanding as showEntraStanding } from '../tenant/show-standing.server.ts'
import { showOfficerDay } from './officer-day.server.ts'
import type { AccessState, FrameView, MyWork } from '../views.ts'

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
		tenant: { kind: tenant.kind, name: tenant.name },
		passkeys: await countCredentials(db, actor.personId),
		unseen: await countUnseen(db, actor.personId, MOST_COUNTED),
		record: {
			size: checkpoint?.size ?? 0,
			pending: await backlog.count(),
			signedAt: checkpoint?.createdAt.toISOString() ?? null,
		},
	}
}

/** Entra holds what it should not, or may. */
const ALARMING: ReadonlySet<AccessState> = new Set(['not_confirmed', 'drifted'])

/** So many of what is over are shown, to be asked for again. */
const LATELY = 5

/** What waits for this person. */
export async function showMyWork(deps: Deps, actor: Actor): Promise<MyWork> {
	const live = await showLiveGrants(deps, actor)
	const own = await showRequests(deps, { ...actor, permissions: new Set() }, { state: 'open' })
	const over = actor.permissions.has('request:file')
		? await showRequests(deps, actor, { state: 'closed', isOwn: true, limit: LATELY })
		: { requests: [] }
	const { isUser, open } = await showStanding(deps, actor)
	return {
		breakGlass: { isUser, open },
		findings: await countOpenFindings(deps, actor),
		entra: await showEntraStanding(deps, actor),
		lockbox: await lockboxWork(deps, actor),
		toDecide: actor.permissions.has('request:decide') ? await requestsToDecide(deps, actor) : [],
		toSign: await amendmentsToSign(deps, actor),
		requests: own.requests,
		over: over.requests,
		live: live.filter(({ state }) => !ALARMING.has(state)),
		day: await showOfficerDay(deps, actor),
		readinessOverdue: actor.permissions.has('readiness:read')
			? await countOverdue(deps.database.db, deps.now().toISOString().slice(0, 10))
			: 0,
		lapseAlarms: await showAlarms(deps, actor),
		notices: await showNotices(deps, actor),
		alarms: live.filter(({ state }) => ALARMING.has(state)),
	}
}
