import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { lockPeople } from '#db/queries/people.ts'
import { insertEvidence, loadCase, subjectOfCase, type StoredCase } from '#db/queries/vetting.ts'
import { EVIDENCE_ITEMS, type EvidenceItem } from '#workflows/people/vetting-checklists.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { invalid } from './find-person.server.ts'
import { demandOfficer, refusing } from './officer.server.ts'

export type EvidenceForm = {
	caseId: string
	item: EvidenceItem
	reference: string
	fileSha256: string | null
}

/** Records that a piece of evidence is there: who, when, and where it lies. The newest counts; none is taken back. */
export async function recordEvidence(deps: Deps, actor: Actor, form: EvidenceForm): Promise<void> {
	demand(actor, 'vetting:run')
	const { caseId, item, reference, fileSha256 } = form
	if (!EVIDENCE_ITEMS.includes(item)) throw invalid('item', 'unreadableChoice')
	const subjectId = await subjectOfCase(deps.database.db, caseId)
	await refusing(deps, actor, { caseId, subjectId, act: 'EVIDENCE' }, () =>
		deps.database.withTx(async (tx) => {
			const at = deps.now()
			await holdCharter(tx, 'judge')
			await lockPeople(tx, [subjectId, actor.personId], 'update')
			const { row } = await loadCase(tx, caseId, true)
			await demandOfficer(tx, deps, actor.personId, row, at)
			if (row.state === 'cancelled')
				throw new DomainError(
					'ILLEGAL_TRANSITION',
					'Nothing is handed in for a case that was opened by mistake.',
				)
			await tickEvidence(tx, deps, actor, row, { item, reference, fileSha256 }, at)
		}),
	)
	deps.wake()
}

/** The row and the entry of one piece of evidence. */
export async function tickEvidence(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	{ id: caseId, personId }: StoredCase['row'],
	{ item, reference, fileSha256 }: Omit<EvidenceForm, 'caseId'>,
	at: Date,
): Promise<void> {
	const entryId = await recordEntry(tx, deps, {
		kind: 'vetting.evidence_recorded',
		subject: personId,
		actor: actor.personId,
		open: { caseId, item },
		sealed: { evidence: { reference, fileSha256 } },
		at,
	})
	await insertEvidence(tx, {
		id: deps.newId(),
		caseId,
		item,
		reference,
		fileSha256,
		recordedBy: actor.personId,
		recordedAt: at,
		entryId,
	})
}
