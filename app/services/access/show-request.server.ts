import { indexesOf } from '#db/queries/ledger.ts'
import { factsOf } from '#db/queries/facts.ts'
import { appointedTo, namesOf } from '#db/queries/people.ts'
import { decisionsOf, extensionsOf, findRequest, type RequestRow } from '#db/queries/requests.ts'
import { eventsOf } from '#db/queries/workflow-rows.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { refusalToDecide } from '#workflows/people/separation-of-duty.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { RUNNING_GRANT_STATES, type GrantState } from '#workflows/grants/grant-states.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { DecideView, RequestView, StageView } from '../views.ts'
import { judgeDecision, refuseUnlessAllowed } from './judge-decision.server.ts'
import { chartsOf, extendableMinutes, extendedView, grantView } from './grant-view.server.ts'
import { summarise, titleOf } from './summarise.server.ts'
import { timelineOf } from './timeline.server.ts'
import { demandSight } from './visibility.server.ts'

/** Everything that is to be known of one request, for this reader. */
export async function showRequest(deps: Deps, actor: Actor, requestId: string): Promise<RequestView> {
	const { db } = deps.database
	const row = await findRequest(db, requestId)
	await demandSight(deps, actor, row)
	const { charter } = await deps.charters.version(db, row.charterVersionId)
	const events = await eventsOf(db, row.grantId === null ? [row.id] : [row.id, row.grantId])
	const decisions = await decisionsOf(db, [row.id])
	const indexes = await indexesOf(db, [
		...events.map(({ entryId }) => entryId),
		...decisions.map(({ entryId }) => entryId),
	])
	const names = await namesOf(db, [
		row.requesterId,
		...events.flatMap(({ actorId }) => (actorId === null ? [] : [actorId])),
		...(row.grantContext?.endedBy ? [row.grantContext.endedBy] : []),
	])
	const extensions = row.grantId === null ? [] : await extensionsOf(db, row.grantId)
	const decide = await decideView(deps, actor, row, charter)
	const summary = summarise(row, charter)
	const isOwn = row.requesterId === actor.personId
	const isRunning =
		row.grantState !== null && (RUNNING_GRANT_STATES as readonly GrantState[]).includes(row.grantState)
	const mayEndAny = actor.permissions.has('grant:end_any')
	const grant = grantView(row, names, extensions, events)
	return {
		...summary,
		state: decide?.allowed ? 'needs_you' : summary.state,
		reason: row.reason,
		ticket: row.ticket,
		entraRole: charter.roles[row.role]?.access?.entra.name ?? row.role,
		charterVersion: row.charterVersion,
		charterTextSha256: row.charterTextSha256,
		requestSha256: row.requestSha256,
		stages: await stageViews(deps, row, charter, decisions, indexes),
		grant,
		extends: await extendedView(deps, row),
		charts: chartsOf(row),
		timeline: timelineOf(events, decisions, names, indexes, charter),
		decide,
		mayWithdraw: isOwn && row.state === 'pending',
		mayEnd: isRunning && (isOwn || mayEndAny),
		mayExtendMinutes: isOwn ? extendableMinutes(row, charter, extensions, deps.now()) : [],
		ticketExample: charter.roles[row.role]?.access?.ticket.example ?? '',
		mayAcceptDrift: grant?.drift?.what === 'end' && grant.state === 'drifted' && !isOwn && mayEndAny,
	}
}

async function decideView(
	deps: Deps,
	actor: Actor,
	row: RequestRow,
	charter: Charter,
): Promise<DecideView | null> {
	if (row.state !== 'pending') return null
	const judgement = await judgeDecision(deps.database.db, deps, row, actor.personId, deps.now())
	try {
		refuseUnlessAllowed(row, judgement, judgement.stage)
		const from = row.context.stages[judgement.stage]?.from ?? ''
		return { allowed: true, stage: judgement.stage, stageTitle: titleOf(charter, from) }
	} catch (error) {
		if (!isDomainError(error)) throw error
		return {
			allowed: false,
			code: error.code,
			denials: judgement.approver.permit ? [] : judgement.approver.denials,
		}
	}
}

async function stageViews(
	deps: Deps,
	row: RequestRow,
	charter: Charter,
	decisions: Awaited<ReturnType<typeof decisionsOf>>,
	indexes: Map<string, number>,
): Promise<StageView[]> {
	const open = row.state === 'pending' ? row.context.stage : null
	const views: StageView[] = []
	for (const [i, { from, quorum }] of row.context.stages.entries()) {
		const seats = decisions
			.filter(({ stage }) => stage === i)
			.map(({ approverName, verdict, reason, decidedAt, entryId }) => ({
				name: approverName,
				verdict,
				reason,
				decidedAt: decidedAt.toISOString(),
				entryIndex: indexes.get(entryId) ?? null,
			}))
		const isDone = seats.filter(({ verdict }) => verdict === 'approve').length >= quorum
		const isDenied = seats.some(({ verdict }) => verdict === 'deny')
		views.push({
			roleTitle: titleOf(charter, from),
			quorum,
			seats,
			status: isDenied
				? 'denied'
				: isDone
					? 'done'
					: open === i
						? 'open'
						: open !== null && i > open
							? 'upcoming'
							: 'closed',
			decideBy: open === i ? row.context.decideBy : null,
			canDecide: open === i ? await whoCanDecide(deps, row, charter, i, from) : [],
		})
	}
	return views
}

async function whoCanDecide(
	{ database, now }: Deps,
	row: RequestRow,
	charter: Charter,
	stage: number,
	from: string,
): Promise<string[]> {
	const at = now()
	const candidates = await appointedTo(database.db, [from], at)
	const facts = await factsOf(database.db, candidates)
	const able = candidates.filter((approverId) => {
		const person = facts.get(approverId)
		const { decisions } = row.context
		return (
			person !== undefined &&
			refusalToDecide({ requesterId: row.requesterId, approverId, decisions, stage }) === null &&
			judge(charter, person, { role: row.role, part: 'approver', stage, at: at.toISOString(), durationMs: 0 })
				.permit
		)
	})
	return [...(await namesOf(database.db, able)).values()].sort((a, b) => a.localeCompare(b))
}
