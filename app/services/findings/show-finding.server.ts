import { decisionsOfFinding, loadFinding } from '#db/queries/findings.ts'
import { indexesOf } from '#db/queries/ledger.ts'
import { namesOf } from '#db/queries/people.ts'
import { findGrant, requestsOfGrants } from '#db/queries/requests.ts'
import { eventsOf, type WorkflowEventRow } from '#db/queries/workflow-rows.ts'
import { menderOf } from '#app/integrations/graph/tenant-answers.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import { silenceAbout } from '#workflows/grants/drift-answer.ts'
import { isHeldBy } from '#workflows/grants/differences.ts'
import { isClosedFinding } from '#workflows/grants/finding-context.ts'
import { drawingOf } from '#workflows/statecharts/lay-out.ts'
import { MACHINES } from '#workflows/statecharts/machines.ts'
import { removalSentAt } from '#workflows/grants/removal-sent.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { stepsFor } from './finding-steps.server.ts'
import { findingLooker, summariseFinding } from './summarise-finding.server.ts'
import type { FindingView } from './views.ts'

const DRAWING = drawingOf(MACHINES.finding)

/** Everything that is to be known of one finding, for this reader. */
export async function showFinding(deps: Deps, actor: Actor, id: string): Promise<FindingView> {
	demand(actor, 'finding:read')
	const { db } = deps.database
	const stored = await loadFinding(db, id)
	const { row } = stored
	const { context, state } = row
	const { difference } = context
	const looker = await findingLooker(deps, actor, db, [row])
	const decisions = await decisionsOfFinding(db, id)
	const events = await eventsOf(db, [id])
	const indexes = await indexesOf(
		db,
		[...events, ...decisions].map(({ entryId }) => entryId),
	)
	const names = await namesOf(
		db,
		events.map(({ actorId }) => actorId).filter((each) => each !== null),
	)
	const steps = stepsFor(actor, stored)
	const request =
		difference.grantId === null
			? undefined
			: (await requestsOfGrants(db, [difference.grantId])).get(difference.grantId)
	const drift =
		state === 'referred' && difference.grantId !== null
			? (await findGrant(db, difference.grantId)).context.drift
			: null
	// Which clause denies somebody tells of what is recorded about them.
	const mayKnow = row.family === 'policy' || actor.permissions.has('people:values')
	return {
		...summariseFinding(row, looker),
		holds: { from: difference.from, until: difference.until, people: difference.people },
		reasons: mayKnow ? difference.reasons : [],
		silence: drift === null ? null : silenceAbout(drift),
		request: request === undefined ? null : { id: request.id, number: request.number },
		confirmedAt: context.confirmedAt,
		orderedAt: context.orderedAt,
		orderedBy: context.orderedBy,
		sentAt: removalSentAt(stored.snapshot.context),
		tenantAskedAt: stored.snapshot.context.tenantAskedAt,
		retryAt: state === 'postponed' ? context.retryAt : null,
		failure: context.failure,
		failureMender: context.failure === null ? null : menderOf(context.failure),
		killSwitchAt: context.killSwitchAt,
		sessions: context.sessions ?? null,
		acceptedUntil: state === 'accepted' ? context.acceptedUntil : null,
		askedBy: context.askedBy === null ? null : (looker.people.get(context.askedBy) ?? null),
		askedBefore: context.askedBefore === null ? null : (looker.people.get(context.askedBefore) ?? null),
		missed: context.missed,
		decisions: decisions.map(({ step, officerName, reason, acceptedUntil, at, entryId }) => ({
			step,
			officer: officerName,
			reason,
			acceptedUntil: acceptedUntil?.toISOString() ?? null,
			at: at.toISOString(),
			entryIndex: indexes.get(entryId) ?? null,
		})),
		steps,
		isOwn: isHeldBy(difference, actor.personId),
		mayTake:
			actor.permissions.has('finding:decide') &&
			context.ownerId !== actor.personId &&
			!isClosedFinding(state) &&
			state !== 'seen' &&
			state !== 'ordered',
		timeline: events.map((event) => ({
			at: event.at.toISOString(),
			kind: kindOf(event, events),
			actor: event.actorId === null ? null : (names.get(event.actorId) ?? null),
			entryIndex: indexes.get(event.entryId) ?? null,
			values: {},
		})),
		charts: [{ machine: 'finding', state, drawing: DRAWING }],
		now: deps.now().toISOString(),
	}
}

const KINDS: Readonly<Record<string, EntryKind>> = {
	SEEN: 'finding.opened',
	TAKE: 'finding.taken',
	REMOVE: 'finding.decided',
	ACCEPT: 'finding.decided',
	ASK_RELEASE: 'finding.decided',
	RELEASE: 'finding.decided',
	START: 'finding.removing',
	HOLD: 'finding.held',
	POSTPONED: 'finding.removal_postponed',
	KILL_SWITCH: 'finding.kill_switch_used',
	FAILED: 'finding.removal_failed',
	MISSED: 'finding.closed',
	REMOVED: 'finding.closed',
	EXPLAINED: 'finding.closed',
	timeToDecide: 'finding.silent',
	acceptance: 'finding.acceptance_over',
	removalConfirm: 'finding.removal_not_confirmed',
}

function kindOf(
	{ event: { type }, version, state }: WorkflowEventRow,
	events: readonly WorkflowEventRow[],
): EntryKind {
	if (type === 'SIGHTED' && state === 'explained') return 'finding.closed'
	if (type === 'SIGHTED')
		return events.find((each) => each.version === version - 1)?.state === 'seen'
			? 'finding.confirmed'
			: 'finding.changed'
	return KINDS[type] ?? KINDS[type.split('.')[2] ?? ''] ?? 'finding.removal_retried'
}
