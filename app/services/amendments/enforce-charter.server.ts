import type { Tx } from '#db/client.ts'
import {
	findAmendmentInForce,
	loadAmendment,
	saveAmendmentStep,
	type AmendmentRow,
} from '#db/queries/amendments.ts'
import { charterVersionInForce, insertCharterVersion } from '#db/queries/charter.ts'
import { amendmentMachine } from '#workflows/charter/amendment.machine.ts'
import { decide } from '#workflows/shared/decide.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

/**
 * Puts the text of an amendment into force, in the transaction of the step that completes it: the version and its
 * entry, the end of the amendment before it, and the job that judges everything open under it. Gives the entry's id.
 * The caller holds the charter for change and has made sure that it does not lock its owners out.
 */
export async function enforceCharter(tx: Tx, deps: Deps, row: AmendmentRow, at: Date): Promise<string> {
	const base = await charterVersionInForce(tx)
	if (base.id !== row.baseVersionId) throw new Error('The amendment is to take the place of another version.')
	const { textSha256 } = row.context
	const charterVersionId = deps.newId()
	const entryId = await recordEntry(tx, deps, {
		kind: 'charter.in_force',
		subject: null,
		actor: null,
		open: {
			charterId: row.charterId,
			version: row.version,
			textSha256,
			amendmentId: row.id,
			supersedesEntry: base.entryId,
		},
		sealed: { text: { yaml: row.yaml } },
		at,
	})
	await insertCharterVersion(tx, {
		id: charterVersionId,
		charterId: row.charterId,
		version: row.version,
		yaml: row.yaml,
		textSha256,
		inForceFrom: at,
		entryId,
	})
	await supersedePrevious(tx, row.charterId, entryId, at)
	await deps.enqueue(tx, [{ type: 'charter.rejudge', charterVersionId }])
	return entryId
}

async function supersedePrevious(tx: Tx, charterId: string, entryId: string, at: Date): Promise<void> {
	const id = await findAmendmentInForce(tx, charterId)
	if (id === null) return
	const before = await loadAmendment(tx, id, true)
	const event = { type: 'SUPERSEDE', at: at.toISOString() } as const
	const decided = decide(amendmentMachine, before.snapshot, event)
	await saveAmendmentStep(tx, before, decided, { event, actorId: null, entryId, at })
}
