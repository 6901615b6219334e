import { factsOfPerson } from '#db/queries/facts.ts'
import {
	hasOpenRequest,
	listLiveGrants,
	listPending,
	listRequests,
	type RequestFilter,
} from '#db/queries/requests.ts'
import { refusalToDecide } from '#workflows/people/separation-of-duty.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { RequestableRole, RequestSummary } from '../views.ts'
import { summarise, titleOf } from './summarise.server.ts'

const PAGE = 50

/** Requests the actor may see, newest first: their own, or all. */
export async function showRequests(
	deps: Deps,
	actor: Actor,
	filter: { state?: 'open' | 'closed'; role?: string; before?: number },
) {
	const { charter } = await deps.charters.inForce(deps.database.db, deps.now())
	const scope: RequestFilter = actor.permissions.has('request:read_all')
		? filter
		: { ...filter, requesterId: actor.personId }
	const rows = await listRequests(deps.database.db, scope, PAGE + 1)
	const requests = rows.slice(0, PAGE).map((row) => summarise(row, charter))
	const next = rows.length > PAGE ? (requests.at(-1)?.number ?? null) : null
	const roles = Object.entries(charter.roles).flatMap(([key, { title, access }]) =>
		access ? [{ key, title }] : [],
	)
	return { requests, next, roles }
}

/** Accesses that the tenant holds or is about to: everybody's for those who may see them, else one's own. */
export async function showLiveGrants(deps: Deps, actor: Actor): Promise<RequestSummary[]> {
	const { charter } = await deps.charters.inForce(deps.database.db, deps.now())
	const whose = actor.permissions.has('grant:read_all') ? null : actor.personId
	return (await listLiveGrants(deps.database.db, whose, 200)).map((row) => summarise(row, charter))
}

/** Pending requests that this person may decide on now, the most urgent first. */
export async function requestsToDecide(deps: Deps, actor: Actor): Promise<RequestSummary[]> {
	const { database, now, charters } = deps
	const at = now().toISOString()
	const facts = await factsOfPerson(database.db, actor.personId)
	const found: RequestSummary[] = []
	for (const row of await listPending(database.db, 200)) {
		const { charter } = await charters.version(database.db, row.charterVersionId)
		const { stage, decisions } = row.context
		const separation = refusalToDecide({
			requesterId: row.requesterId,
			approverId: actor.personId,
			decisions,
			stage,
		})
		if (separation !== null) continue
		const verdict = judge(charter, facts, { role: row.role, part: 'approver', stage, at, durationMs: 0 })
		if (verdict.permit) found.push({ ...summarise(row, charter), state: 'needs_you' })
	}
	return found
}

/** Every role that can be asked for, with the verdict on this person: what they may request, and why not the rest. */
export async function showRequestableRoles(
	{ database, now, charters }: Deps,
	actor: Actor,
): Promise<RequestableRole[]> {
	const at = now()
	const { charter } = await charters.inForce(database.db, at)
	const facts = await factsOfPerson(database.db, actor.personId)
	const roles: RequestableRole[] = []
	for (const [key, { title, purpose, access }] of Object.entries(charter.roles)) {
		if (!access) continue
		roles.push({
			key,
			title,
			purpose,
			entraRole: access.entra.name,
			maximumSeconds: (durationMs(access.maximumDuration) ?? 0) / 1000,
			ticketExample: access.ticket.example,
			stages: access.stages.map(({ from, quorum }) => ({ title: titleOf(charter, from), quorum })),
			verdict: judge(charter, facts, { role: key, part: 'requester', at: at.toISOString(), durationMs: 0 }),
			isOpenAlready: await hasOpenRequest(database.db, actor.personId, key),
		})
	}
	return roles
}
