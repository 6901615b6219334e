import type { Charter } from '../../charter/charter.schema.ts'
import { compiledOf } from '../../charter/compiled.ts'
import { partIn } from '../../charter/eligibility.ts'
import type { PersonFacts } from '../../charter/facts.ts'
import { demandsOf, spareFor, type Demand } from '../../charter/forecast/seats.ts'
import { prepareFacts } from '../../charter/prepared-facts.ts'
import { deciders } from '../../charter/quorum.ts'
import type { Instant } from '../../shared/instants.ts'
import type { Problem } from './report.schema.ts'

type Found = Pick<Problem, 'kind' | 'about' | 'detail' | 'lines'>

/** Counts over people who are given one by one, so that of each only the id is kept, and only where they count. */
export type QuorumCount = {
	add(person: PersonFacts): void
	/** Roles that nobody could decide on, or that nobody may ask for. */
	found(): Found[]
}

/**
 * Whether each role of the charter finds enough people to decide on it, and somebody who may have it, today. One person takes one
 * seat of a request, and none of their own.
 */
export function countQuorum(charter: Charter, at: Instant): QuorumCount {
	const compiled = compiledOf(charter)
	const decided = deciders(charter)
	const may = new Map([...decided.keys()].map((from) => [from, new Set<string>()] as const))
	const has = new Map(
		Object.entries(charter.roles).flatMap(([role, { access }]) =>
			access ? [[role, new Set<string>()] as const] : [],
		),
	)
	const demands = new Map(demandsOf(charter).map((demand) => [demand.role, demand]))
	return {
		add(facts) {
			const person = prepareFacts(facts, compiled.symbols)
			const asked = { at, durationMs: 0, standing: true }
			for (const [from, question] of decided)
				if (compiled.permits(person, { ...question, ...asked })) may.get(from)?.add(facts.personId)
			for (const [role, holders] of has)
				if (compiled.permits(person, { role, part: partIn(charter, role), ...asked }))
					holders.add(facts.personId)
		},
		found: () =>
			[...has].flatMap(([role, requesters]): Found[] => {
				const demand = demands.get(role)
				return [
					...(demand === undefined ? [] : gapsIn(demand, (from) => may.get(from) ?? NOBODY, requesters)),
					...(requesters.size === 0
						? [{ kind: 'nobodyMay' as const, about: role, detail: {}, lines: [] }]
						: []),
				]
			}),
	}
}

type People = ReadonlySet<string>
const NOBODY: People = new Set()

/**
 * Where distinct people for every seat cannot be found: each role that has too few by itself; else the roles that have too few
 * together; else those that have too few as soon as whoever asks is left out, whoever of them it is.
 */
function gapsIn(demand: Demand, mayDecide: (from: string) => People, requesters: People): Found[] {
	const gap = (seats: Demand['seats'], without: string | null): Found => ({
		kind: 'noQuorum',
		about: demand.role,
		detail: {
			from: seats.map(({ from }) => from).join(' '),
			needed: seats.reduce((sum, { needed }) => sum + needed, 0),
			there: new Set(seats.flatMap(({ from }) => [...mayDecide(from)].filter((id) => id !== without))).size,
			...(without === null ? {} : { why: 'requester' }),
		},
		lines: [],
	})
	const short = demand.seats.filter(({ from, needed }) => mayDecide(from).size < needed)
	if (short.length > 0) return short.map((seat) => gap([seat], null))
	if (spareFor(demand, mayDecide) < 0) return [gap(tightest(demand, mayDecide), null)]
	let alone: Found | null = null
	for (const requester of requesters) {
		const others = (from: string): People =>
			mayDecide(from).has(requester)
				? new Set([...mayDecide(from)].filter((id) => id !== requester))
				: mayDecide(from)
		// Somebody may ask and be decided on: the role can be had.
		if (spareFor(demand, others) >= 0) return []
		alone ??= gap(tightest(demand, others), requester)
	}
	return alone === null ? [] : [alone]
}

/** The fewest seats that have too few people together. */
function tightest({ seats }: Demand, mayDecide: (from: string) => People): Demand['seats'] {
	let found = seats
	for (const left of seats) {
		const rest = found.filter((seat) => seat !== left)
		if (rest.length > 0 && spareFor({ seats: rest }, mayDecide) < 0) found = rest
	}
	return found
}
