import { indexesOf } from '#db/queries/ledger.ts'
import { namesOf } from '#db/queries/people.ts'
import { messagesOf } from '#db/queries/request-messages.ts'
import { findFiling } from '#db/queries/filings.ts'
import {
	decisionsOf,
	extensionsOf,
	findRequest,
	requestsOfFiling,
	type RequestRow,
} from '#db/queries/requests.ts'
import { troubleOf } from '#db/queries/tenant-troubles.ts'
import { eventsOf } from '#db/queries/workflow-rows.ts'
import { RUNNING_GRANT_STATES, type GrantState } from '#workflows/grants/grant-states.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { MessageView, RequestView } from '../views.ts'
import { chartsOf, extendableMinutes, extendedView, grantView } from './grant-view.server.ts'
import { decideView, stageViews } from './show-stages.server.ts'
import { findLacking } from './lacking.server.ts'
import { summarise } from './summarise.server.ts'
import { timelineOf } from './timeline.server.ts'
import { entraPlaceView } from './entra-place.ts'
import { demandSight } from './visibility.server.ts'

/** Everything that is to be known of one request, for this reader. */
export async function showRequest(deps: Deps, actor: Actor, requestId: string): Promise<RequestView> {
	const { db } = deps.database
	const row = await findRequest(db, requestId)
	await demandSight(deps, actor, row)
	const { charter } = await deps.charters.version(db, row.charterVersionId)
	const events = await eventsOf(db, row.grantId === null ? [row.id] : [row.id, row.grantId])
	const decisions = await decisionsOf(db, [row.id])
	const messages = await messagesOf(db, row.id)
	const indexes = await indexesOf(
		db,
		[...events, ...decisions, ...messages].map(({ entryId }) => entryId),
	)
	const names = await namesOf(db, [
		row.requesterId,
		...(row.filedBy === null ? [] : [row.filedBy]),
		...events.flatMap(({ actorId }) => (actorId === null ? [] : [actorId])),
		...(row.grantContext?.endedBy ? [row.grantContext.endedBy] : []),
	])
	const extensions = row.grantId === null ? [] : await extensionsOf(db, row.grantId)
	const decide = await decideView(deps, actor, row, charter)
	const summary = summarise(row, charter)
	const isOwn = row.requesterId === actor.personId
	const isPending = row.state === 'pending'
	const isRunning =
		row.grantState !== null && (RUNNING_GRANT_STATES as readonly GrantState[]).includes(row.grantState)
	const mayEndAny = actor.permissions.has('grant:end_any')
	const trouble = row.grantId === null ? null : await troubleOf(db, row.grantId)
	const grant = grantView(row, trouble, names, extensions, events)
	const access = charter.roles[row.role]?.access
	const denial = decisions.findLast(({ verdict }) => verdict === 'deny')
	return {
		...summary,
		state: decide?.allowed ? 'needs_you' : summary.state,
		filedBy: row.filedBy === null ? null : (names.get(row.filedBy) ?? null),
		...(await filingOf(deps, actor, row)),
		grantedSeconds: row.context.grantedSeconds,
		changes: row.context.revision - 1,
		denial: row.state === 'denied' && denial ? { by: denial.approverName, reason: denial.reason } : null,
		voidedBy: row.context.voidedBy,
		thread: threadOf(messages, indexes),
		isAsked: isPending && row.context.asked !== null,
		mayAnswer: isOwn && isPending && row.context.asked !== null,
		mayAmend: isOwn && isPending,
		maximumSeconds: (durationMs(access?.maximumDuration ?? '') ?? 0) / 1000,
		reason: row.reason,
		ticket: row.ticket,
		entra: access
			? entraPlaceView(access, deps.tenant.groups)
			: { name: row.role, where: 'tenant', unit: null, hasOwnEnd: true },
		charterVersion: row.charterVersion,
		charterTextSha256: row.charterTextSha256,
		requestSha256: row.requestSha256,
		stages: await stageViews(deps, row, charter, decisions, indexes),
		grant,
		extends: await extendedView(deps, row),
		charts: chartsOf(row),
		timeline: timelineOf(events, decisions, names, indexes, charter, row.role),
		decide,
		mayWithdraw: isPending && (isOwn || row.filedBy === actor.personId),
		mayEnd: isRunning && (isOwn || mayEndAny),
		mayExtendMinutes: isOwn ? extendableMinutes(row, charter, extensions, deps.now()) : [],
		ticketExample: access?.ticket.example ?? '',
		lacking:
			isPending && (isOwn || decide?.allowed === true)
				? await findLacking(deps, charter, row.requesterId, [row.role])
				: [],
		mayAcceptDrift: grant?.drift?.what === 'end' && grant.state === 'drifted' && !isOwn && mayEndAny,
	}
}

/** What else was asked for in the same form, and how it came; a token is its owner's business. */
async function filingOf(
	{ database }: Deps,
	actor: Actor,
	{ id, filingKey }: RequestRow,
): Promise<Pick<RequestView, 'filing' | 'filedByToken'>> {
	const filing = filingKey === null ? null : await findFiling(database.db, filingKey)
	if (filing === null) return { filing: null, filedByToken: null }
	const others = (await requestsOfFiling(database.db, filing.id)).filter((row) => row.id !== id)
	return {
		filing:
			others.length === 0
				? null
				: { id: filing.id, others: others.map((row) => ({ id: row.id, number: row.number })) },
		filedByToken: filing.filedBy === actor.personId ? filing.tokenName : null,
	}
}

const threadOf = (
	messages: Awaited<ReturnType<typeof messagesOf>>,
	indexes: ReadonlyMap<string, number>,
): MessageView[] =>
	messages.map(({ id, kind, authorName, text, at, entryId }) => ({
		id,
		kind,
		author: authorName,
		text,
		at: at.toISOString(),
		entryIndex: indexes.get(entryId) ?? null,
	}))
