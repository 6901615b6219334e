import { and, inArray, sql } from 'drizzle-orm'
import { asKnownAt, personFacts, type PersonFacts } from '#workflows/charter/facts.ts'
import { LIVE_GRANT_STATES } from '#workflows/grants/grant.machine.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader } from '../client.ts'
import {
	appointments,
	attendances,
	citizenships,
	clearances,
	credentials,
	employments,
	facilityAuthorisations,
	grants,
	presences,
	residences,
	suspensions,
} from '../schema/index.ts'

/** Later than anything that is recorded. */
const UNTIL_NOW = '9999-12-31T23:59:59.999Z'

/**
 * What eligibility may know of these people, by id. Everybody asked for is there, with empty lists if need be.
 * `knownAt` asks for what was known then: facts recorded later are left out, facts corrected later are still there, and
 * accesses that have ended are there with their end, so that a question may be about the past.
 */
export async function factsOf(
	reader: Reader,
	personIds: readonly string[],
	knownAt?: Date,
): Promise<Map<string, PersonFacts>> {
	const ids = [...new Set(personIds)]
	const facts = new Map(ids.map((personId) => [personId, personFacts(personId, emptyLists())]))
	if (ids.length === 0) return facts
	const lists = (personId: string) => facts.get(personId) as Lists | undefined
	// One after the other: a transaction is one connection, and a connection takes one query at a time.
	for (const row of await reader.select().from(citizenships).where(inArray(citizenships.personId, ids)))
		lists(row.personId)?.citizenships.push({ country: row.country, ...validity(row) })
	for (const row of await reader.select().from(residences).where(inArray(residences.personId, ids)))
		lists(row.personId)?.residences.push({ country: row.country, status: row.status, ...validity(row) })
	for (const row of await reader.select().from(clearances).where(inArray(clearances.personId, ids))) {
		const { scheme, level, issuer, state } = row
		lists(row.personId)?.clearances.push({ scheme, level, issuer, state, ...validity(row) })
	}
	for (const row of await reader.select().from(attendances).where(inArray(attendances.personId, ids))) {
		const known = lists(row.personId)
		const list = row.kind === 'briefing' ? known?.briefings : known?.training
		list?.push({ key: row.key, ...validity(row) })
	}
	for (const row of await reader.select().from(employments).where(inArray(employments.personId, ids))) {
		const { employer, under, flowDown } = row
		lists(row.personId)?.employments.push({ employer, under, flowDown, ...validity(row) })
	}
	for (const row of await reader.select().from(appointments).where(inArray(appointments.personId, ids)))
		lists(row.personId)?.appointments.push({ role: row.role, ...validity(row) })
	for (const row of await reader
		.select()
		.from(facilityAuthorisations)
		.where(inArray(facilityAuthorisations.personId, ids)))
		lists(row.personId)?.facilities.push({ facility: row.facility, ...validity(row) })
	for (const row of await reader.select().from(presences).where(inArray(presences.personId, ids)))
		lists(row.personId)?.presences.push({ facility: row.facility, by: row.by, ...validity(row) })
	for (const row of await reader.select().from(credentials).where(inArray(credentials.personId, ids))) {
		const { deviceBound, attested, aaguid, createdAt, revokedAt } = row
		const passkey = { deviceBound, attested, aaguid }
		const begun = { validFrom: createdAt, validUntil: null, recordedAt: createdAt, retractedAt: revokedAt }
		lists(row.personId)?.credentials.push({ ...passkey, ...validity(begun) })
		// Until it was revoked it was a passkey without a stated end, and that is what was known then.
		if (revokedAt !== null && revokedAt > createdAt)
			lists(row.personId)?.credentials.push({
				...passkey,
				...validity({ ...begun, validUntil: revokedAt, recordedAt: revokedAt, retractedAt: null }),
			})
	}
	for (const { personId, at, liftedAt } of await reader
		.select({ personId: suspensions.personId, at: suspensions.at, liftedAt: suspensions.liftedAt })
		.from(suspensions)
		.where(inArray(suspensions.personId, ids))) {
		const begun = { validFrom: at, validUntil: null, recordedAt: at, retractedAt: liftedAt }
		lists(personId)?.suspensions.push(validity(begun))
		// Until it was lifted it was a suspension without a stated end, and that is what was known then.
		if (liftedAt !== null)
			lists(personId)?.suspensions.push(
				validity({ ...begun, validUntil: liftedAt, recordedAt: liftedAt, retractedAt: null }),
			)
	}
	for (const row of await accessesOf(reader, ids, { ended: knownAt !== undefined })) {
		const isLive = LIVE_GRANT_STATES.includes(row.state)
		const list = lists(row.personId)?.live
		const { role, createdAt, closedAt } = row
		if (!isLive && closedAt === null) continue
		const recorded = { validFrom: createdAt, recordedAt: createdAt }
		// Until the tenant confirms the removal it must be assumed live, whatever its end was to be.
		list?.push({
			role,
			...validity({ ...recorded, validUntil: null, retractedAt: isLive ? null : closedAt }),
		})
		if (!isLive && closedAt !== null && closedAt > createdAt)
			list?.push({
				role,
				...validity({ ...recorded, recordedAt: closedAt, validUntil: closedAt, retractedAt: null }),
			})
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

/** Accesses of these people; those that have ended only where they are asked for. */
const accessesOf = (reader: Reader, ids: string[], { ended }: { ended: boolean }) =>
	reader
		.select({
			personId: grants.personId,
			role: grants.role,
			state: grants.state,
			// Alone: the rest of the context is long, and thousands of people are read at once.
			closedAt: sql<string | null>`${grants.context} ->> 'closedAt'`.mapWith((at: string) => new Date(at)),
			createdAt: grants.createdAt,
		})
		.from(grants)
		.where(
			and(inArray(grants.personId, ids), ended ? undefined : inArray(grants.state, [...LIVE_GRANT_STATES])),
		)

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
