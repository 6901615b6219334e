import { z } from 'zod'
import { asKnownAt, personFacts, type PersonFacts, type Residence } from '../charter/facts.ts'
import type { Leaf } from '../ledger/entry.schema.ts'
import type { Opening } from '../ledger/sealed-parts.schema.ts'
import { endedAt } from '../people/clearance-history.ts'
import type { Instant } from '../shared/instants.ts'
import { opened } from './problem.ts'

type Openings = Readonly<Record<string, Opening>> | undefined
/** Presence and live access are no facts of their own in the log: they stand in what a decision was judged on. */
type Kind = Exclude<keyof PersonFacts, 'personId' | 'presences' | 'live'>
type Lists = { [K in Kind]: PersonFacts[K][number][] }
type Person = Lists & {
	/** Entries that told a fact and are not laid open here. */
	sealed: string[]
	/** Where in `credentials` the passkey of an enrolment entry stands. */
	passkeys: Map<string, number>
	/** The same of a clearance in `clearances`, by the id of its fact. */
	clearanceFacts: Map<string, number>
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
	credentials: [],
	sealed: [],
	passkeys: new Map(),
	clearanceFacts: new Map(),
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
			const { sealed, passkeys: _, clearanceFacts: __, ...lists } = people.get(personId) ?? emptyPerson()
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
	'passkey.enrolled',
	'passkey.revoked',
] as const
type Telling = Extract<Leaf, { kind: (typeof TELLING)[number] }>
const isTelling = (leaf: Leaf): leaf is Telling => (TELLING as readonly string[]).includes(leaf.kind)

/** False where the entry tells something that is not laid open. */
function tellOf(person: Person, leaf: Telling, openings: Openings): boolean {
	switch (leaf.kind) {
		case 'person.citizenship_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			return fact !== null && add(person.citizenships, { country: fact.country, ...known(leaf, fact) })
		}
		case 'person.residence_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			const status = residenceStatus.safeParse(fact?.status)
			return (
				fact !== null &&
				status.success &&
				add(person.residences, { country: fact.country, status: status.data, ...known(leaf, fact) })
			)
		}
		case 'person.clearance_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			if (fact === null) return false
			const { scheme, level, issuer, state = 'granted' } = fact
			person.clearanceFacts.set(leaf.open.factId, person.clearances.length)
			return add(person.clearances, { scheme, level, issuer, state, ...known(leaf, fact) })
		}
		case 'person.clearance_ended': {
			const position = person.clearanceFacts.get(leaf.open.factId)
			const clearance = position === undefined ? undefined : person.clearances[position]
			// One that is not laid open is named by the entry that recorded it.
			if (position === undefined || !clearance) return true
			person.clearances[position] = { ...clearance, retractedAt: leaf.time }
			const left = endedAt(clearance, leaf.time)
			return left === null || add(person.clearances, { ...left, recordedAt: leaf.time, retractedAt: null })
		}
		case 'person.attendance_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			const { attendance, key } = leaf.open
			const list = attendance === 'briefing' ? person.briefings : person.training
			return fact !== null && add(list, { key, ...known(leaf, fact) })
		}
		case 'person.employment_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			if (fact === null) return false
			const { employer, under, flowDown } = fact
			return add(person.employments, { employer, under, flowDown, ...known(leaf, fact) })
		}
		case 'person.appointed': {
			const fact = opened(leaf.kind, 'fact', openings)
			return fact !== null && add(person.appointments, { role: leaf.open.role, ...known(leaf, fact) })
		}
		case 'person.facility_authorised': {
			const fact = opened(leaf.kind, 'fact', openings)
			return fact !== null && add(person.facilities, { facility: leaf.open.facility, ...known(leaf, fact) })
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
	}
}

function add<T>(list: T[], fact: T): true {
	list.push(fact)
	return true
}

const known = (
	{ time }: Leaf,
	{ validFrom, validUntil }: { validFrom: Instant; validUntil: Instant | null },
) => ({ validFrom, validUntil, recordedAt: time, retractedAt: null })
