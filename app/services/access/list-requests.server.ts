import { factsOfPerson } from '#db/queries/facts.ts'
import { appointedTo, namesOf } from '#db/queries/people.ts'
import { findFiling } from '#db/queries/filings.ts'
import {
	hasOpenRequest,
	listLiveGrants,
	listRequests,
	requestsOfFiling,
	type RequestFilter,
} from '#db/queries/requests.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { PersonName, RequestableRole, RequestSummary } from '../views.ts'
import { showDraft, showDrafts } from './drafts.server.ts'
import { findLacking } from './lacking.server.ts'
import { showRepeated } from './repeat-request.server.ts'
import { findRoute, routeView } from './route-request.server.ts'
import { summarise, titleOf } from './summarise.server.ts'

const PAGE = 50

/** Requests the actor may see, newest first: their own, or all. */
export async function showRequests(
	deps: Deps,
	actor: Actor,
	{
		isOwn = false,
		limit = PAGE,
		...filter
	}: {
		state?: 'open' | 'closed'
		role?: string
		number?: number
		before?: number
		/** Their own alone, whatever else they may see. */
		isOwn?: boolean
		limit?: number
	},
) {
	const { charter } = await deps.charters.inForce(deps.database.db, deps.now())
	const scope: RequestFilter =
		!isOwn && actor.permissions.has('request:read_all') ? filter : { ...filter, requesterId: actor.personId }
	const rows = await listRequests(deps.database.db, scope, limit + 1)
	const requests = rows.slice(0, limit).map((row) => summarise(row, charter))
	const next = rows.length > limit ? (requests.at(-1)?.number ?? null) : null
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

/** Every role that can be asked for, with the verdict on this person: what they may request, and why not the rest. */
export async function showRequestableRoles(deps: Deps, actor: Actor): Promise<RequestableRole[]> {
	const { database, now, charters } = deps
	const at = now()
	const { charter } = await charters.inForce(database.db, at)
	const facts = await factsOfPerson(database.db, actor.personId)
	const roles: RequestableRole[] = []
	for (const [key, { title, purpose, access }] of Object.entries(charter.roles)) {
		if (!access) continue
		const verdict = judge(charter, facts, {
			role: key,
			part: 'requester',
			at: at.toISOString(),
			durationMs: 0,
		})
		const route = await findRoute(database.db, charter, key, [actor.personId], at)
		roles.push({
			key,
			title,
			purpose,
			entraRole: access.entra.name,
			maximumSeconds: (durationMs(access.maximumDuration) ?? 0) / 1000,
			ticketExample: access.ticket.example,
			stages: routeView(charter, key, route),
			gap:
				route.gap === null
					? null
					: { title: titleOf(charter, route.gap.from), needed: route.gap.needed, able: route.gap.able },
			verdict,
			isOpenAlready: await hasOpenRequest(database.db, actor.personId, key),
		})
	}
	return roles
}

/**
 * What the form for a new request offers: every role, the version it is shown under, what was begun before, and what it is
 * filled with from `like`: a request of theirs, or `last`.
 */
export async function showRequestForm(
	deps: Deps,
	actor: Actor,
	draftKey: string | null,
	like: string | null = null,
) {
	const { charter, version } = await deps.charters.inForce(deps.database.db, deps.now())
	const drafts = await showDrafts(deps, actor)
	const roles = await showRequestableRoles(deps, actor)
	const repeated = (which: string) =>
		showRepeated(deps, actor, which, roles, (role) => titleOf(charter, role))
	const open = roles.filter(({ verdict }) => verdict.permit).map(({ key }) => key)
	return {
		roles,
		lacking: await findLacking(deps, charter, actor.personId, open),
		beneficiaries: await showBeneficiaries(deps, actor),
		charterVersion: version,
		/** Made for this form: sent twice, it files once. */
		filingKey: draftKey ?? deps.newId(),
		draft: draftKey === null ? null : await showDraft(deps, actor, draftKey),
		drafts: drafts.filter(({ key }) => key !== draftKey),
		/** Whether there is something to repeat. */
		mayRepeat: (await repeated('last')) !== null,
		like: like === null ? null : await repeated(like),
		/** What this very form has filed already: whoever goes back to it is led on. */
		filed: draftKey === null ? null : await filedWith(deps, actor, draftKey),
	}
}

/** Where what this form filed is to be seen: its one request, or what was filed together. */
async function filedWith({ database }: Deps, actor: Actor, key: string): Promise<{ path: string } | null> {
	const filing = await findFiling(database.db, key)
	if (filing?.filedBy !== actor.personId) return null
	const [first, ...others] = await requestsOfFiling(database.db, key)
	const isAlone = others.length === 0 && filing.refused.length === 0
	return { path: first && isAlone ? `/requests/${first.id}` : `/filings/${key}` }
}

/** For whom this person could ask beside themselves: holders of roles that a charter lets have what they may ask for. */
async function showBeneficiaries({ database, charters, now }: Deps, actor: Actor): Promise<PersonName[]> {
	const at = now()
	const { charter } = await charters.inForce(database.db, at)
	const named = Object.values(charter.roles).flatMap(({ access }) => access?.benefits ?? [])
	const ids = (await appointedTo(database.db, [...new Set(named)], at)).filter((id) => id !== actor.personId)
	return [...(await namesOf(database.db, ids))]
		.map(([id, name]) => ({ id, name }))
		.sort((a, b) => a.name.localeCompare(b.name))
}
