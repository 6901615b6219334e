import { findGrant, findRequest, type RequestRow } from '#db/queries/requests.ts'
import type { WorkflowEventRow } from '#db/queries/workflow-rows.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { BreakGlassState } from '#workflows/access/break-glass-context.ts'
import { silenceAbout } from '#workflows/grants/drift-answer.ts'
import { mayBeLive, type GrantState } from '#workflows/grants/grant-states.ts'
import { menderOf } from '#app/integrations/graph/tenant-answers.ts'
import type { TroubleRow } from '#db/queries/tenant-troubles.ts'
import { SESSIONS_NOT_ENDED } from '#workflows/tenant/tenant-troubles.ts'
import { tokenTail } from '#workflows/grants/token-tail.ts'
import { durationMs } from '#workflows/shared/instants.ts'
import { drawingOf } from '#workflows/statecharts/lay-out.ts'
import { MACHINES } from '#workflows/statecharts/machines.ts'
import type { Deps } from '../deps.ts'
import type { ChartView, GrantView, RequestView } from '../views.ts'
import { SHORTEST_SECONDS } from './asked-access.server.ts'
import { accessStateOf } from './summarise.server.ts'

/** The access of a request as a reader sees it; null where there is none. `events` are those of request and grant. */
export function grantView(
	{ grantState, grantContext, sessionsEndedAt }: RequestRow,
	trouble: TroubleRow | null,
	names: ReadonlyMap<string, string>,
	extensions: readonly RequestRow[],
	events: readonly WorkflowEventRow[],
): GrantView | null {
	if (grantState === null || grantContext === null) return null
	const context = grantContext
	const { startsAt, endsAt, cause, endedBy, retryAt, failure, closedAt, extension, drift } = context
	const wasThere = startsAt !== null || isRemovedUnseen(events)
	return {
		state: grantState,
		since: sinceWhen(events, grantState),
		startAt: startsAt === null ? context.startAt : null,
		startsAt,
		// Fixed before the first call; nothing is promised until the tenant may hold it.
		endsAt: mayBeLive(grantState) || closedAt !== null ? endsAt : null,
		cause,
		endedBy: endedBy === null ? null : (names.get(endedBy) ?? null),
		retryAt,
		killSwitchAt: context.killSwitchAt,
		warned: context.warned,
		failure,
		failureMender: failure === null ? null : menderOf(failure),
		trouble: troubleView(grantState, trouble),
		closedAt,
		wasThere,
		sessionsEndedAt: sessionsEndedAt?.toISOString() ?? null,
		tokenTail:
			closedAt === null || !wasThere || isLeftToOther(events)
				? null
				: tokenTail({ removedAt: closedAt, sessionsEndedAt: sessionsEndedAt?.toISOString() ?? null }),
		tenantRequestId: context.tenantRequestId,
		tenantInstanceId: context.tenantInstanceId,
		drift:
			drift === null
				? null
				: { what: drift.what, seenEndsAt: drift.seenEndsAt, silence: silenceAbout(drift) },
		extendingTo: extension?.endsAt ?? null,
		extensions: extensions.map((row) => ({
			id: row.id,
			number: row.number,
			state: accessStateOf(row),
			durationSeconds: row.context.grantedSeconds,
			code: context.notExtended.find(({ requestId }) => requestId === row.id)?.code ?? null,
		})),
	}
}

const isEnding = (state: GrantState) => state === 'removing' || state === 'notConfirmed'

const UNDER_WAY: ReadonlySet<GrantState> = new Set(['planned', 'provisioning', 'extending'])

/** Only while the access, or its later end, is on its way: of one that is there, or over, no more than that sessions live on. */
function troubleView(state: GrantState, trouble: TroubleRow | null): GrantView['trouble'] {
	const isUnderWay = UNDER_WAY.has(state) || isEnding(state)
	if (trouble === null || trouble.toldAt === null) return null
	if (!isUnderWay && trouble.code !== SESSIONS_NOT_ENDED) return null
	const { code, since } = trouble
	const mender = menderOf(code)
	// Nobody gives an access back by writing a charter: what cannot be taken away is the tenant's business.
	const isTenants = isEnding(state) && (mender === 'charter_owner' || mender === 'requester')
	return { code, since: since.toISOString(), mender: isTenants ? 'tenant_admin' : mender }
}

/** Of what is not there Entra takes no removal. */
const isRemovedUnseen = (events: readonly WorkflowEventRow[]) =>
	events.some(({ event }) => event.type === 'REMOVED' && (event.how === 'removed' || event.how === 'expired'))

/** The role goes on by another access of the same person: no token outlives anything. */
const isLeftToOther = (events: readonly WorkflowEventRow[]) =>
	events.some(({ event }) => event.type === 'REMOVED' && event.how === 'held_by_other')

/** When the grant came into the state that it is in: the first of the last events that led to it. */
function sinceWhen(events: readonly WorkflowEventRow[], state: string): string {
	const steps = events.filter(({ workflow }) => workflow === 'grant')
	let since = steps.at(-1)
	for (const step of [...steps].reverse()) {
		if (step.state !== state) break
		since = step
	}
	return since?.at.toISOString() ?? ''
}

/** The request whose access this one is to extend. */
export async function extendedView(
	{ database }: Pick<Deps, 'database'>,
	{ extendsGrantId }: RequestRow,
): Promise<RequestView['extends']> {
	if (extendsGrantId === null) return null
	const { requestId, context } = await findGrant(database.db, extendsGrantId)
	const { id, number } = await findRequest(database.db, requestId)
	return { id, number, endsAt: context.endsAt }
}

/** Drawn once: a machine does not change while the program runs. */
const DRAWINGS = {
	request: drawingOf(MACHINES.request),
	grant: drawingOf(MACHINES.grant),
	breakGlass: drawingOf(MACHINES.breakGlass),
}

/** Where a request is in the statecharts that it goes through. */
export function chartsOf({ state, context, grantState, extendedState }: RequestRow): ChartView[] {
	const access = grantState ?? (state === 'approved' ? extendedState : null)
	return [
		{ machine: 'request', state: chartStateOf(state, context), drawing: DRAWINGS.request },
		...(access === null ? [] : [{ machine: 'grant' as const, state: access, drawing: DRAWINGS.grant }]),
	]
}

/** The same of a use of break-glass: the statechart of the use, and that of its access where one was opened. */
export const chartsOfUse = (state: BreakGlassState, access: GrantState | null): ChartView[] => [
	{ machine: 'breakGlass', state, drawing: DRAWINGS.breakGlass },
	...(access === null ? [] : [{ machine: 'grant' as const, state: access, drawing: DRAWINGS.grant }]),
]

/** A request that waits may wait for an answer: the picture shows which. */
const chartStateOf = (state: RequestRow['state'], { asked }: RequestRow['context']) =>
	state !== 'pending' ? state : asked === null ? 'deciding' : 'informationRequested'

const CHOICES = [10, 15, 30, 60, 120, 240, 480]

/** How many minutes may be asked for beside what is left; none where it cannot be extended now. */
export function extendableMinutes(
	{ role, grantState, grantContext }: RequestRow,
	charter: Charter,
	extensions: readonly RequestRow[],
	now: Date,
): number[] {
	if (grantState !== 'active' || extensions.some(({ state }) => state === 'pending')) return []
	const capMs = durationMs(charter.roles[role]?.access?.maximumDuration ?? '') ?? 0
	const roomMs = capMs - (Date.parse(grantContext?.endsAt ?? '') - now.getTime())
	return CHOICES.filter((minutes) => minutes * 60 >= SHORTEST_SECONDS && minutes * 60_000 <= roomMs)
}
