import { awayAt } from '#db/queries/absences.ts'
import { findDraft } from '#db/queries/drafts.ts'
import { factsOf } from '#db/queries/facts.ts'
import { appointedTo, namesOf } from '#db/queries/people.ts'
import type { decisionsOf, RequestRow } from '#db/queries/requests.ts'
import { decisionQuestion } from '#workflows/access/judge-access.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { groupsOf } from '#workflows/charter/stage-groups.ts'
import { refusalToDecide } from '#workflows/people/separation-of-duty.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { DecideView, GroupView, Seat, StageView } from '../views.ts'
import { judgeDecision, refuseUnlessAllowed } from './judge-decision.server.ts'
import { titleOf } from './summarise.server.ts'

/** Whether the reader may decide now, in which capacities, and if not, every reason. */
export async function decideView(
	deps: Deps,
	actor: Actor,
	row: RequestRow,
	charter: Charter,
): Promise<DecideView | null> {
	if (row.state !== 'pending') return null
	const { db } = deps.database
	const at = deps.now()
	try {
		const judgement = await judgeDecision(db, deps, row, actor.personId, at)
		const { stage, ways, way, approver } = judgement
		try {
			refuseUnlessAllowed(row, judgement, stage, { at })
		} catch (error) {
			if (!isDomainError(error)) throw error
			// What the charter asks of approvers is no answer to whoever must not decide here at all.
			const isBarred = error.code === 'OWN_REQUEST' || approver.permit
			return { allowed: false, code: error.code, denials: isBarred ? [] : approver.denials }
		}
		const key = { personId: actor.personId, kind: 'decision' as const, subject: row.id }
		return {
			allowed: true,
			stage,
			stageTitle: titleOf(charter, way.asRole),
			ways: ways
				.map(({ group = 0, asRole, absenceId }) => ({
					group,
					title: titleOf(charter, asRole),
					inPlaceOf: absenceId !== undefined,
				}))
				.filter((each, i, all) => all.findIndex(({ group }) => group === each.group) === i),
			draft: (await findDraft(db, key))?.fields ?? null,
		}
	} catch (error) {
		if (!isDomainError(error)) throw error
		return { allowed: false, code: error.code, denials: [] }
	}
}

/** Every stage with its groups: who has decided, who still can, and by when. */
export async function stageViews(
	deps: Deps,
	row: RequestRow,
	charter: Charter,
	decisions: Awaited<ReturnType<typeof decisionsOf>>,
	indexes: Map<string, number>,
): Promise<StageView[]> {
	const { context } = row
	const open = row.state === 'pending' ? context.stage : null
	const views: StageView[] = []
	for (const [i, rule] of context.stages.entries()) {
		const told = decisions.filter(({ stage, revision }) => stage === i && revision === context.revision)
		const groups: GroupView[] = []
		for (const [group, { from, quorum }] of groupsOf(rule).entries()) {
			const seats = told
				.filter(({ groupIndex }) => groupIndex === group)
				.map((decision) => seatOf(decision, charter, indexes))
			const isFilled = seats.filter(({ verdict }) => verdict === 'approve').length >= quorum
			groups.push({
				roleTitle: titleOf(charter, from),
				quorum,
				seats,
				canDecide: open === i && !isFilled ? await whoCanDecide(deps, row, charter, group) : [],
			})
		}
		const isDone = groups.every(
			({ seats, quorum }) => seats.filter(({ verdict }) => verdict === 'approve').length >= quorum,
		)
		const denials = told.filter(({ verdict }) => verdict === 'deny').length
		views.push({
			roleTitle: groups.map(({ roleTitle }) => roleTitle).join(' + '),
			groups,
			status:
				denials >= (rule.denials ?? 1)
					? 'denied'
					: isDone
						? 'done'
						: open === i
							? 'open'
							: open !== null && i > open
								? 'upcoming'
								: 'closed',
			decideBy: open === i ? context.decideBy : null,
			denials: rule.denials ?? 1,
			escalation:
				open === i && rule.escalation
					? {
							title: titleOf(charter, rule.escalation.to),
							at: context.escalatedAt ?? plusMs(context.openedAt, rule.escalation.afterMs),
							isOpen: context.escalatedAt !== null,
						}
					: null,
		})
	}
	return views
}

const seatOf = (
	{
		approverName,
		verdict,
		reason,
		decidedAt,
		entryId,
		asRole,
		grantedSeconds,
	}: Awaited<ReturnType<typeof decisionsOf>>[number],
	charter: Charter,
	indexes: ReadonlyMap<string, number>,
): Seat => ({
	name: approverName,
	asRole: asRole === null ? null : titleOf(charter, asRole),
	grantedSeconds,
	verdict,
	reason,
	decidedAt: decidedAt.toISOString(),
	entryIndex: indexes.get(entryId) ?? null,
})

async function whoCanDecide(
	{ database, now }: Deps,
	row: RequestRow,
	charter: Charter,
	group: number,
): Promise<GroupView['canDecide']> {
	const at = now()
	const { context, requesterId, filedBy } = row
	const { stage, decisions, escalatedAt } = context
	const rule = context.stages[stage]
	const from = rule ? groupsOf(rule)[group]?.from : undefined
	const to = escalatedAt === null ? undefined : rule?.escalation?.to
	const candidates = await appointedTo(
		database.db,
		[from, to].filter((role) => role !== undefined),
		at,
	)
	const facts = await factsOf(database.db, candidates)
	const away = await awayAt(database.db, candidates, at)
	const able = candidates.filter((approverId) => {
		const person = facts.get(approverId)
		const may = (escalated: boolean) =>
			person !== undefined &&
			judge(
				charter,
				person,
				decisionQuestion(row.role, { stage, group, ...(escalated ? { escalated } : {}) }, at.toISOString()),
			).permit
		return (
			refusalToDecide({ requesterId, filedBy, approverId, decisions }) === null &&
			(may(false) || (to !== undefined && may(true)))
		)
	})
	const standIns = [...away.values()].flatMap(({ standInId }) => (standInId === null ? [] : [standInId]))
	const names = await namesOf(database.db, [...able, ...standIns])
	return able
		.map((id) => {
			const absence = away.get(id)
			const standInId = absence?.standInId ?? null
			return {
				name: names.get(id) ?? '',
				awayUntil: absence?.validUntil.toISOString() ?? null,
				standIn: standInId === null ? null : (names.get(standInId) ?? null),
			}
		})
		.sort((a, b) => a.name.localeCompare(b.name))
}
