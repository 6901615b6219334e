import {
	asKnownAt,
	personFacts,
	type Clearance,
	type PersonFacts,
	type Presence,
	type Residence,
	type Validity,
} from '#workflows/charter/facts.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader } from '../client.ts'
import { readFactRows, type FactSqlRow } from './read-facts.ts'

/** Later than anything that is recorded. */
const UNTIL_NOW = '9999-12-31T23:59:59.999Z'

/**
 * What eligibility may know of these people, by id. Everybody asked for is there, with empty lists if need be.
 * `knownAt` asks for what was known then: facts recorded later are left out, facts corrected later are still there, and
 * accesses that have ended are there with their end, so that a question may be about the past.
 */
export const factsOf = (reader: Reader, personIds: readonly string[], knownAt?: Date) =>
	readFacts(reader, personIds, { knownAt })

/**
 * The same for a look ahead from an instant on: what is over by then or was taken back is not read at all, and neither are
 * presence and live accesses, which no look ahead asks for.
 */
export const factsAhead = (reader: Reader, personIds: readonly string[], from: Date) =>
	readFacts(reader, personIds, { from })

async function readFacts(
	reader: Reader,
	personIds: readonly string[],
	{ knownAt, from }: { knownAt?: Date | undefined; from?: Date },
): Promise<Map<string, PersonFacts>> {
	const ids = [...new Set(personIds)]
	const facts = new Map(ids.map((personId) => [personId, personFacts(personId, emptyLists())]))
	if (ids.length === 0) return facts
	const lists = (personId: string) => facts.get(personId) as Lists | undefined
	const scope = from ? 'ahead' : knownAt ? 'ever' : 'now'
	for (const row of await readFactRows(reader, ids, scope, from)) {
		const known = lists(row.personId)
		if (known) addFact(known, row)
	}
	const known = knownAt?.toISOString() ?? UNTIL_NOW
	for (const [id, all] of facts) facts.set(id, asKnownAt(all, known))
	return facts
}

/** What eligibility may know of one person. */
export async function factsOfPerson(reader: Reader, personId: string, knownAt?: Date): Promise<PersonFacts> {
	const facts = (await factsOf(reader, [personId], knownAt)).get(personId)
	if (!facts) throw new DomainError('NOT_FOUND', 'No such person.', { personId })
	return facts
}

/** Adds what a row says to what is known of its person. */
function addFact(lists: Lists, row: FactSqlRow): void {
	const [a, b, c, d] = [row.a ?? '', row.b ?? '', row.c ?? '', row.d ?? '']
	switch (row.kind) {
		case 'citizenship':
			lists.citizenships.push({ country: a, ...validity(row) })
			return
		case 'residence':
			lists.residences.push({ country: a, status: b as Residence['status'], ...validity(row) })
			return
		case 'clearance': {
			const state = d as Clearance['state']
			lists.clearances.push({ scheme: a, level: b, issuer: c, state, ...validity(row) })
			return
		}
		case 'attendance':
			lists[a === 'briefing' ? 'briefings' : 'training'].push({ key: b, ...validity(row) })
			return
		case 'employment':
			lists.employments.push({ employer: a, under: row.b, flowDown: row.e === true, ...validity(row) })
			return
		case 'appointment':
			lists.appointments.push({ role: a, ...validity(row) })
			return
		case 'facility':
			lists.facilities.push({ facility: a, ...validity(row) })
			return
		case 'presence':
			lists.presences.push({ facility: a, by: b as Presence['by'], ...validity(row) })
			return
		case 'credential': {
			const passkey = { deviceBound: row.e === true, attested: row.f === true, aaguid: a }
			// Until it was revoked it was a passkey without a stated end, and that is what was known then.
			for (const known of knownBeforeAndAfter(row)) lists.credentials.push({ ...passkey, ...known })
			return
		}
		case 'suspension':
			lists.suspensions.push(...knownBeforeAndAfter(row))
			return
		case 'live': {
			// Until the tenant confirms the removal it must be assumed live, whatever its end was to be.
			const isLive = row.e === true
			if (isLive) lists.live.push({ role: a, ...validity({ ...row, retractedAt: null }) })
			else if (row.retractedAt !== null)
				for (const known of knownBeforeAndAfter(row)) lists.live.push({ role: a, ...known })
		}
	}
}

/** What ends with an act: until then it was known without a stated end, and from then on with this one. */
function knownBeforeAndAfter(row: FactSqlRow): Validity[] {
	const { validFrom, retractedAt } = row
	const begun = validity(row)
	return retractedAt === null || retractedAt <= validFrom
		? [begun]
		: [begun, validity({ ...row, validUntil: retractedAt, recordedAt: retractedAt, retractedAt: null })]
}

type Lists = {
	-readonly [K in keyof PersonFacts]: PersonFacts[K] extends readonly (infer F)[] ? F[] : PersonFacts[K]
}

const emptyLists = (): Omit<Lists, 'personId'> => ({
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
	live: [],
})

const validity = (row: {
	validFrom: Date
	validUntil: Date | null
	recordedAt: Date
	retractedAt: Date | null
}) => ({
	validFrom: row.validFrom.toISOString(),
	validUntil: row.validUntil?.toISOString() ?? null,
	recordedAt: row.recordedAt.toISOString(),
	retractedAt: row.retractedAt?.toISOString() ?? null,
})
