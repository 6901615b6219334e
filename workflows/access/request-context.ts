import type { EndReason } from '../charter/enforcement.ts'
import { groupsOf, type StageGroup } from '../charter/stage-groups.ts'
import { plusMs, type Instant } from '../shared/instants.ts'

/** One stage of a request, copied from the charter version in force at filing, to which the request is pinned. */
export type StageRule = {
	from: string
	quorum: number
	withinMs: number
	/** Groups that decide at the same time; left out, none. */
	alongside?: StageGroup[]
	/** So many denials end it; left out, the first one does. */
	denials?: number
	/** From `afterMs` on holders of `to` may decide as well. */
	escalation?: { afterMs: number; to: string }
}

/** In which capacity somebody decides: for which group of the stage, and in whose place. */
export type Capacity = {
	/** Index of the group; left out, the one that the stage is named after. */
	group?: number
	/** As holder of the role that the stage escalates to. */
	escalated?: true
	/** The absence that makes them stand in before the stage escalates. */
	absenceId?: string
}

export type RecordedDecision = Capacity & {
	stage: number
	approverId: string
	verdict: 'approve' | 'deny'
	/** The approver gave less than was asked for. */
	grantedSeconds?: number
	at: Instant
}

export type RequestContext = {
	requestId: string
	/** Whom it benefits, and who must answer and may withdraw. */
	requesterId: string
	/** Who filed it, where that is somebody else; null where the requester did. */
	filedBy: string | null
	stages: StageRule[]
	/** Index of the stage that may decide now. */
	stage: number
	/** When the current stage opened. */
	openedAt: Instant
	/** When the current stage's time runs out: silence denies. */
	decideBy: Instant
	/** Since when the role that the stage escalates to may decide as well; null before. */
	escalatedAt: Instant | null
	/** Decisions on the request as it is now: those on an earlier form of it fell when it was changed. */
	decisions: RecordedDecision[]
	/** 1 as it was filed; one more each time the requester changes what is asked for. */
	revision: number
	durationSeconds: number
	/** The shortest that any approver gave; never more than was asked for. */
	grantedSeconds: number
	/** When the access is to begin; null: as soon as it is approved. */
	startAt: Instant | null
	/** The question that waits for an answer; null while none does. */
	asked: { by: string; at: Instant } | null
	closedAt: Instant | null
	/** Why a voided request fell; null otherwise. */
	voidedBy: EndReason | null
}

export type RequestInput = Pick<
	RequestContext,
	'requestId' | 'requesterId' | 'stages' | 'durationSeconds' | 'startAt' | 'filedBy'
> & { filedAt: Instant }

/** End of the window that was asked for: nothing is approved once it has passed. Null where no start was asked for. */
export const windowEnd = ({
	startAt,
	durationSeconds,
}: Pick<RequestContext, 'startAt' | 'durationSeconds'>) =>
	startAt === null ? null : plusMs(startAt, durationSeconds * 1000)

/** When the time of a stage that opens now runs out: its own time, and never later than the window asked for. */
export function deadlineOf(
	context: Pick<RequestContext, 'stages' | 'startAt' | 'durationSeconds'>,
	stage: number,
	at: Instant,
): Instant {
	const within = plusMs(at, context.stages[stage]?.withinMs ?? 0)
	const end = windowEnd(context)
	return end !== null && end < within ? end : within
}

/** A group of the open stage: how many it needs, and who has approved for it. */
export type Seats = StageGroup & { group: number; approvers: string[]; isFilled: boolean }

/** The groups of a stage with who has approved for each. */
export function seatsAt(
	{ stages, decisions }: Pick<RequestContext, 'stages' | 'decisions'>,
	stage: number,
): Seats[] {
	const rule = stages[stage]
	if (rule === undefined) return []
	return groupsOf(rule).map(({ from, quorum }, group) => {
		const approvers = [
			...new Set(
				decisions
					.filter((d) => d.stage === stage && d.verdict === 'approve' && (d.group ?? 0) === group)
					.map(({ approverId }) => approverId),
			),
		]
		return { from, quorum, group, approvers, isFilled: approvers.length >= quorum }
	})
}

/** Roles whose holders may decide now: those of the groups that are not filled, and the one it has escalated to. */
export function rolesThatDecide(context: RequestContext): string[] {
	const open = seatsAt(context, context.stage).filter(({ isFilled }) => !isFilled)
	const to = context.escalatedAt === null ? undefined : context.stages[context.stage]?.escalation?.to
	return [...new Set([...open.map(({ from }) => from), ...(open.length > 0 && to !== undefined ? [to] : [])])]
}

/** The context as version 1 of the statechart stored it. */
type Version1 = Pick<
	RequestContext,
	'requestId' | 'requesterId' | 'stages' | 'stage' | 'decisions' | 'decideBy' | 'closedAt' | 'voidedBy'
>

/** A stored context in the form of now; what version 1 did not know is as it was then: nothing shortened, nothing asked. */
export function upgradeContext(
	stored: RequestContext,
	machineVersion: number,
	durationSeconds: number,
): RequestContext {
	if (machineVersion >= 2) return stored
	const old: Version1 = stored
	return {
		...old,
		filedBy: null,
		openedAt: plusMs(old.decideBy, -(old.stages[old.stage]?.withinMs ?? 0)),
		escalatedAt: null,
		revision: 1,
		durationSeconds,
		grantedSeconds: durationSeconds,
		startAt: null,
		asked: null,
	}
}
