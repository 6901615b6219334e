import type { Tx } from '#db/client.ts'
import { allManagers, peopleIdentified, type KnownPerson } from '#db/queries/imports.ts'
import { namesOf } from '#db/queries/people.ts'
import { areInDirectLine, managersAbove } from '#workflows/people/direct-line.ts'
import type { Identity } from '#workflows/people/identity.schema.ts'
import type { PlanRow } from '#workflows/people/import/plan.ts'
import { readCells, readPersonRow, type RowProblem } from '#workflows/people/import/read-row.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { batches } from './batches.ts'
import type { Table } from './read-table.server.ts'

/** What applying a row writes; `before` is null for somebody new. */
export type PersonWork = {
	row: PlanRow
	id: string
	identity: Identity
	before: KnownPerson | null
	/** Personnel number of the manager as the file has it; empty where it says nothing. */
	manager: string
	/** Set where it is another one than before. */
	managerId: string | null
}

export type PeoplePlan = { rows: PlanRow[]; works: PersonWork[] }

/**
 * What a file of people comes to. Somebody is known by any of their identifiers; two that belong to two people are an
 * error, and nobody is ever merged. An empty personnel number or manager leaves what is known.
 */
export async function planPeople(tx: Tx, deps: Deps, actor: Actor, table: Table): Promise<PeoplePlan> {
	const all: PersonWork[] = []
	const rows: PlanRow[] = []
	const seen = new Map<string, number>()
	for await (const batch of batches(table.read(), 1000)) {
		const read = batch.map(({ line, cells: raw }) => {
			const { cells, problems } = readCells(table.columns, raw)
			const person = readPersonRow(cells)
			return {
				line,
				cells,
				problems: 'problems' in person ? [...problems, ...person.problems] : problems,
				person,
			}
		})
		const known = indexOf(
			await peopleIdentified(tx, {
				names: read.flatMap(({ person }) =>
					'identity' in person ? [person.identity.userPrincipalName.toLowerCase()] : [],
				),
				objectIds: read.flatMap(({ person }) =>
					'identity' in person ? [person.identity.entraObjectId] : [],
				),
				numbers: read.flatMap(({ person }) =>
					'identity' in person && person.identity.personnelNumber !== null
						? [person.identity.personnelNumber]
						: [],
				),
			}),
		)
		for (const { line, cells, problems, person } of read) {
			const row: PlanRow = {
				line,
				person: cells.displayName?.slice(0, 200) ?? '',
				personId: null,
				outcome: 'error',
				changes: [],
				problems: once(problems),
				ends: 0,
			}
			rows.push(row)
			if (!('identity' in person) || row.problems.length > 0) continue
			const work = place(deps, actor, row, person, known, seen)
			if (work) all.push(work)
		}
	}
	await resolveManagers(tx, actor, all)
	for (const { row, before } of all)
		if (row.problems.length > 0) row.outcome = 'error'
		else row.outcome = before === null ? 'added' : row.changes.length > 0 ? 'changed' : 'same'
	return { rows, works: all }
}

/** One problem of a field is enough: a formula is no address either. */
const once = (problems: readonly RowProblem[]) =>
	problems.filter(({ field }, i) => problems.findIndex((other) => other.field === field) === i)

type Index = (key: string) => KnownPerson | undefined

function indexOf(known: readonly KnownPerson[]): Index {
	const map = new Map<string, KnownPerson>()
	for (const person of known) for (const key of keysOf(person)) map.set(key, person)
	return (key) => map.get(key)
}

const keysOf = (person: Pick<Identity, 'userPrincipalName' | 'entraObjectId' | 'personnelNumber'>) => [
	`o ${person.entraObjectId}`,
	`u ${person.userPrincipalName.toLowerCase()}`,
	...(person.personnelNumber === null ? [] : [`n ${person.personnelNumber}`]),
]
const FIELD_OF: Readonly<Record<string, string>> = {
	o: 'entraObjectId',
	u: 'userPrincipalName',
	n: 'personnelNumber',
}
const fieldOf = (key: string) => FIELD_OF[key.slice(0, 1)] ?? 'person'

function place(
	{ newId }: Pick<Deps, 'newId'>,
	actor: Actor,
	row: PlanRow,
	{ identity: said, manager }: { identity: Identity; manager: string },
	known: Index,
	seen: Map<string, number>,
): PersonWork | null {
	for (const key of keysOf(said)) {
		const line = seen.get(key)
		if (line !== undefined)
			row.problems.push({ field: fieldOf(key), problem: 'TWICE_IN_FILE', about: String(line) })
		else seen.set(key, row.line)
	}
	const met = keysOf(said).flatMap((key) => {
		const person = known(key)
		return person === undefined ? [] : [{ key, person }]
	})
	const different = [...new Map(met.map(({ person }) => [person.id, person])).values()]
	const [before = null, other] = different
	if (before !== null && other !== undefined) {
		row.problems.push({
			field: fieldOf(met.find(({ person }) => person === other)?.key ?? ''),
			problem: 'TWO_PEOPLE',
			about: different.map((person) => `${person.displayName} (${person.userPrincipalName})`).join(' / '),
		})
		return null
	}
	row.personId = before?.id ?? null
	if (before !== null && before.entraObjectId !== said.entraObjectId)
		row.problems.push({ field: 'entraObjectId', problem: 'ENTRA_ID_FIXED', about: before.displayName })
	const identity = { ...said, personnelNumber: said.personnelNumber ?? before?.personnelNumber ?? null }
	if (before !== null)
		for (const field of ['displayName', 'userPrincipalName', 'employer', 'personnelNumber'] as const)
			if (identity[field] !== before[field])
				row.changes.push({ field, from: before[field] ?? '', to: identity[field] ?? '' })
	if (before?.id === actor.personId && row.changes.length > 0)
		row.problems.push({ field: 'person', problem: 'OWN_FACTS' })
	return { row, id: before?.id ?? newId(), identity, before, manager, managerId: null }
}

/** Managers may stand anywhere in the file or in the register; a circle is found on what comes of all rows together. */
async function resolveManagers(tx: Tx, actor: Actor, works: readonly PersonWork[]): Promise<void> {
	const named = works.filter(({ manager }) => manager !== '')
	if (named.length === 0) return
	const ids = new Map<string, string>()
	const numbers = [...new Set(named.map(({ manager }) => manager))]
	for (const { id, personnelNumber } of await peopleIdentified(tx, { names: [], objectIds: [], numbers }))
		if (personnelNumber !== null) ids.set(personnelNumber, id)
	for (const { id, identity } of works)
		if (identity.personnelNumber !== null) ids.set(identity.personnelNumber, id)
	const managers = await allManagers(tx)
	const before = new Map(managers)
	const formerly = await namesOf(
		tx,
		named.flatMap(({ before }) => before?.managerId ?? []),
	)
	const changed: PersonWork[] = []
	for (const work of named) {
		const managerId = ids.get(work.manager)
		const refuse = (problem: string) =>
			work.row.problems.push({ field: 'manager', problem, about: work.manager })
		if (managerId === undefined) refuse('NO_SUCH_MANAGER')
		else if (managerId === work.id) refuse('OWN_MANAGER')
		else if (managerId !== (work.before?.managerId ?? null)) {
			work.managerId = managerId
			managers.set(work.id, managerId)
			changed.push(work)
			// Of somebody new everything is new; of whom is known, it is told by number.
			if (work.before !== null)
				work.row.changes.push({
					field: 'manager',
					from: formerly.get(work.before.managerId ?? '') ?? '',
					to: work.manager,
				})
			if (work.id === actor.personId) refuse('OWN_FACTS')
		}
	}
	for (const { id, managerId, row, manager } of changed) {
		if (managerId !== null && managersAbove(managers, managerId).includes(id))
			row.problems.push({ field: 'manager', problem: 'MANAGER_CIRCLE', about: manager })
		// As on the page of one person: nobody moves people into their own line, or out of it to vet them afterwards.
		else if ([before, managers].some((line) => areInDirectLine(line, actor.personId, id)))
			row.problems.push({ field: 'manager', problem: 'DIRECT_LINE', about: manager })
	}
}
