import type { Tx } from '#db/client.ts'
import {
	clearancesBelieved,
	insertClearance,
	retractClearance,
	type ClearanceRow,
	type VettingRow,
} from '#db/queries/vetting.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import { takesPlaceOf } from '#workflows/people/clearance-models.ts'
import { endedAt, reachesBeyond } from '#workflows/people/clearance-history.ts'
import type { VettingState } from '#workflows/people/vetting-case.events.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'

type Cause = LeafOf<'person.clearance_ended'>['open']['cause']
type Change = { row: VettingRow; clearanceId: string | null; actorId: string | null; at: Date }

/** What the clearance is in a state of the case; null where there is none that counts or could count again. */
const STATE_IN: Partial<Readonly<Record<VettingState, ClearanceRow['state']>>> = {
	briefed_active: 'granted',
	review_for_cause: 'suspended',
	suspended: 'suspended',
	revoked: 'revoked',
}

/**
 * Brings the clearances of a person in line with a step of their case, in its transaction: nobody has access by a
 * clearance whose case is in another state than `briefed_active`. What no longer holds ends at the moment of the step,
 * every other clearance of the same ladder with it; nothing is overwritten. True where anything changed.
 */
export async function settleClearances(
	tx: Tx,
	deps: Deps,
	{ from, to, ...change }: Change & { from: VettingState; to: VettingState },
): Promise<boolean> {
	const becomesCurrent = to === 'briefed_active'
	if (from === to || (!becomesCurrent && from !== 'briefed_active' && to !== 'revoked')) return false
	const { row, clearanceId, at } = change
	const held = (await clearancesBelieved(tx, row.personId)).filter(
		(fact) =>
			reachesBeyond(fact, at) &&
			(fact.clearanceId === clearanceId
				? clearanceId !== null
				: (becomesCurrent || fact.state === 'granted') && takesPlaceOf(row, fact)),
	)
	for (const fact of held)
		await endFact(tx, deps, fact, causeOf(from, to, fact.clearanceId === clearanceId), change)
	const state = STATE_IN[to]
	if (state !== undefined && clearanceId !== null) await tellState(tx, deps, state, change)
	return true
}

function causeOf(from: VettingState, to: VettingState, isOwn: boolean): Cause {
	if (to === 'briefed_active') return isOwn ? 'reinstated' : 'replaced'
	if (to === 'revoked') return 'revoked'
	return to === 'suspended' || to === 'review_for_cause' ? 'suspended' : 'over'
}

/** From now on the fact is known to hold until now: it stays as it was known, and is said anew with its end. */
async function endFact(
	tx: Tx,
	deps: Deps,
	fact: ClearanceRow,
	cause: Cause,
	{ row, actorId, at }: Change,
): Promise<void> {
	await retractClearance(tx, fact.id, at)
	const left = endedAt<Date, ClearanceRow>(fact, at)
	if (left !== null)
		await insertClearance(tx, {
			...left,
			id: deps.newId(),
			recordedAt: at,
			recordedBy: actorId,
			source: 'vetting_case',
			corrects: fact.id,
			verifiedAt: null,
			verifiedBy: null,
		})
	await recordEntry(tx, deps, {
		kind: 'person.clearance_ended',
		subject: row.personId,
		actor: actorId,
		open: { factId: fact.id, caseId: row.id, cause },
		sealed: {},
		at,
	})
}

/** The clearance of the case in its new state, from now on until its stated end. */
async function tellState(
	tx: Tx,
	deps: Deps,
	state: ClearanceRow['state'],
	{ row, clearanceId, actorId, at }: Change,
): Promise<void> {
	const { personId, scheme, level, post, sponsorId, terms, number } = row
	if (terms === null) throw new Error('A clearance becomes current by the terms that were decided.')
	const { issuer, conditions, issuedAt, validUntil } = terms
	if (validUntil !== null && validUntil <= at.toISOString()) return
	const factId = deps.newId()
	const evidence = `V-${number}`
	await insertClearance(tx, {
		id: factId,
		personId,
		validFrom: at,
		validUntil: validUntil === null ? null : new Date(validUntil),
		recordedAt: at,
		recordedBy: actorId,
		source: 'vetting_case',
		evidence,
		scheme,
		level,
		issuer,
		state,
		clearanceId,
		post,
		sponsorId,
		conditions,
		issuedAt: new Date(issuedAt),
	})
	await recordEntry(tx, deps, {
		kind: 'person.clearance_recorded',
		subject: personId,
		actor: actorId,
		open: { factId, recordedBy: actorId, source: 'vetting_case', caseId: row.id },
		// The conditions are sealed with what the two officers signed: facts are laid open for auditors, vetting files are not.
		sealed: {
			fact: {
				scheme,
				level,
				issuer,
				state,
				validFrom: at.toISOString(),
				validUntil,
				evidence,
				issuedAt,
				...(post === null ? {} : { post }),
				...(sponsorId === null ? {} : { sponsorId }),
			},
		},
		at,
	})
}
