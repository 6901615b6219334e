import { and, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
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
	const theirs = (column: AnyPgColumn) => sql`${column} = any(${sql.param(ids)}::uuid[])`
	const wanted = (table: FactTable) =>
		and(
			theirs(table.personId),
			from && isNull(table.retractedAt),
			from && or(isNull(table.validUntil), gt(table.validUntil, from)),
		)
	// One after the other: a transaction is one connection, and a connection takes one query at a time.
	for (const row of await reader.select().from(citizenships).where(wanted(citizenships)))
		lists(row.personId)?.citizenships.push({ country: row.country, ...validity(row) })
	for (const row of await reader.select().from(residences).where(wanted(residences)))
		lists(row.personId)?.residences.push({ country: row.country, status: row.status, ...validity(row) })
	for (const row of await reader.select().from(clearances).where(wanted(clearances))) {
		const { scheme, level, issuer, state } = row
		lists(row.personId)?.clearances.push({ scheme, level, issuer, state, ...validity(row) })
	}
	for (const row of await reader.select().from(attendances).where(wanted(attendances))) {
		const known = lists(row.personId)
		const list = row.kind === 'briefing' ? known?.briefings : known?.training
		list?.push({ key: row.key, ...validity(row) })
	}
	for (const row of await reader.select().from(employments).where(wanted(employments))) {
		const { employer, under, flowDown } = row
		lists(row.personId)?.employments.push({ employer, under, flowDown, ...validity(row) })
	}
	for (const row of await reader.select().from(appointments).where(wanted(appointments)))
		lists(row.personId)?.appointments.push({ role: row.role, ...validity(row) })
	for (const row of await reader.select().from(facilityAuthorisations).where(wanted(facilityAuthorisations)))
		lists(row.personId)?.facilities.push({ facility: row.facility, ...validity(row) })
	if (!from)
		for (const row of await reader.select().from(presences).where(wanted(presences)))
			lists(row.personId)?.presences.push({ facility: row.facility, by: row.by, ...validity(row) })
	for (const row of await reader
		.select()
		.from(credentials)
		.where(and(theirs(credentials.personId), from && isNull(credentials.revokedAt)))) {
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
		.where(and(theirs(suspensions.personId), from && isNull(suspensions.liftedAt)))) {
		const begun = { validFrom: at, validUntil: null, recordedAt: at, retractedAt: liftedAt }
		lists(personId)?.suspensions.push(validity(begun))
		// Until it was lifted it was a suspension without a stated end, and that is what was known then.
		if (liftedAt !== null)
			lists(personId)?.suspensions.push(
				validity({ ...begun, validUntil: liftedAt, recordedAt: liftedAt, retractedAt: null }),
			)
	}
	for (const row of from ? [] : await accessesOf(reader, ids, { ended: knownAt !== undefined })) {
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

type FactTable = PgTable & Record<'personId' | 'validFrom' | 'validUntil' | 'retractedAt', AnyPgColumn>

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
