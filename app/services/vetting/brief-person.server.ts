import type { Tx } from '#db/client.ts'
import type { VettingRow } from '#db/queries/vetting.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { writeFact } from '../people/write-fact.server.ts'
import { invalid } from './find-person.server.ts'
import { tickEvidence } from './record-evidence.server.ts'

/** A briefing that was held: which one, on which day, and where the person's signature under it lies. */
export type BriefingForm = { key: string; at: Date; reference: string }

/** The briefing that belongs to every clearance, beside those that a charter names. */
export const CLEARANCE_BRIEFING = 'clearance-briefing'

/** Records the briefing that makes a clearance current, as a fact of the person and as evidence of the case. */
export async function recordBriefing(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	row: VettingRow,
	form: BriefingForm | undefined,
	at: Date,
): Promise<void> {
	if (form === undefined || form.reference === '') throw invalid('briefingReference', 'required')
	if (form.at > at) throw invalid('briefedAt', 'IN_THE_FUTURE')
	const { personId } = row
	const { key, reference: evidence } = form
	await writeFact(tx, deps, {
		kind: 'briefing',
		values: { key },
		personId,
		validFrom: form.at,
		validUntil: null,
		evidence,
		evidenceFile: null,
		source: 'vetting_case',
		recordedBy: actor.personId,
		verifiedBy: null,
		corrects: null,
		at,
	})
	await tickEvidence(tx, deps, actor, row, { item: 'briefing', reference: evidence, fileSha256: null }, at)
}
