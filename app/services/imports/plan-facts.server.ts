import type { Tx } from '#db/client.ts'
import { currentFactsOf } from '#db/queries/fact-rows.ts'
import { peopleIdentified, type KnownPerson } from '#db/queries/imports.ts'
import { clearanceProblem } from '#workflows/people/facts/check-clearance.ts'
import { placeProblem } from '#workflows/people/facts/check-place.ts'
import { visitProblem } from '#workflows/people/facts/check-visit.ts'
import type { FactKind, FactValues } from '#workflows/people/facts/fact-kinds.ts'
import { isAlike, saysTheSame, type SaidFact } from '#workflows/people/facts/same-fact.ts'
import type { PlanRow } from '#workflows/people/import/plan.ts'
import { readCells, readFactRow, type ReadFact, type RowProblem } from '#workflows/people/import/read-row.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { heldClearances } from '../people/visit-clearance.server.ts'
import { openStopped } from '../vetting/stopped.server.ts'
import { batches } from './batches.ts'
import type { Table } from './read-table.server.ts'

/** A new fact, and about whom. */
export type FactWork = { personId: string; fact: ReadFact }
export type FactsPlan = { rows: PlanRow[]; works: FactWork[] }
type Seen = SaidFact & { line: number }

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/**
 * What a file of facts comes to, each row judged by the rules by which a fact is recorded by hand, some hundred rows with
 * a few statements. What is recorded already says nothing new; what overlaps it and says otherwise is an error, since
 * only a correction by hand says what was wrong.
 */
export async function planFacts(
	tx: Tx,
	deps: Deps,
	actor: Actor,
	kind: FactKind,
	table: Table,
): Promise<FactsPlan> {
	const { charter } = await deps.charters.inForce(tx, deps.now())
	const now = deps.now()
	const rows: PlanRow[] = []
	const works: FactWork[] = []
	/** What the file has said of each person so far. */
	const seen = new Map<string, Seen[]>()
	for await (const batch of batches(table.read(), 1000)) {
		const read = batch.map(({ line, cells: raw }) => {
			const { cells, problems } = readCells(table.columns, raw)
			const row = readFactRow(kind, table.columns, cells, now)
			return { line, person: cells.person ?? '', problems, row }
		})
		const find = await finder(tx, [
			...new Set(read.flatMap(({ person, row }) => ('fact' in row ? [person, row.fact.sponsor] : [person]))),
		])
		const ids = [...new Set(read.flatMap(({ person }) => find(person).map(({ id }) => id)))]
		const recorded = Map.groupBy(await currentFactsOf(tx, kind, ids), ({ personId }) => personId)
		const held = Map.groupBy(
			kind === 'visit' ? await currentFactsOf(tx, 'clearance', ids) : [],
			({ personId }) => personId,
		)
		const isStopped = kind === 'clearance' ? await openStopped(tx, ids) : () => false
		for (const { line, person, problems, row } of read) {
			const found = find(person)
			const wrong: RowProblem[] = [...problems, ...('problems' in row ? row.problems : [])]
			const subject = found.length === 1 ? found[0] : undefined
			wrong.push(...notOne('person', person, found))
			if (subject?.id === actor.personId) wrong.push({ field: 'person', problem: 'OWN_FACTS' })
			const sponsors = 'fact' in row ? find(row.fact.sponsor) : []
			const fact = 'fact' in row ? sponsored(row.fact, sponsors) : null
			if (fact) {
				const place = placeProblem(charter, fact.values)
				if (place) wrong.push(place)
			}
			if (fact && subject && kind === 'visit') {
				const clearances = heldClearances(held.get(subject.id) ?? [])
				const uncovered = visitProblem(fact.values as FactValues['visit'], fact, clearances)
				if (uncovered) wrong.push(uncovered)
			}
			if (fact && kind === 'clearance') {
				const clearance = fact.values as FactValues['clearance']
				const unclear = notOne('sponsor', fact.sponsor, sponsors)
				const lacking = clearanceProblem(clearance, {
					personId: subject?.id ?? null,
					recorderId: actor.personId,
				})
				// A sponsor who cannot be told is one fault, not two.
				if (lacking && !(unclear.length > 0 && lacking.field === 'sponsor')) wrong.push(lacking)
				wrong.push(...unclear)
				if (subject && clearance.state === 'granted' && isStopped(subject.id, clearance))
					wrong.push({ field: 'level', problem: 'CLEARANCE_STOPPED' })
			}
			const planned: PlanRow = {
				line,
				person: (subject?.displayName ?? person).slice(0, 200),
				personId: subject?.id ?? null,
				outcome: 'error',
				changes: [],
				problems: wrong,
				ends: 0,
			}
			rows.push(planned)
			if (!fact || !subject || wrong.length > 0) continue
			if (compare(kind, planned, fact, recorded.get(subject.id) ?? [], seen, subject.id))
				works.push({ personId: subject.id, fact })
		}
	}
	return { rows, works }
}

/** What is wrong with a name that is to name one person; nothing where it names nobody on purpose. */
function notOne(field: string, text: string, found: readonly KnownPerson[]): RowProblem[] {
	if (text === '' || found.length === 1) return []
	if (found.length === 0) return [{ field, problem: 'NOBODY_KNOWN' }]
	const about = found.map((one) => `${one.displayName} (${one.userPrincipalName})`).join(' / ')
	return [{ field, problem: 'TWO_PEOPLE', about }]
}

/** A fact with the sponsor that was found for it. */
function sponsored(fact: ReadFact, [sponsor]: readonly KnownPerson[]): ReadFact {
	if (!sponsor) return fact
	return { ...fact, values: { ...fact.values, sponsorId: sponsor.id } }
}

/** Lays a fact against what is recorded and what the file said before; true where it is new. */
function compare(
	kind: FactKind,
	row: PlanRow,
	fact: ReadFact,
	recorded: readonly SaidFact[],
	seen: Map<string, Seen[]>,
	personId: string,
): boolean {
	const before = seen.get(personId) ?? []
	const twice = before.find((one) => saysTheSame(kind, fact, one))
	if (twice) {
		row.problems.push({ field: 'row', problem: 'TWICE_IN_FILE', about: String(twice.line) })
		return false
	}
	const said = { values: fact.values, validFrom: fact.validFrom, validUntil: fact.validUntil }
	seen.set(personId, [...before, { ...said, line: row.line }])
	const same = recorded.find((one) => saysTheSame(kind, fact, one))
	if (same && !isAlike(kind, fact, same)) {
		row.problems.push({ field: 'validFrom', problem: 'DUPLICATE_FACT' })
		return false
	}
	row.outcome = same ? 'same' : 'added'
	return !same
}

/** Finds people by personnel number, user principal name, or Entra object id; several where a text is of several. */
async function finder(tx: Tx, texts: readonly string[]): Promise<(text: string) => KnownPerson[]> {
	const known = await peopleIdentified(tx, {
		names: texts.filter((text) => text.includes('@')).map((text) => text.toLowerCase()),
		objectIds: texts.filter((text) => UUID.test(text)),
		numbers: texts.filter((text) => text !== ''),
	})
	const by = new Map<string, KnownPerson[]>()
	for (const person of known)
		for (const key of new Set([
			person.userPrincipalName.toLowerCase(),
			person.entraObjectId,
			...(person.personnelNumber === null ? [] : [` ${person.personnelNumber}`]),
		]))
			by.set(key, [...(by.get(key) ?? []), person])
	return (text) => [...new Set([...(by.get(text.toLowerCase()) ?? []), ...(by.get(` ${text}`) ?? [])])]
}
