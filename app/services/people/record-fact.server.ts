import { findPerson, insertCitizenship, insertClearance, lockPeople } from '#db/queries/people.ts'
import { isKnownLevel } from '#workflows/charter/clearance-schemes.ts'
import { isCountry } from '#workflows/people/countries.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { recordEntry } from '../record-entry.server.ts'
import { demandNotStopped } from '../vetting/stopped.server.ts'

type Interval = { validFrom: Date; validUntil: Date | null; evidence: string }
export type CitizenshipForm = Interval & { country: string }
export type ClearanceForm = Interval & { scheme: string; level: string; issuer: string }

/** Records a citizenship of a person. Nobody records facts about themselves. */
export async function recordCitizenship(
	deps: Deps,
	actor: Actor,
	personId: string,
	form: CitizenshipForm,
): Promise<void> {
	await mayRecord(deps, actor, personId)
	if (!isCountry(form.country)) throw invalid('country', 'UNKNOWN_COUNTRY')
	checkInterval(form)
	const at = deps.now()
	const factId = deps.newId()
	await deps.database.withTx(async (tx) => {
		await lockPeople(tx, [personId], 'update')
		await insertCitizenship(tx, { id: factId, personId, recordedAt: at, recordedBy: actor.personId, ...form })
		await recordEntry(tx, deps, {
			kind: 'person.citizenship_recorded',
			subject: personId,
			actor: actor.personId,
			open: { factId, recordedBy: actor.personId },
			sealed: { fact: { country: form.country, ...sealedInterval(form) } },
			at,
		})
		await factsChanged(tx, deps, [personId])
	})
	deps.wake()
}

/**
 * Records a clearance as the authority stated it. Nobody records facts about themselves, and nobody records alone what a
 * vetting case has stopped.
 */
export async function recordClearance(
	deps: Deps,
	actor: Actor,
	personId: string,
	form: ClearanceForm,
): Promise<void> {
	await mayRecord(deps, actor, personId)
	if (!isKnownLevel(form.scheme, form.level)) throw invalid('level', 'UNKNOWN_LEVEL')
	checkInterval(form)
	const at = deps.now()
	const factId = deps.newId()
	await deps.database.withTx(async (tx) => {
		await lockPeople(tx, [personId], 'update')
		await demandNotStopped(tx, personId, { ...form, post: null })
		await insertClearance(tx, {
			id: factId,
			personId,
			recordedAt: at,
			recordedBy: actor.personId,
			state: 'granted',
			...form,
		})
		const { scheme, level, issuer } = form
		await recordEntry(tx, deps, {
			kind: 'person.clearance_recorded',
			subject: personId,
			actor: actor.personId,
			open: { factId, recordedBy: actor.personId },
			sealed: { fact: { scheme, level, issuer, state: 'granted', ...sealedInterval(form) } },
			at,
		})
		await factsChanged(tx, deps, [personId])
	})
	deps.wake()
}

async function mayRecord({ database }: Deps, actor: Actor, personId: string): Promise<void> {
	demand(actor, 'people:record')
	await findPerson(database.db, personId)
	if (actor.personId === personId)
		throw new DomainError('FORBIDDEN', 'Nobody records facts about themselves.', {
			permission: 'people:record',
		})
}

function checkInterval({ validFrom, validUntil }: Interval): void {
	if (validUntil !== null && validUntil <= validFrom) throw invalid('validUntil', 'ENDS_BEFORE_IT_BEGINS')
}

const invalid = (field: string, problem: string) =>
	new DomainError('INVALID_INPUT', `The field ${field} cannot be used: ${problem}.`, { field, problem })

const sealedInterval = ({ validFrom, validUntil, evidence }: Interval) => ({
	validFrom: validFrom.toISOString(),
	validUntil: validUntil?.toISOString() ?? null,
	evidence,
})
