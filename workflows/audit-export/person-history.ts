import { z } from 'zod'
import { asKnownAt, personFacts, type PersonFacts, type Residence, type Validity } from '../charter/facts.ts'
import type { Leaf } from '../ledger/entry.schema.ts'
import type { Opening } from '../ledger/sealed-parts.schema.ts'
import { endedAt } from '../people/clearance-history.ts'
import type { Instant } from '../shared/instants.ts'
import { opened } from './problem.ts'

type Openings = Readonly<Record<string, Opening>> | undefined
/** Live access is no fact of its own in the log: it stands in what a decision was judged on. */
type Kind = Exclude<keyof PersonFacts, 'personId' | 'live'>
type Lists = { [K in Kind]: PersonFacts[K][number][] }
type Person = Lists & {
	/** Entries that told a fact and are not laid open here. */
	sealed: string[]
	/** Which fact stands where, by its id, so that it can be taken back. */
	facts: Map<string, { list: Validity[]; at: number }>
	/** Where in `credentials` the passkey of an enrolment entry stands. */
	passkeys: Map<string, number>
}

const emptyPerson = (): Person => ({
	citizenships: [],
	residences: [],
	clearances: [],
	briefings: [],
	training: [],
	employments: [],
	appointments: [],
	facilities: [],
	presences: [],
	credentials: [],
	suspensions: [],
	sealed: [],
	facts: new Map(),
	passkeys: new Map(),
})

const residenceStatus = z.enum(['resident', 'permanent', 'protected']) satisfies z.ZodType<
	Residence['status']
>

/**
 * What the entries of a log say of people, gathered one after the other: the facts that eligibility knows of, each known
 * since the time of its entry. Whether the make of a passkey was attested is not told by its entry: it counts as not.
 */
export function createPersonHistory() {
	const people = new Map<string, Person>()
	const personOf = (id: string) => {
		const person = people.get(id) ?? emptyPerson()
		people.set(id, person)
		return person
	}

	return {
		/** Takes in one entry, whose openings have been checked; one that tells nothing of a person is passed over. */
		tell(leaf: Leaf, openings: Openings): void {
			if (leaf.subject === null || !isTelling(leaf)) return
			const person = personOf(leaf.subject)
			if (!tellOf(person, leaf, openings)) person.sealed.push(leaf.id)
		},
		/** What was known of a person at an instant, and the entries that told more of them and are not laid open. */
		factsOf(personId: string, knownAt: Instant): { facts: PersonFacts; sealed: readonly string[] } {
			const { sealed, passkeys: _, facts: __, ...lists } = people.get(personId) ?? emptyPerson()
			return { facts: asKnownAt(personFacts(personId, lists), knownAt), sealed }
		},
	}
}

const TELLING = [
	'person.citizenship_recorded',
	'person.residence_recorded',
	'person.clearance_recorded',
	'person.clearance_ended',
	'person.attendance_recorded',
	'person.employment_recorded',
	'person.appointed',
	'person.facility_authorised',
	'person.suspended',
	'person.suspension_lifted',
	'person.presence_recorded',
	'person.fact_retracted',
	'passkey.enrolled',
	'passkey.revoked',
	'person.deactivated',
] as const
type Telling = Extract<Leaf, { kind: (typeof TELLING)[number] }>
const isTelling = (leaf: Leaf): leaf is Telling => (TELLING as readonly string[]).includes(leaf.kind)

/** False where the entry tells something that is not laid open. */
function tellOf(person: Person, leaf: Telling, openings: Openings): boolean {
	switch (leaf.kind) {
		case 'person.citizenship_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			return (
				fact !== null &&
				addFact(person, leaf.open.factId, person.citizenships, {
					country: fact.country,
					...known(leaf, fact),
				})
			)
		}
		case 'person.residence_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			const status = residenceStatus.safeParse(fact?.status)
			return (
				fact !== null &&
				status.success &&
				addFact(person, leaf.open.factId, person.residences, {
					country: fact.country,
					status: status.data,
					...known(leaf, fact),
				})
			)
		}
		case 'person.clearance_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			if (fact === null) return false
			const { scheme, level, issuer, state = 'granted' } = fact
			return addFact(person, leaf.open.factId, person.clearances, {
				scheme,
				level,
				issuer,
				state,
				...known(leaf, fact),
			})
		}
		case 'person.clearance_ended': {
			const place = person.facts.get(leaf.open.factId)
			const clearance = place && person.clearances[place.at]
			// One that is not laid open is named by the entry that recorded it.
			if (!place || !clearance) return true
			person.clearances[place.at] = { ...clearance, retractedAt: leaf.time }
			const left = endedAt(clearance, leaf.time)
			return left === null || add(person.clearances, { ...left, recordedAt: leaf.time, retractedAt: null })
		}
		case 'person.attendance_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			const { attendance, key } = leaf.open
			const list = attendance === 'briefing' ? person.briefings : person.training
			return fact !== null && addFact(person, leaf.open.factId, list, { key, ...known(leaf, fact) })
		}
		case 'person.employment_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			if (fact === null) return false
			const { employer, under, flowDown } = fact
			return addFact(person, leaf.open.factId, person.employments, {
				employer,
				under,
				flowDown,
				...known(leaf, fact),
			})
		}
		case 'person.appointed': {
			const fact = opened(leaf.kind, 'fact', openings)
			return (
				fact !== null &&
				addFact(person, leaf.open.factId, person.appointments, { role: leaf.open.role, ...known(leaf, fact) })
			)
		}
		case 'person.facility_authorised': {
			const fact = opened(leaf.kind, 'fact', openings)
			return (
				fact !== null &&
				addFact(person, leaf.open.factId, person.facilities, {
					facility: leaf.open.facility,
					...known(leaf, fact),
				})
			)
		}
		case 'person.presence_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			const { factId, facility, by } = leaf.open
			return (
				fact !== null && addFact(person, factId, person.presences, { facility, by, ...known(leaf, fact) })
			)
		}
		case 'person.fact_retracted': {
			// A fact that is sealed here, or of a kind that eligibility does not know, stands nowhere.
			takeBack(person, leaf.open.factId, leaf.time)
			return true
		}
		case 'person.suspended':
			return add(person.suspensions, known(leaf, { validFrom: leaf.time, validUntil: null }))
		case 'person.suspension_lifted': {
			const position = person.suspensions.findIndex(
				({ validUntil, retractedAt }) => validUntil === null && retractedAt === null,
			)
			const open = person.suspensions[position]
			if (!open) return true
			// Until it was lifted it was a suspension without a stated end, and that is what was known then.
			person.suspensions[position] = { ...open, retractedAt: leaf.time }
			return add(person.suspensions, known(leaf, { validFrom: open.validFrom, validUntil: leaf.time }))
		}
		case 'passkey.enrolled': {
			const credential = opened(leaf.kind, 'credential', openings)
			if (credential === null) return false
			person.passkeys.set(leaf.id, person.credentials.length)
			return add(person.credentials, {
				deviceBound: !leaf.open.backupEligible,
				attested: false,
				aaguid: credential.aaguid,
				...known(leaf, { validFrom: leaf.time, validUntil: null }),
			})
		}
		case 'passkey.revoked': {
			const position = person.passkeys.get(leaf.open.credentialEntry)
			const passkey = position === undefined ? undefined : person.credentials[position]
			if (position !== undefined && passkey)
				person.credentials[position] = { ...passkey, validUntil: leaf.time }
			return true
		}
		case 'person.deactivated': {
			for (const { factId } of leaf.open.facts) takeBack(person, factId, leaf.time)
			return true
		}
	}
}

/** From then on the fact is known to be wrong. One that is sealed here, or of no interest to eligibility, stands nowhere. */
function takeBack(person: Person, factId: string, at: Instant): void {
	const place = person.facts.get(factId)
	const fact = place?.list[place.at]
	if (place && fact && fact.retractedAt === null) place.list[place.at] = { ...fact, retractedAt: at }
}

/** As `add`, remembered by its id. */
function addFact<T extends Validity>(person: Person, factId: string, list: T[], fact: T): true {
	// Taking back replaces a fact by the same with other times, so it stays what the list holds.
	person.facts.set(factId, { list, at: list.length })
	return add(list, fact)
}

function add<T>(list: T[], fact: T): true {
	list.push(fact)
	return true
}

const known = (
	{ time }: Leaf,
	{ validFrom, validUntil }: { validFrom: Instant; validUntil: Instant | null },
) => ({ validFrom, validUntil, recordedAt: time, retractedAt: null })
