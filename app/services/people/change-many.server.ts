import { holdCharter } from '#db/queries/charter.ts'
import { factRowsOf } from '#db/queries/fact-rows.ts'
import { lockPeople, namesOf } from '#db/queries/people.ts'
import type { Tx } from '#db/client.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { factsChanged } from '../lapse/facts-changed.server.ts'
import { addRead, demandReason, endOne, invalid, ownFacts, readForm } from './record-fact.server.ts'

/** At most so many people are changed at once. */
export const MANY = 200

export type ManyForm = {
	change: 'appoint' | 'authorise' | 'endAppointment'
	personIds: readonly string[]
	/** The role, or the facility. */
	key: string
	/** Begin, or for an end the day on which it ends. */
	day: Date
	validUntil: Date | null
	evidence: string
}
/** What one person's change comes to: what stands in its way, or how many requests and accesses it ends. */
export type ManyRow = { personId: string; name: string; problem: string | null; ends: number }

/** Carries what was found out of a transaction that is to be undone. */
class Undone extends Error {
	readonly rows: ManyRow[]
	constructor(rows: ManyRow[]) {
		super('undone')
		this.rows = rows
	}
}

/**
 * What the same change of many people would come to, one by one: it is made in full and undone, so that the preview is
 * not an estimate.
 */
export async function previewMany(deps: Deps, actor: Actor, form: ManyForm): Promise<ManyRow[]> {
	try {
		await deps.database.withTx(async (tx) => {
			throw new Undone(await changeAll(tx, deps, actor, form))
		})
	} catch (error) {
		if (error instanceof Undone) return error.rows
		throw error
	}
	return []
}

/** Makes the same change for many people: for all of them, or, where it cannot be made for one, for nobody. */
export async function changeMany(deps: Deps, actor: Actor, form: ManyForm): Promise<{ ended: number }> {
	const rows = await deps.database.withTx(async (tx) => {
		const changed = await changeAll(tx, deps, actor, form)
		const bad = changed.find(({ problem }) => problem !== null)
		if (bad) throw invalid({ field: 'personIds', problem: bad.problem ?? 'INVALID_INPUT' })
		return changed
	})
	deps.wake()
	return { ended: rows.reduce((sum, { ends }) => sum + ends, 0) }
}

async function changeAll(tx: Tx, deps: Deps, actor: Actor, form: ManyForm): Promise<ManyRow[]> {
	demand(actor, 'people:record')
	const ids = [...new Set(form.personIds)].sort()
	if (ids.length === 0) throw invalid({ field: 'personIds', problem: 'CHOOSE_PEOPLE' })
	if (ids.length > MANY) throw invalid({ field: 'personIds', problem: 'TOO_MANY_PEOPLE' })
	if (form.change === 'endAppointment') demandReason(form.evidence, 'evidence')
	await holdCharter(tx, 'judge')
	await lockPeople(tx, ids, 'update')
	const names = await namesOf(tx, ids)
	const rows: ManyRow[] = []
	for (const personId of ids) {
		const name = names.get(personId)
		if (name === undefined) throw new DomainError('NOT_FOUND', 'No such person.', { personId })
		const problem = await changeOne(tx, deps, actor, personId, form)
		rows.push({ personId, name, problem, ends: problem ? 0 : await factsChanged(tx, deps, [personId]) })
	}
	return rows
}

/** The code of what stands in the way; null where the change is made. */
async function changeOne(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	personId: string,
	form: ManyForm,
): Promise<string | null> {
	if (personId === actor.personId) return 'OWN_FACTS'
	try {
		if (form.change === 'endAppointment') await endAppointment(tx, deps, actor, personId, form)
		else await begin(tx, deps, actor, personId, form)
		return null
	} catch (error) {
		const problem = isDomainError(error) ? error.details.problem : undefined
		// What is refused is refused before anything is written, so the transaction goes on.
		if (typeof problem === 'string') return problem
		throw error
	}
}

async function begin(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	personId: string,
	{ change, key, day, validUntil, evidence }: ManyForm,
): Promise<void> {
	const fact = {
		...(change === 'appoint'
			? { kind: 'appointment' as const, values: { role: key } }
			: { kind: 'facility' as const, values: { facility: key } }),
		validFrom: day,
		validUntil,
		evidence,
		file: null,
		isVerified: false,
	}
	await addRead(tx, deps, actor, personId, fact, (await readForm(deps, fact)).values, null)
}

async function endAppointment(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	personId: string,
	{ key, day, evidence }: ManyForm,
): Promise<void> {
	if (personId === actor.personId) throw ownFacts()
	const held = (await factRowsOf(tx, personId, ['appointment'])).filter(
		({ values, retractedAt, validUntil }) =>
			values.role === key && retractedAt === null && (validUntil === null || validUntil > day),
	)
	if (held.length === 0) throw invalid({ field: 'personIds', problem: 'NOT_APPOINTED' })
	for (const { id } of held)
		await endOne(
			tx,
			deps,
			actor,
			{ personId, kind: 'appointment', factId: id },
			{ validUntil: day, reason: evidence },
		)
}
