import type { EventFromLogic } from 'xstate'
import type { Tx } from '#db/client.ts'
import { saveAmendmentStep, type AmendmentRow, type StoredAmendment } from '#db/queries/amendments.ts'
import { amendmentMachine, type AmendmentContext } from '#workflows/charter/amendment.machine.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { SealedOf } from '#workflows/ledger/sealed-parts.schema.ts'
import { decide, type Decided, type TimerEvent } from '#workflows/shared/decide.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { enforceCharter } from './enforce-charter.server.ts'

export type AmendmentEvent = EventFromLogic<typeof amendmentMachine> | TimerEvent
type AmendmentKind = Extract<EntryKind, `amendment.${string}`>
export type AmendmentEntry = {
	[K in AmendmentKind]: { kind: K; open: LeafOf<K>['open']; sealed: SealedOf<K> }
}[AmendmentKind]

export type AmendmentStep = { decided: Decided<typeof amendmentMachine>; entryId: string }

/**
 * One step of an amendment inside a transaction: new state, deadlines and ledger entry together. Where the step brings
 * the charter into force, that is part of it; `tell` gives null where the entry of the new version says it all.
 */
export async function applyAmendmentEvent(
	tx: Tx,
	deps: Deps,
	before: StoredAmendment,
	event: AmendmentEvent,
	tell: (context: AmendmentContext, state: AmendmentRow['state']) => AmendmentEntry | null,
	actorId: string | null,
	text: Partial<Pick<AmendmentRow, 'yaml' | 'reason' | 'baseVersionId' | 'version'>> = {},
): Promise<AmendmentStep> {
	const at = new Date(event.at)
	const decided = decide(amendmentMachine, before.snapshot, event)
	const { context, value } = decided.next
	const told = tell(context, value)
	const toldId =
		told === null
			? null
			: await recordEntry(tx, deps, {
					kind: told.kind as 'amendment.decided',
					open: told.open as LeafOf<'amendment.decided'>['open'],
					sealed: told.sealed as SealedOf<'amendment.decided'>,
					subject: null,
					actor: actorId,
					at,
				})
	const isEntering = decided.commands.some(({ type }) => type === 'charter.enforce')
	const enforcedId = isEntering ? await enforceCharter(tx, deps, before.row, at) : null
	const entryId = toldId ?? enforcedId
	if (entryId === null) throw new Error('Every step of an amendment leaves an entry.')
	await saveAmendmentStep(tx, before, decided, { event, actorId, entryId, at }, text)
	return { decided, entryId }
}
