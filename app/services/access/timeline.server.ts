import type { DecisionRow } from '#db/queries/requests.ts'
import type { WorkflowEventRow } from '#db/queries/workflow-rows.ts'
import { deadlineKind } from '#workflows/access/privileged.machine.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { groupsOf } from '#workflows/charter/stage-groups.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { TimelineItem } from '../views.ts'
import { titleOf } from './summarise.server.ts'

type Values = TimelineItem['values']

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

/** What happened to a request and its grant, in order, each step with its ledger entry. */
export function timelineOf(
	events: readonly WorkflowEventRow[],
	decisions: readonly DecisionRow[],
	names: ReadonlyMap<string, string>,
	indexes: ReadonlyMap<string, number>,
	charter: Charter,
	role: string,
): TimelineItem[] {
	return events.flatMap((row) => {
		const told = tell(row, decisions, charter, role)
		if (told === null) return []
		return [
			{
				at: row.at.toISOString(),
				kind: told.kind,
				actor: row.actorId === null ? null : (names.get(row.actorId) ?? null),
				entryIndex: indexes.get(row.entryId) ?? null,
				values: told.values,
			},
		]
	})
}

function tell(
	{ event, state, workflow, entryId }: WorkflowEventRow,
	decisions: readonly DecisionRow[],
	charter: Charter,
	role: string,
): { kind: EntryKind; values: Values } | null {
	switch (event.type) {
		case 'BREAK_GLASS':
			return { kind: 'break_glass.signed', values: {} }
		case 'FILE':
			return { kind: 'request.filed', values: {} }
		case 'DECIDE': {
			const decision = decisions.find((d) => d.entryId === entryId)
			const stage = charter.roles[role]?.access?.stages[decision?.stage ?? 0]
			const from = stage === undefined ? '' : (groupsOf(stage)[decision?.groupIndex ?? 0]?.from ?? '')
			return {
				kind: 'request.decided',
				values: {
					verdict: decision?.verdict ?? '',
					reason: decision?.reason ?? '',
					stage: titleOf(charter, decision?.asRole ?? from),
				},
			}
		}
		case 'ASK':
			return { kind: 'request.information_asked', values: {} }
		case 'ANSWER':
			return { kind: 'request.information_given', values: {} }
		case 'AMEND':
			return { kind: 'request.amended', values: {} }
		case 'WITHDRAW':
			return { kind: 'request.withdrawn', values: {} }
		case 'VOID':
			return { kind: 'request.voided', values: { code: textOf(event.code) } }
		// The approval that opened it stands in the line above.
		case 'OPEN':
			return null
		case 'SEND':
			return { kind: 'grant.sending', values: {} }
		case 'CONFIRMED':
			return { kind: 'grant.confirmed', values: { startsAt: textOf(event.startsAt) } }
		case 'REFUSED':
			return { kind: 'grant.failed', values: { code: textOf(event.code) } }
		case 'EXTEND':
			return { kind: 'grant.extending', values: { endsAt: textOf(event.endsAt) } }
		case 'EXTENDED':
			return { kind: 'grant.extended', values: {} }
		case 'NOT_EXTENDED':
			return { kind: 'grant.extension_failed', values: { code: textOf(event.code) } }
		case 'DRIFTED':
			return { kind: 'grant.drifted', values: { what: textOf(event.what) } }
		case 'AS_APPROVED':
			return { kind: 'grant.as_approved', values: {} }
		case 'ACCEPT_DRIFT':
			return { kind: 'grant.drift_accepted', values: {} }
		case 'END':
			return state === 'voided'
				? { kind: 'grant.ended', values: { how: 'never_active' } }
				: { kind: 'grant.ending', values: { cause: textOf(event.cause) } }
		case 'POSTPONED':
			return {
				kind: 'grant.removal_postponed',
				values: { until: textOf(event.until), code: textOf(event.code) },
			}
		case 'KILL_SWITCH':
			return { kind: 'grant.kill_switch_used', values: { code: textOf(event.code) } }
		case 'REMOVED':
			return { kind: 'grant.ended', values: { how: textOf(event.how) } }
		default:
			return tellDeadline(event.type, workflow, state)
	}
}

function tellDeadline(type: string, workflow: string, state: string): { kind: EntryKind; values: Values } {
	if (workflow === 'request') {
		const kind = deadlineKind(type)
		if (kind === 'timed_out') return { kind: 'request.timed_out', values: {} }
		return { kind: kind === 'escalated' ? 'request.escalated' : 'request.reminded', values: {} }
	}
	if (type.includes('untilStart')) return { kind: 'grant.due', values: {} }
	if (state === 'notConfirmed' && !type.includes('removalRetry'))
		return { kind: 'grant.removal_not_confirmed', values: {} }
	if (type.includes('untilRetry') || type.includes('removalRetry'))
		return { kind: 'grant.removal_retried', values: {} }
	return {
		kind: 'grant.ending',
		values: { cause: type.includes('driftAnswer') ? 'drift' : 'deadline' },
	}
}
