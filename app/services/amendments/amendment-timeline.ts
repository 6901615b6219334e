import type { SignatureRow } from '#db/queries/amendments.ts'
import type { WorkflowEventRow } from '#db/queries/workflow-rows.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { TimelineItem } from '../views.ts'

/** What happened to an amendment, in order, each step with its ledger entry. */
export function amendmentTimeline(
	events: readonly WorkflowEventRow[],
	signatures: readonly SignatureRow[],
	names: ReadonlyMap<string, string>,
	indexes: ReadonlyMap<string, number>,
): TimelineItem[] {
	return events.flatMap((row) => {
		const told = tell(row, signatures)
		if (told === null) return []
		return [
			{
				at: row.at.toISOString(),
				...told,
				actor: row.actorId === null ? null : (names.get(row.actorId) ?? null),
				entryIndex: indexes.get(row.entryId) ?? null,
			},
		]
	})
}

function tell(
	{ event, state, entryId }: WorkflowEventRow,
	signatures: readonly SignatureRow[],
): { kind: EntryKind; values: TimelineItem['values'] } | null {
	switch (event.type) {
		case 'DRAFT':
		case 'EDIT':
			return { kind: 'amendment.drafted', values: {} }
		case 'PROPOSE':
			return { kind: 'amendment.proposed', values: {} }
		case 'SIGN':
		case 'REJECT': {
			const signature = signatures.find((given) => given.entryId === entryId)
			return {
				kind: 'amendment.decided',
				values: { verdict: signature?.verdict ?? '', reason: signature?.reason ?? '' },
			}
		}
		case 'WITHDRAW':
			return { kind: 'amendment.withdrawn', values: {} }
		case 'STOP':
			return { kind: 'amendment.stopped', values: {} }
		// The entry of the version that took its place says it; that version is another amendment's history.
		case 'SUPERSEDE':
			return null
		default:
			return { kind: state === 'inForce' ? 'charter.in_force' : 'amendment.lapsed', values: {} }
	}
}
