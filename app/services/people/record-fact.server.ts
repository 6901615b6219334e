import type { Tx } from '#db/client.ts'
import { holdCharter } from '#db/queries/charter.ts'
import { factRowsOf, findFact, verifyFact, type FactRow } from '#db/queries/fact-rows.ts'
import { findPerson, lockPeople } from '#db/queries/people.ts'
import { placeProblem } from '#workflows/people/facts/check-place.ts'
import { saysTheSame } from '#workflows/people/facts/same-fact.ts'
import { validityProblem } from '#workflows/people/facts/check-validity.ts'
import { FACT_RULES, readValues, type FactKind, type FactValues } from '#workflows/people/facts/fact-kinds.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { demandClearance, withSponsor } from './clearance-model.server.ts'
import { demandEvidence, storeEvidence } from './evidence-file.server.ts'
import { demandCertifiable } from './visit-clearance.server.ts'
import { takeBackFact, writeFact } from './write-fact.server.ts'

export type FactForm = {
	kind: FactKind
	/** What the fact says; read by `readValues`. */
	values: unknown
	validFrom: Date
	validUntil: Date | null
	/** A document number or where the proof is found; empty only where a file is given. */
	evidence: string
	file: Uint8Array | null
	/** The recorder has seen the original. */
	isVerified: boolean
}
export type FactName = { personId: string; kind: FactKind; factId: string }

/** Records a fact about a person, with what it rests on. Nobody records facts about themselves. Gives the fact's id. */
export async function recordFact(
	deps: Deps,
	actor: Actor,
	personId: string,
	form: FactForm,
): Promise<string> {
	demand(actor, 'people:record')
	const { values } = await readForm(deps, form)
	return onPerson(deps, actor, personId, (tx) => addRead(tx, deps, actor, personId, form, values, null))
}

/**
 * Puts a fact right: the old one is taken back with the reason, and another says it right and names it. Nothing is
 * overwritten. A stored file stays with the correction unless another is given. Gives the new fact's id.
 */
export async function correctFact(
	deps: Deps,
	actor: Actor,
	{ personId, kind, factId }: FactName,
	form: FactForm,
	reason: string,
): Promise<string> {
	demand(actor, 'people:record')
	demandReason(reason)
	const { values } = await readForm(deps, form, 'KEEPS_FILE')
	return onPerson(deps, actor, personId, async (tx) => {
		const old = await currentFact(tx, { personId, kind, factId })
		return addRead(tx, deps, actor, personId, form, values, { old, reason })
	})
}

/** Ends a fact, now or on a day: a correction that says the same with an end. Gives the new fact's id. */
export async function endFact(
	deps: Deps,
	actor: Actor,
	{ personId, kind, factId }: FactName,
	{ validUntil, reason }: { validUntil: Date; reason: string },
): Promise<string> {
	demandReason(reason)
	return onPerson(deps, actor, personId, (tx) =>
		endOne(tx, deps, actor, { personId, kind, factId }, { validUntil, reason }),
	)
}

/** As `endFact`, inside a transaction that has locked the person and calls `factsChanged`. */
export async function endOne(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	name: FactName,
	{ validUntil, reason }: { validUntil: Date; reason: string },
): Promise<string> {
	const old = await currentFact(tx, name)
	const at = deps.now()
	refuse(validityProblem({ ...old, validUntil }, { mayBeginLater: true, needsEnd: true }, at))
	if (old.validUntil !== null && validUntil >= old.validUntil)
		throw invalid({ field: 'validUntil', problem: 'ENDS_EARLIER_ALREADY' })
	const newId = deps.newId()
	await takeBackFact(tx, deps, old, { by: actor.personId, reason, supersededBy: newId, at })
	await writeFact(
		tx,
		deps,
		{
			kind: old.kind,
			values: old.values,
			personId: old.personId,
			validFrom: old.validFrom,
			validUntil,
			evidence: old.evidence,
			evidenceFile: fileOf(old),
			source: 'officer',
			recordedBy: actor.personId,
			verifiedBy: null,
			corrects: old.id,
			at,
		},
		newId,
	)
	return newId
}

/** Takes back a fact that never was true, and puts nothing in its place. */
export async function withdrawFact(deps: Deps, actor: Actor, name: FactName, reason: string): Promise<void> {
	demandReason(reason)
	await onPerson(deps, actor, name.personId, async (tx) => {
		const old = await currentFact(tx, name)
		await takeBackFact(tx, deps, old, { by: actor.personId, reason, supersededBy: null, at: deps.now() })
	})
}

/** Notes that an officer has seen the original of what a fact rests on. Once, and never about oneself. */
export async function verifyRecordedFact(deps: Deps, actor: Actor, name: FactName): Promise<void> {
	await onPerson(deps, actor, name.personId, async (tx) => {
		const fact = await currentFact(tx, name)
		const at = deps.now()
		if (!(await verifyFact(tx, fact, { at, by: actor.personId })))
			throw new DomainError('STALE_VERSION', 'This fact was verified meanwhile.', { factId: fact.id })
		await recordEntry(tx, deps, {
			kind: 'person.fact_verified',
			subject: name.personId,
			actor: actor.personId,
			open: { factId: fact.id },
			sealed: {},
			at,
		})
	})
}

/** Runs work on a person's facts in one transaction, locked; afterwards what no longer holds has ended with it. */
export async function onPerson<T>(
	deps: Deps,
	actor: Actor,
	personId: string,
	work: (tx: Tx) => Promise<T>,
): Promise<T> {
	demand(actor, 'people:record')
	if (actor.personId === personId) throw ownFacts()
	const done = await deps.database.withTx(async (tx) => {
		await holdCharter(tx, 'judge')
		await lockPeople(tx, [personId], 'update')
		await findPerson(tx, personId)
		const result = await work(tx)
		await factsChanged(tx, deps, [personId])
		return result
	})
	deps.wake()
	return done
}

/** Adds a fact whose values have been read, inside a transaction that has locked the person. */
export async function addRead(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	personId: string,
	form: FactForm,
	values: FactValues[FactKind],
	correction: { old: FactRow; reason: string } | null,
): Promise<string> {
	const { kind, validFrom, validUntil, evidence, file, isVerified } = form
	const at = deps.now()
	await demandKnown(tx, deps, kind, values)
	if (kind === 'visit') await demandCertifiable(tx, personId, values as FactValues['visit'], form)
	if (kind === 'clearance') await demandClearance(tx, actor, personId, values as FactValues['clearance'])
	if (evidence === '' && file === null && !correction?.old.evidenceFileId)
		throw invalid({ field: 'evidence', problem: 'EVIDENCE_ABSENT' })
	await demandNew(tx, personId, form, values, correction?.old.id ?? null)
	const newId = deps.newId()
	if (correction) {
		const { old, reason } = correction
		await takeBackFact(tx, deps, old, { by: actor.personId, reason, supersededBy: newId, at })
	}
	const stored =
		file === null
			? correction && fileOf(correction.old)
			: await storeEvidence(tx, deps, { personId, bytes: file, at, by: actor.personId })
	return writeFact(
		tx,
		deps,
		{
			kind,
			values,
			personId,
			validFrom,
			validUntil,
			evidence,
			evidenceFile: stored,
			source: 'officer',
			recordedBy: actor.personId,
			verifiedBy: isVerified ? actor.personId : null,
			corrects: correction?.old.id ?? null,
			at,
		},
		newId,
	)
}

/** Checks what can be checked before anybody is locked. Throws INVALID_INPUT with the field and what is wrong with it. */
export async function readForm(
	deps: Pick<Deps, 'database' | 'now'>,
	form: FactForm,
	mode: 'NEW' | 'KEEPS_FILE' = 'NEW',
): Promise<{ values: FactValues[FactKind] }> {
	const read = readValues(form.kind, await withSponsor(deps, form.kind, form.values))
	if ('problem' in read) throw invalid(read)
	refuse(validityProblem(form, FACT_RULES[form.kind], deps.now()))
	if (form.file !== null) demandEvidence(form.file)
	else if (form.evidence === '' && mode === 'NEW')
		throw invalid({ field: 'evidence', problem: 'EVIDENCE_ABSENT' })
	return read
}

async function demandKnown(
	tx: Tx,
	{ charters, now }: Pick<Deps, 'charters' | 'now'>,
	kind: FactKind,
	values: FactValues[FactKind],
): Promise<void> {
	if (!('role' in values) && !('facility' in values)) return
	refuse(placeProblem((await charters.inForce(tx, now())).charter, values))
}

/** Throws where a fact that is not taken back says the same at the same time. */
async function demandNew(
	tx: Tx,
	personId: string,
	{ kind, validFrom, validUntil }: FactForm,
	values: FactValues[FactKind],
	corrected: string | null,
): Promise<void> {
	const same = (await factRowsOf(tx, personId, [kind])).find(
		(fact) =>
			fact.retractedAt === null &&
			fact.id !== corrected &&
			saysTheSame(kind, { values, validFrom, validUntil }, fact),
	)
	if (same) throw invalid({ field: 'validFrom', problem: 'DUPLICATE_FACT' })
}

export async function currentFact(tx: Tx, name: FactName): Promise<FactRow> {
	const fact = await findFact(tx, name)
	if (fact.retractedAt !== null)
		throw new DomainError('STALE_VERSION', 'This fact was taken back meanwhile.', { factId: fact.id })
	return fact
}

const fileOf = ({ evidenceFileId: id, evidenceSha256: sha256 }: FactRow) =>
	id === null || sha256 === null ? null : { id, sha256 }

export function demandReason(reason: string, field = 'reason'): void {
	if (reason.trim().length < 10) throw invalid({ field, problem: 'reasonShort' })
	if (reason.length > 500) throw invalid({ field, problem: 'reasonLong' })
}

export const invalid = ({ field, problem }: { field: string; problem: string }) =>
	new DomainError('INVALID_INPUT', `The field ${field} cannot be used: ${problem}.`, { field, problem })

function refuse(problem: { field: string; problem: string } | null): void {
	if (problem !== null) throw invalid(problem)
}

export const ownFacts = () =>
	new DomainError('FORBIDDEN', 'Nobody records facts about themselves.', { permission: 'people:record' })
