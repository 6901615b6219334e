import type { Tx } from '#db/client.ts'
import { saveFindingSteps, touchFindings } from '#db/queries/finding-batch.ts'
import { loadFinding, type StoredFinding } from '#db/queries/findings.ts'
import { isClosedFinding, type FindingContext, type FindingState } from '#workflows/grants/finding-context.ts'
import { isNews } from '#workflows/grants/finding-news.ts'
import type { FindingEvent } from '#workflows/grants/finding-events.ts'
import { findingMachine } from '#workflows/grants/finding.machine.ts'
import { weightOf } from '#workflows/grants/mass-guard.ts'
import { shownOf } from '#workflows/grants/shown-difference.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { SealedOf } from '#workflows/ledger/sealed-parts.schema.ts'
import { isOutward } from '#workflows/shared/commands.ts'
import { decide, type TimerEvent } from '#workflows/shared/decide.ts'
import type { Deps } from '../deps.ts'
import { recordEntries } from '../record-entry.server.ts'
import { tellFindings } from './tell-finding.server.ts'

type Kind = Extract<EntryKind, `finding.${string}`>
type FindingEntry = { [K in Kind]: { kind: K; open: LeafOf<K>['open']; sealed: SealedOf<K> } }[Kind]
type FindingStepEvent = FindingEvent | TimerEvent
type After = { state: FindingState; context: FindingContext }
/** `entryId` is null where nothing was recorded. */
type FindingStepped = After & { entryId: string | null }

/** What a step rests on beside the finding itself. */
type FindingStepInput = {
	/** The entry of the charter version in force. */
	charterEntry: string
	/** The guard, where it is asked. */
	guard?: { most: number; withinMs: number }
	actorId?: string | null
	/** What is written of a signed decision. */
	entry?: (after: After) => FindingEntry
}

/**
 * A step of each of these findings inside a transaction, none of them named twice: states, deadlines, entries, jobs and notices
 * together, in a few statements whatever their number. Another look that saw the same is noted and writes no entry. In the order
 * of `todo`; null where a finding is in a state that does not take its event.
 */
export async function applyFindingEvents(
	tx: Tx,
	deps: Deps,
	todo: readonly { before: StoredFinding; event: FindingStepEvent }[],
	input: FindingStepInput,
): Promise<(FindingStepped | null)[]> {
	const planned = todo.map(({ before, event }) => {
		if (!before.snapshot.can(event as FindingEvent)) return null
		const decided = decide(findingMachine, before.snapshot, event)
		const after: After = { state: decided.next.value, context: decided.next.context }
		const told = input.entry?.(after) ?? entryOf(before, event, after, input)
		return { before, event, decided, after, told, entryId: told === null ? null : deps.newId() }
	})
	const steps = planned.filter((step) => step !== null)
	await touchFindings(
		tx,
		steps.filter(({ entryId }) => entryId === null),
	)
	const actorId = input.actorId ?? null
	const told = steps.flatMap(({ told, entryId, ...step }) =>
		told === null || entryId === null ? [] : [{ ...step, told, entryId, at: new Date(step.event.at) }],
	)
	await recordEntries(
		tx,
		deps,
		told.map(({ told: entry, entryId, after, at }) => ({
			...entry,
			id: entryId,
			subject: after.context.difference.personId,
			actor: actorId,
			at,
		})),
	)
	await saveFindingSteps(
		tx,
		told.map(({ before, decided, event, entryId, at }) => ({
			before,
			decided,
			step: { event, actorId, entryId, at },
		})),
	)
	await deps.enqueue(
		tx,
		told.flatMap(({ decided }) => decided.commands.filter(isOutward)),
	)
	await tellFindings(
		tx,
		deps,
		told.map(({ before: { row, snapshot }, after, at }) => ({
			id: row.id,
			before: { state: row.state, context: snapshot.context },
			after,
			at,
		})),
	)
	return planned.map((step) => (step === null ? null : { ...step.after, entryId: step.entryId }))
}

/** The same of one finding. */
export async function applyFindingEvent(
	tx: Tx,
	deps: Deps,
	before: StoredFinding,
	event: FindingStepEvent,
	input: FindingStepInput,
): Promise<FindingStepped | null> {
	const [stepped] = await applyFindingEvents(tx, deps, [{ before, event }], input)
	return stepped ?? null
}

/** The same in a transaction of its own, on the finding as it stands. */
export async function stepFinding(
	deps: Deps,
	findingId: string,
	event: FindingEvent,
): Promise<FindingState | null> {
	const after = await deps.database.withTx(async (tx) => {
		const charterEntry = (await deps.charters.inForce(tx)).entryId
		return applyFindingEvent(tx, deps, await loadFinding(tx, findingId, true), event, { charterEntry })
	})
	deps.wake()
	return after?.state ?? null
}

const NOTHING_SEALED = {}

/** What the record says of a step; null where there is nothing to be said. */
function entryOf(
	{ row, snapshot }: StoredFinding,
	event: FindingStepEvent,
	{ state, context }: After,
	{ charterEntry, guard }: FindingStepInput,
): FindingEntry | null {
	const findingId = row.id
	const { difference, reaction } = context
	const kinds = [...difference.kinds]
	const sealed = { difference: shownOf(findingId, difference) }
	switch (event.type) {
		case 'SIGHTED': {
			if (state === 'seen' && row.state === 'seen') return null
			if (row.state === 'seen')
				return {
					kind: 'finding.confirmed',
					open: {
						findingId,
						kinds,
						reaction: reaction.do,
						decideBy: context.decideBy,
						charterEntry,
						outcome: state,
					},
					sealed,
				}
			if (isClosedFinding(state)) return closedEntry(findingId, state, context)
			if (state === row.state && !isNews(snapshot.context, context)) return null
			return {
				kind: 'finding.changed',
				open: {
					findingId,
					kinds,
					reaction: reaction.do,
					charterEntry,
					outcome: state,
					...(state === 'awaiting' && context.decideBy !== null ? { decideBy: context.decideBy } : {}),
					...(state === 'held' ? { isAsked: context.askedBy !== null } : {}),
				},
				sealed,
			}
		}
		case 'TAKE':
			return { kind: 'finding.taken', open: { findingId }, sealed: NOTHING_SEALED }
		case 'START':
			return {
				kind: 'finding.removing',
				open: { findingId, orderedBy: context.orderedBy ?? 'rule', people: weightOf(context.difference) },
				sealed: NOTHING_SEALED,
			}
		case 'HOLD':
			return {
				kind: 'finding.held',
				open: {
					findingId,
					most: guard?.most ?? 0,
					withinSeconds: Math.round((guard?.withinMs ?? 0) / 1000),
					charterEntry,
				},
				sealed: NOTHING_SEALED,
			}
		case 'POSTPONED':
			return {
				kind: 'finding.removal_postponed',
				open: { findingId, until: event.until, code: event.code.slice(0, 64) },
				sealed: NOTHING_SEALED,
			}
		case 'KILL_SWITCH':
			return {
				kind: 'finding.kill_switch_used',
				open: { findingId, why: event.code.slice(0, 64) },
				sealed: NOTHING_SEALED,
			}
		case 'FAILED':
			return {
				kind: 'finding.removal_failed',
				open: { findingId, code: event.code.slice(0, 64), outcome: state },
				sealed: NOTHING_SEALED,
			}
		case 'MISSED':
			// One look that does not see it is noted, and a second one ends it.
			return isClosedFinding(state) ? closedEntry(findingId, state, context) : null
		case 'REMOVED':
		case 'EXPLAINED':
			return closedEntry(findingId, state, context)
		case 'REMOVE':
		case 'ACCEPT':
		case 'ASK_RELEASE':
		case 'RELEASE':
			throw new Error('A decision is recorded with what was signed.')
		default:
			return timerEntry(findingId, event.type, state)
	}
}

function closedEntry(findingId: string, how: FindingState, { missed }: FindingContext): FindingEntry {
	if (!isClosedFinding(how)) throw new Error('It is not over.')
	return {
		kind: 'finding.closed',
		open: {
			findingId,
			how: how as LeafOf<'finding.closed'>['open']['how'],
			...(missed === null ? {} : { why: missed }),
		},
		sealed: NOTHING_SEALED,
	}
}

function timerEntry(findingId: string, type: TimerEvent['type'], outcome: FindingState): FindingEntry {
	switch (type.split('.')[2]) {
		case 'timeToDecide':
			return { kind: 'finding.silent', open: { findingId, outcome }, sealed: NOTHING_SEALED }
		case 'acceptance':
			return { kind: 'finding.acceptance_over', open: { findingId }, sealed: NOTHING_SEALED }
		case 'removalConfirm':
			return { kind: 'finding.removal_not_confirmed', open: { findingId }, sealed: NOTHING_SEALED }
		default:
			return { kind: 'finding.removal_retried', open: { findingId }, sealed: NOTHING_SEALED }
	}
}
