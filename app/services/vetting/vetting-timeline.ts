import type { EvidenceRow } from '#db/queries/vetting.ts'
import type { WorkflowEventRow } from '#db/queries/workflow-rows.ts'
import type { Opening } from '#workflows/ledger/sealed-parts.schema.ts'
import type { TimelineItem } from '../views.ts'

type Openings = ReadonlyMap<string, Record<string, Opening>>
type Told = Pick<TimelineItem, 'kind' | 'values'>

/** Why somebody took a step, as its entry says it; empty where it says nothing or was erased. */
export function reasonOf(openings: Openings, entryId: string): string {
	const groups = openings.get(entryId) ?? {}
	const record = (groups.note ?? groups.case)?.record as { reason?: string } | undefined
	const signed = groups.evidence?.record as { envelope?: { reason?: string } } | undefined
	return record?.reason ?? signed?.envelope?.reason ?? ''
}

/** What happened in a case, in order, each step and each piece of evidence with its ledger entry. */
export function vettingTimeline({
	events,
	evidence,
	openings,
	names,
	indexes,
	isWithheld,
}: {
	events: readonly WorkflowEventRow[]
	evidence: readonly EvidenceRow[]
	openings: Openings
	names: ReadonlyMap<string, string>
	indexes: ReadonlyMap<string, number>
	isWithheld: boolean
}): TimelineItem[] {
	const steps = events.map((row) => ({ ...row, told: tell(row, openings) }))
	const papers = evidence.map(({ recordedAt: at, recordedBy: actorId, entryId, item, reference }) => ({
		at,
		actorId,
		entryId,
		told: { kind: 'vetting.evidence_recorded' as const, values: { item, reason: reference } },
	}))
	// Ids of entries follow one another in time, also within one millisecond.
	const order = ({ at, entryId }: { at: Date; entryId: string }) => `${at.toISOString()} ${entryId}`
	return [...steps, ...papers]
		.sort((a, b) => (order(a) < order(b) ? -1 : 1))
		.map(({ at, actorId, entryId, told: { kind, values } }) => ({
			at: at.toISOString(),
			kind,
			actor: actorId === null ? null : (names.get(actorId) ?? null),
			entryIndex: indexes.get(entryId) ?? null,
			values: isWithheld ? { ...values, reason: '' } : values,
		}))
}

function tell({ event, actorId, entryId }: WorkflowEventRow, openings: Openings): Told {
	const reason = reasonOf(openings, entryId)
	const { type } = event
	switch (type) {
		case 'OPEN':
			return { kind: 'vetting.opened', values: { reason } }
		case 'PROPOSE':
			return { kind: 'vetting.proposed', values: { act: String(event.act), reason } }
		case 'DROP_PROPOSAL':
			return { kind: 'vetting.proposal_dropped', values: { reason } }
		case 'REMIND':
		case 'OVERDUE':
		case 'REMIND_EXPIRY':
			return { kind: 'vetting.deadline', values: { act: type } }
		default:
			return 'officerId' in event
				? { kind: 'vetting.confirmed', values: { act: type, reason } }
				: {
						kind: 'vetting.advanced',
						values: { act: isReplaced(type, actorId, openings, entryId) ? 'REPLACED' : type, reason },
					}
	}
}

/** A case that another one took the place of is withdrawn without a word; an officer who withdraws one says why. */
const isReplaced = (type: string, actorId: string | null, openings: Openings, entryId: string) =>
	type === 'WITHDRAW_ADMINISTRATIVELY' &&
	actorId !== null &&
	openings.has(entryId) &&
	reasonOf(openings, entryId) === ''
