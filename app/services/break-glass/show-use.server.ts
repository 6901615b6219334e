import { findUse, isUse, loadUse, signaturesOfUses, type UseWithNames } from '#db/queries/break-glass.ts'
import { factsOf, factsOfPerson } from '#db/queries/facts.ts'
import { indexesOf } from '#db/queries/ledger.ts'
import { appointedTo, namesOf } from '#db/queries/people.ts'
import { eventsOf, type WorkflowEventRow } from '#db/queries/workflow-rows.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import { dutiesOf, permissionsOf } from '#workflows/people/permissions.ts'
import { mayBeLive, RUNNING_GRANT_STATES } from '#workflows/grants/grant-states.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { chartsOfUse } from '../access/grant-view.server.ts'
import { timelineOf } from '../access/timeline.server.ts'
import { titleOf } from '../access/summarise.server.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { TimelineItem } from '../views.ts'
import { demandReview } from './review-use.server.ts'
import { isToldOf, summariseUse, whoCanReview, type Looker } from './show-uses.server.ts'
import type { UseView } from './views.ts'

/** Everything that is to be known of one use, for this reader; NOT_FOUND for whoever has nothing to do with it. */
export async function showUse(deps: Deps, actor: Actor, useId: string): Promise<UseView> {
	const { database, charters, now } = deps
	const { db } = database
	const found = await findUse(db, useId)
	const { use, grantId } = found
	const { context } = use
	const { charter: pinned } = await charters.version(db, use.charterVersionId)
	const { charter: inForce } = await charters.inForce(db)
	const looker: Looker = { actor, facts: await factsOfPerson(db, actor.personId), inForce, at: now() }
	if (!isToldOf(found, pinned, looker)) throw new DomainError('NOT_FOUND', 'No such use.', { id: useId })
	const signatures = await signaturesOfUses(db, [useId])
	const events = await eventsOf(db, grantId === null ? [useId] : [useId, grantId])
	const indexes = await indexesOf(db, [
		...events.map(({ entryId }) => entryId),
		...signatures.map(({ entryId }) => entryId),
	])
	const names = await namesOf(db, [
		use.userId,
		...(use.offline?.witnesses ?? []),
		...events.flatMap(({ actorId }) => (actorId === null ? [] : [actorId])),
	])
	const summary = summariseUse(found, pinned, looker)
	const isOwn = use.userId === actor.personId
	const isRunning = (RUNNING_GRANT_STATES as readonly string[]).includes(found.grantState ?? '')
	const isOwed = use.state === 'reviewOwed' || use.state === 'overdue' || use.state === 'inUse'
	return {
		...summary,
		reason: use.reason,
		ticket: use.ticket,
		durationSeconds: use.durationSeconds,
		charterVersion: found.charterVersion,
		charterTextSha256: found.charterTextSha256,
		useSha256: use.useSha256,
		entraRole: use.role === null ? null : (pinned.roles[use.role]?.access?.entra.name ?? use.role),
		secondBy: use.state === 'awaitingSecond' ? context.secondBy : null,
		reviewBy: context.reviewBy,
		reviewedBy: titleOf(pinned, pinned.breakGlass?.review.by ?? ''),
		voidedBy: context.voidedBy,
		offline:
			use.offline === null
				? null
				: { ...use.offline, witnesses: use.offline.witnesses.map((id) => names.get(id) ?? '') },
		grant: grantOf(found),
		signatures: signatures.map(({ part, signerName, verdict, findings, at, entryId }) => ({
			part,
			name: signerName,
			verdict,
			findings,
			at: at.toISOString(),
			entryIndex: indexes.get(entryId) ?? null,
		})),
		timeline: timeline(events, names, indexes, pinned, use.role ?? ''),
		charts: chartsOfUse(use.state, found.grantState),
		canReview: isOwed ? await whoCanReview(deps, found, pinned, inForce) : [],
		canSecond: use.state === 'awaitingSecond' ? await whoCanSecond(deps, found, inForce) : [],
		mayWithdraw: isOwn && use.state === 'awaitingSecond',
		mayEnd: isRunning && (isOwn || actor.permissions.has('grant:end_any')),
		reviewRefusal: isOwed && summary.needsYou === null ? await refusalOf(deps, actor, useId) : null,
	}
}

/** Whether there is a use of this id: the page of its request leads to its own. */
export const hasUse = ({ database }: Deps, id: string): Promise<boolean> => isUse(database.db, id)

async function refusalOf(deps: Deps, actor: Actor, useId: string): Promise<string | null> {
	try {
		await demandReview(deps.database.db, deps, actor, await loadUse(deps.database.db, useId), deps.now())
		return null
	} catch (error) {
		if (isDomainError(error)) return error.code
		throw error
	}
}

function grantOf({ grantState, grantContext }: UseWithNames): UseView['grant'] {
	if (grantState === null || grantContext === null) return null
	const { startsAt, endsAt, closedAt, cause, failure, tenantRequestId } = grantContext
	return {
		state: grantState,
		startsAt,
		// Fixed before the first call; nothing is promised until the tenant may hold it.
		endsAt: mayBeLive(grantState) || closedAt !== null ? endsAt : null,
		closedAt,
		cause,
		failure,
		tenantRequestId,
	}
}

/** Holders of a duty that signs as the second officer, as far as they satisfy the charter now. */
async function whoCanSecond(
	{ database, now }: Deps,
	{ use }: UseWithNames,
	inForce: Charter,
): Promise<string[]> {
	const at = now()
	const roles = Object.entries(inForce.roles).flatMap(([key, { duties }]) =>
		permissionsOf(duties).has('break_glass:second') ? [key] : [],
	)
	const candidates = await appointedTo(database.db, roles, at)
	const facts = await factsOf(database.db, candidates)
	const able = candidates.filter((id) => {
		const person = facts.get(id)
		return (
			person !== undefined &&
			!use.context.participants.includes(id) &&
			permissionsOf(dutiesOf(inForce, person, at.toISOString())).has('break_glass:second')
		)
	})
	return [...(await namesOf(database.db, able)).values()].sort((a, b) => a.localeCompare(b))
}

/** Steps of the use and of its access in one line. The request between them only carries the access. */
function timeline(
	events: readonly WorkflowEventRow[],
	names: ReadonlyMap<string, string>,
	indexes: ReadonlyMap<string, number>,
	pinned: Charter,
	role: string,
): TimelineItem[] {
	const own = events.flatMap((row): TimelineItem[] => {
		if (row.workflow !== 'break_glass') return []
		return [
			{
				at: row.at.toISOString(),
				kind: kindOf(row),
				actor: row.actorId === null ? null : (names.get(row.actorId) ?? null),
				entryIndex: indexes.get(row.entryId) ?? null,
				values: {},
			},
		]
	})
	const access = timelineOf(
		events.filter(({ workflow }) => workflow === 'grant'),
		[],
		names,
		indexes,
		pinned,
		role,
	)
	return [...own, ...access].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

function kindOf({ event, state }: WorkflowEventRow): EntryKind {
	switch (event.type) {
		case 'SIGN':
			return 'break_glass.signed'
		case 'RECORD':
			return 'break_glass.offline_recorded'
		case 'SECOND':
			return 'break_glass.seconded'
		case 'WITHDRAW':
			return 'break_glass.withdrawn'
		case 'VOID':
			return 'break_glass.voided'
		case 'ACCESS_ENDED':
			return 'break_glass.access_ended'
		case 'REVIEW':
			return 'break_glass.reviewed'
		default:
			return state === 'timedOut' ? 'break_glass.timed_out' : 'break_glass.review_overdue'
	}
}
