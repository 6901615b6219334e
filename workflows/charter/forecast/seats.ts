import { SIGNATURES_NEEDED } from '../amendment.machine.ts'
import type { Charter, Duty } from '../charter.schema.ts'
import type { CompiledCharter } from '../compiled.ts'
import type { CompiledTerm } from '../compiled-terms.ts'
import { partIn } from '../eligibility.ts'
import { deciders, seatsNeeded } from '../quorum.ts'
import { roleOf } from '../term.ts'

/**
 * What people are counted for. `decides`: may decide at the stages of this role. `duty`: has this duty by any role.
 * `role`: may hold this role, or ask for it where it is asked for.
 */
export type SeatKind = 'decides' | 'duty' | 'role'
export type SeatName = { kind: SeatKind; key: string }

/** Duties that take two people: amending the charter, and granting, revoking or lifting. */
const OF_TWO: readonly Duty[] = ['charter_owner', 'security_officer']
/** Two officers grant and revoke a clearance and lift a suspension; two owners put a charter into force. */
const PEOPLE_NEEDED = SIGNATURES_NEEDED

/** Everything people are counted for under any of these charters, what needs most people first. */
export function seatsOf(charters: readonly Charter[]): SeatName[] {
	const named = (kind: SeatKind, keys: Iterable<string>) =>
		[...new Set(keys)].map((key): SeatName => ({ kind, key }))
	return [
		...named(
			'decides',
			charters.flatMap((charter) => [...deciders(charter).keys()]),
		),
		...named(
			'duty',
			OF_TWO.filter((duty) => charters.some((charter) => rolesWith(charter, duty).length > 0)),
		),
		...named(
			'role',
			charters.flatMap(({ roles }) => Object.keys(roles)),
		),
	]
}

const rolesWith = ({ roles }: Charter, duty: Duty) =>
	Object.keys(roles).filter((key) => roles[key]?.duties.includes(duty))

/**
 * How many distinct people it takes under this charter; null where it takes none in particular. A role that fills several
 * stages of one request needs as many as all of them together.
 */
export function peopleNeeded({ roles }: Charter, { kind, key }: SeatName): number | null {
	if (kind === 'role') return null
	if (kind === 'duty') return PEOPLE_NEEDED
	const sums = Object.values(roles).map(({ access }) => seatsNeeded(access?.stages ?? []).get(key) ?? 0)
	return Math.max(0, ...sums)
}

/** The clauses that somebody must satisfy to be counted: those of any one of these questions. Nobody where there is none. */
export function waysInto(compiled: CompiledCharter, { kind, key }: SeatName): (readonly CompiledTerm[])[] {
	const { charter } = compiled
	const question = deciders(charter).get(key)
	const questions =
		kind === 'decides'
			? question
				? [question]
				: []
			: kind === 'duty'
				? rolesWith(charter, key as Duty).map((role) => ({ role, part: 'holder' as const }))
				: roleOf(charter, key)
					? [{ role: key, part: partIn(charter, key) }]
					: []
	return questions.flatMap((asked) => {
		const terms = compiled.termsFor({ ...asked, standing: true })
		return terms ? [terms.filter(({ maximumMs }) => maximumMs === null)] : []
	})
}

/** What one request for a role takes: how many people of each deciding role, all of them different. */
export type Demand = { role: string; seats: { from: string; needed: number }[] }

/** The demands of every role of the charter that is asked for. */
export function demandsOf({ roles }: Charter): Demand[] {
	return Object.entries(roles).flatMap(([role, { access }]) => {
		const needed = seatsNeeded(access?.stages ?? [])
		return needed.size === 0 ? [] : [{ role, seats: [...needed].map(([from, n]) => ({ from, needed: n })) }]
	})
}

/**
 * How many people a demand can spare before somebody must be counted twice: negative where it cannot be met. By Hall's
 * theorem distinct people can be found exactly when every set of its seats has as many people as it needs.
 */
export function spareFor(
	{ seats }: Pick<Demand, 'seats'>,
	peopleOf: (from: string) => Iterable<string>,
): number {
	const people = seats.map(({ from }) => new Set(peopleOf(from)))
	let spare = Infinity
	for (let chosen = 1; chosen < 1 << seats.length; chosen++) {
		const united = new Set<string>()
		let needed = 0
		seats.forEach((seat, i) => {
			if (!(chosen & (1 << i))) return
			needed += seat.needed
			for (const person of people[i] ?? []) united.add(person)
		})
		spare = Math.min(spare, united.size - needed)
	}
	return spare
}
