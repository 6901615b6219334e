import {
	closedFindings,
	countFindings,
	openFindings,
	removalsSince,
	removalTimes,
	type FindingRow,
} from '#db/queries/findings.ts'
import { isRulePart, lastRulesRun, lastRun, type RunRow } from '#db/queries/reconcile-runs.ts'
import {
	FINDING_KINDS,
	massRemovalOf,
	reactionTo,
	type FindingKind,
} from '#workflows/charter/entra.schema.ts'
import { weightOfAll } from '#workflows/grants/mass-guard.ts'
import { MOST_RELEASED_AT_ONCE } from '#workflows/ledger/finding-envelope.schema.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { showNotifications } from '../notifications/show-notifications.server.ts'
import { showGroupChanges } from '../tenant/show-group-changes.server.ts'
import { elsewhereOf } from './one-tenant.server.ts'
import { lookWaitedFor } from './look-now.server.ts'
import { showWatched } from './show-watched.server.ts'
import { byDanger, findingLooker, summariseFinding } from './summarise-finding.server.ts'
import type { FindingsView, FindingSummary, RunView } from './views.ts'

const PAGE = 25
/** Times of removals are told of so long back. */
const TIMES_MS = 30 * 86_400_000
/** What a removal could still be sent for. */
const PENDING = new Set(['seen', 'alerted', 'awaiting', 'referred', 'ordered', 'held'])

type FindingsFilter = { kind?: FindingKind; mine?: boolean; before?: number }

/** What is open by danger, what is over, how the last look went, and which accounts are only watched. */
export async function showFindings(
	deps: Deps,
	actor: Actor,
	{ kind, mine = false, before }: FindingsFilter = {},
): Promise<FindingsView> {
	demand(actor, 'finding:read')
	const { db } = deps.database
	const at = deps.now()
	const open = await openFindings(db)
	const closed = await closedFindings(db, {
		...(before === undefined ? {} : { before }),
		limit: PAGE + 1,
	})
	const run = await lastRun(db)
	const everything = await lastRun(db, { what: 'everything', well: true })
	const well = await lastRun(db, { well: true })
	const looker = await findingLooker(
		deps,
		actor,
		db,
		[...open, ...closed],
		[...(well?.watched ?? []).map(({ objectId }) => objectId)],
	)
	const { charter } = looker
	const summaries = open.map((row) => summariseFinding(row, looker)).sort(byDanger)
	// Once seen and not yet certain it is nobody's work; what is accepted is shown, since it is still there.
	const shown = summaries.filter(
		(each) =>
			each.state !== 'seen' &&
			(kind === undefined || each.kinds.includes(kind)) &&
			(!mine || each.needsYou !== null || isOwnedBy(open, each.id, actor)),
	)
	const guard = massRemovalOf(charter)
	const sent = await removalsSince(db, new Date(at.getTime() - guard.withinMs))
	const held = summaries.filter(({ state }) => state === 'held')
	const dryRun = summaries.filter(({ state, isRemovable }) => isRemovable && PENDING.has(state))
	return {
		open: shown,
		openCount: summaries.filter(({ state }) => state !== 'seen').length,
		closed: closed.slice(0, PAGE).map((row) => summariseFinding(row, looker)),
		next: closed.length > PAGE ? (closed[PAGE - 1]?.number ?? null) : null,
		run: run === null ? null : runView(run, everything),
		elsewhere: await elsewhereOf(deps),
		lastEverything: (await lastRulesRun(db, deps.tenant.id))?.finishedAt.toISOString() ?? null,
		lookAskedAt: (await lookWaitedFor(db))?.toISOString() ?? null,
		notifications: await showNotifications(deps, db),
		groupChanges: await showGroupChanges(deps, db),
		times: await removalTimes(db, new Date(at.getTime() - TIMES_MS)),
		watched: await showWatched(db, well, looker),
		guard: { ...guard, sent: weightOfAll(sent) },
		dryRun,
		dryRunPeople: weightOfAll(dryRun),
		heldPeople: weightOfAll(held),
		heldToAsk: idsOf(held.filter(({ needsYou }) => needsYou === 'ask_release')),
		heldToRelease: idsOf(held.filter(({ needsYou }) => needsYou === 'release')),
		reactions: FINDING_KINDS.map((each) => ({ kind: each, reaction: reactionTo(charter, each) })),
		mayDecide: actor.permissions.has('finding:decide'),
		now: at.toISOString(),
	}
}

const idsOf = (list: readonly FindingSummary[]) => list.slice(0, MOST_RELEASED_AT_ONCE).map(({ id }) => id)

const isOwnedBy = (rows: readonly FindingRow[], id: string, { personId }: Actor) =>
	rows.some((row) => row.id === id && row.context.ownerId === personId)

/** Rules that could not be read stay unread until they are asked for again, which a look at privileges alone does not. */
const runView = (
	{ what, startedAt, finishedAt, trouble, holdings, unread }: RunRow,
	everything: RunRow | null,
): RunView => ({
	what,
	at: finishedAt.toISOString(),
	tookMs: finishedAt.getTime() - startedAt.getTime(),
	trouble,
	holdings,
	unread: [
		...unread,
		...(what === 'everything' ? [] : (everything?.unread ?? []).filter(({ part }) => isRulePart(part))),
	],
})

/** How many findings are open, and how many of them cannot wait; null for whoever may not see them. */
export async function countOpenFindings(
	deps: Deps,
	actor: Actor,
): Promise<{ open: number; alarming: number } | null> {
	if (!actor.permissions.has('finding:read')) return null
	return countFindings(deps.database.db, ['notConfirmed', 'held', 'awaiting'])
}
