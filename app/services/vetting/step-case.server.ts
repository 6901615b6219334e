import type { EventFromLogic } from 'xstate'
import type { Tx } from '#db/client.ts'
import { casesOfPerson, saveCaseStep, type StoredCase, type VettingRow } from '#db/queries/vetting.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { SealedOf } from '#workflows/ledger/sealed-parts.schema.ts'
import { takesPlaceOf } from '#workflows/people/clearance-models.ts'
import type { VettingState } from '#workflows/people/vetting-case.events.ts'
import { vettingCaseMachine } from '#workflows/people/vetting-case.machine.ts'
import { decide } from '#workflows/shared/decide.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { settleClearances } from './clearance-facts.server.ts'

export type CaseEvent = EventFromLogic<typeof vettingCaseMachine>
type CaseKind = Extract<EntryKind, `vetting.${string}`>
/** What the record says of a step. */
export type CaseEntry = {
	[K in CaseKind]: { kind: K; open: LeafOf<K>['open']; sealed: SealedOf<K> }
}[CaseKind]
type Kept = Partial<Pick<VettingRow, 'terms' | 'proposedTerms' | 'proposedBy' | 'confirmedBy'>>

/**
 * One step of a case inside a transaction: new state, deadlines and ledger entry together, with what it does to the
 * person's clearance and to every access that rested on it. The caller holds the charter and has locked the person for
 * update. Gives the state after it.
 */
export async function applyCaseEvent(
	tx: Tx,
	deps: Deps,
	before: StoredCase,
	event: CaseEvent,
	tell: (to: VettingState) => CaseEntry,
	actorId: string | null,
	kept: Kept & { entryId?: string } = {},
): Promise<VettingState> {
	const { to, isChanged } = await moveCase(tx, deps, before, event, tell, actorId, kept)
	// Once, after all of it: where one clearance takes over from another, no access must fall in between.
	if (isChanged) await factsChanged(tx, deps, [before.row.personId])
	return to
}

async function moveCase(
	tx: Tx,
	deps: Deps,
	before: StoredCase,
	event: CaseEvent,
	tell: (to: VettingState) => CaseEntry,
	actorId: string | null,
	{ entryId = deps.newId(), ...kept }: Kept & { entryId?: string } = {},
): Promise<{ to: VettingState; isChanged: boolean }> {
	const { row } = before
	const at = new Date(event.at)
	const decided = decide(vettingCaseMachine, before.snapshot, event)
	const { value: to, context } = decided.next
	const told = tell(to)
	await recordEntry(tx, deps, {
		id: entryId,
		kind: told.kind as 'vetting.advanced',
		open: told.open as LeafOf<'vetting.advanced'>['open'],
		sealed: told.sealed as SealedOf<'vetting.advanced'>,
		subject: row.personId,
		actor: actorId,
		at,
	})
	await saveCaseStep(tx, before, decided, { event, actorId, entryId, at }, kept)
	if (to === 'briefed_active' && row.state !== to) await closeReplaced(tx, deps, row, event.at, actorId)
	const isChanged = await settleClearances(tx, deps, {
		row: { ...row, ...kept, sponsorId: context.sponsorId },
		clearanceId: context.clearanceId,
		actorId,
		at,
		from: row.state,
		to,
	})
	return { to, isChanged }
}

/** A clearance that is decided anew takes the place of the one before it, whose case is closed with that. */
async function closeReplaced(
	tx: Tx,
	deps: Deps,
	row: VettingRow,
	at: string,
	actorId: string | null,
): Promise<void> {
	for (const other of await casesOfPerson(tx, row.personId, row.scheme, ['briefed_active'])) {
		if (other.row.id === row.id || !takesPlaceOf(row, other.row)) continue
		await moveCase(
			tx,
			deps,
			other,
			{ type: 'WITHDRAW_ADMINISTRATIVELY', at },
			(to) => ({
				kind: 'vetting.advanced',
				open: { caseId: other.row.id, from: other.row.state, to, act: 'REPLACED' },
				sealed: { note: { reason: '' } },
			}),
			actorId,
		)
	}
}
