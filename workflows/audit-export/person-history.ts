import { z } from 'zod'
import { asKnownAt, personFacts, type PersonFacts, type Residence } from '../charter/facts.ts'
import type { Leaf } from '../ledger/entry.schema.ts'
import type { Opening } from '../ledger/sealed-parts.schema.ts'
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
	/** Facts by their id, so that an entry which puts others in their place can say since when they are superseded. */
	facts: Map<string, Known>
}
type Known = {
	validFrom: Instant
	validUntil: Instant | null
	recordedAt: Instant
	retractedAt: Instant | null
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
	facts: new Map(),
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
	'person.attendance_recorded',
	'person.employment_recorded',
	'person.appointed',
	'person.facility_authorised',
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
				add(person.citizenships, Object.assign(known(person, leaf, fact), { country: fact.country }))
			)
		}
		case 'person.residence_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			const status = residenceStatus.safeParse(fact?.status)
			return (
				fact !== null &&
				status.success &&
				add(
					person.residences,
					Object.assign(known(person, leaf, fact), { country: fact.country, status: status.data }),
				)
			)
		}
		case 'person.clearance_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			if (fact === null) return false
			const { scheme, level, issuer, state = 'granted' } = fact
			return add(
				person.clearances,
				Object.assign(known(person, leaf, fact), { scheme, level, issuer, state }),
			)
		}
		case 'person.attendance_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			const { attendance, key } = leaf.open
			const list = attendance === 'briefing' ? person.briefings : person.training
			return fact !== null && add(list, Object.assign(known(person, leaf, fact), { key }))
		}
		case 'person.employment_recorded': {
			const fact = opened(leaf.kind, 'fact', openings)
			if (fact === null) return false
			const { employer, under, flowDown } = fact
			return add(person.employments, Object.assign(known(person, leaf, fact), { employer, under, flowDown }))
		}
		case 'person.appointed': {
			const fact = opened(leaf.kind, 'fact', openings)
			return (
				fact !== null &&
				add(person.appointments, Object.assign(known(person, leaf, fact), { role: leaf.open.role }))
			)
		}
		case 'person.facility_authorised': {
			const fact = opened(leaf.kind, 'fact', openings)
			return (
				fact !== null &&
				add(person.facilities, Object.assign(known(person, leaf, fact), { facility: leaf.open.facility }))
			)
		}
		case 'passkey.enrolled': {
			const credential = opened(leaf.kind, 'credential', openings)
			if (credential === null) return false
			person.passkeys.set(leaf.id, person.credentials.length)
			return add(person.credentials, {
				deviceBound: !leaf.open.backupEligible,
				attested: false,
				aaguid: credential.aaguid,
				...known(person, leaf, { validFrom: leaf.time, validUntil: null }),
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
			for (const { factId } of leaf.open.facts) {
				const fact = person.facts.get(factId)
				if (fact) fact.retractedAt = leaf.time
			}
			return true
		}
	}
}

function add<T>(list: T[], fact: T): true {
	list.push(fact)
	return true
}

function known(
	person: Person,
	{ time, open }: Telling,
	{ validFrom, validUntil }: { validFrom: Instant; validUntil: Instant | null },
): Known {
	const fact = { validFrom, validUntil, recordedAt: time, retractedAt: null }
	if ('factId' in open) person.facts.set(open.factId, fact)
	return fact
}
