import { and, asc, eq, gt, ilike, inArray, isNull, lte, or, sql, type SQL } from 'drizzle-orm'
import { DomainError } from '#workflows/shared/errors.ts'
import type { Reader, Tx } from '../client.ts'
import { appointments, people } from '../schema/index.ts'

export type PersonRow = typeof people.$inferSelect

/** One person, or NOT_FOUND. */
export async function findPerson(reader: Reader, id: string): Promise<PersonRow> {
	const [row] = await reader.select().from(people).where(eq(people.id, id))
	if (!row) throw new DomainError('NOT_FOUND', 'No such person.', { id })
	return row
}

/** Names by person id, for the ids that exist. */
export async function namesOf(reader: Reader, ids: readonly string[]): Promise<Map<string, string>> {
	if (ids.length === 0) return new Map()
	const rows = await reader
		.select({ id: people.id, displayName: people.displayName })
		.from(people)
		.where(inArray(people.id, [...new Set(ids)]))
	return new Map(rows.map(({ id, displayName }) => [id, displayName]))
}

/** Everybody who is called exactly so: by id, user principal name or name; in order of name. */
export async function peopleCalled(reader: Reader, text: string): Promise<PersonRow[]> {
	return reader
		.select()
		.from(people)
		.where(
			or(
				eq(people.displayName, text),
				sql`lower(${people.userPrincipalName}) = lower(${text})`,
				sql`${people.id}::text = lower(${text})`,
			),
		)
		.orderBy(asc(people.displayName), asc(people.id))
}

/** A pattern for this text anywhere, none of its characters being a wildcard. */
export const likeText = (search: string) => `%${search.replaceAll(/[\\%_]/g, (char) => `\\${char}`)}%`

/** A page of people in order of name, after the one named by `after`; `search` looks in name, UPN and employer. */
export async function listPeople(
	reader: Reader,
	{
		search,
		after,
		limit,
	}: { search: string; after: { displayName: string; id: string } | null; limit: number },
): Promise<PersonRow[]> {
	const like = likeText(search)
	const conditions: (SQL | undefined)[] = [
		search === ''
			? undefined
			: or(
					ilike(people.displayName, like),
					ilike(people.userPrincipalName, like),
					ilike(people.employer, like),
				),
		after === null
			? undefined
			: sql`(${people.displayName}, ${people.id}) > (${after.displayName}, ${after.id}::uuid)`,
	]
	return reader
		.select()
		.from(people)
		.where(and(...conditions))
		.orderBy(asc(people.displayName), asc(people.id))
		.limit(limit)
}

/** People who hold an appointment to one of these roles at this instant. */
export async function appointedTo(reader: Reader, roles: readonly string[], at: Date): Promise<string[]> {
	if (roles.length === 0) return []
	const rows = await reader
		.selectDistinct({ personId: appointments.personId })
		.from(appointments)
		.where(
			and(
				inArray(appointments.role, [...roles]),
				isNull(appointments.retractedAt),
				lte(appointments.validFrom, at),
				or(isNull(appointments.validUntil), gt(appointments.validUntil, at)),
			),
		)
	return rows.map(({ personId }) => personId)
}

/** Locks the person's row: whoever judges on facts and whoever changes them must take turns. */
export async function lockPeople(
	tx: Tx,
	personIds: readonly string[],
	strength: 'share' | 'update',
): Promise<void> {
	await tx
		.select({ id: people.id })
		.from(people)
		.where(inArray(people.id, [...new Set(personIds)]))
		.orderBy(asc(people.id))
		.for(strength)
}

export async function insertPerson(tx: Tx, row: typeof people.$inferInsert): Promise<void> {
	await tx.insert(people).values(row)
}
/** Puts right who a person is. */
export async function updatePerson(
	tx: Tx,
	personId: string,
	row: Partial<typeof people.$inferInsert>,
): Promise<void> {
	await tx.update(people).set(row).where(eq(people.id, personId))
}

/** Everybody in order of name, in batches: for going through a whole ministry. */
export async function* everybody(reader: Reader, batch: number): AsyncGenerator<PersonRow[]> {
	let people = await listPeople(reader, { search: '', after: null, limit: batch })
	while (people.length > 0) {
		yield people
		const last = people.at(-1)
		people = last ? await listPeople(reader, { search: '', after: last, limit: batch }) : []
	}
}

/** Ids of everybody whose name holds this text. */
export async function idsByName(reader: Reader, search: string): Promise<Set<string>> {
	const rows = await reader
		.select({ id: people.id })
		.from(people)
		.where(ilike(people.displayName, likeText(search)))
	return new Set(rows.map(({ id }) => id))
}

/** The sample personas, by key. */
export async function personas(reader: Reader) {
	return reader
		.select({ id: people.id, persona: people.persona, displayName: people.displayName })
		.from(people)
		.where(sql`${people.persona} is not null`)
		.orderBy(asc(people.displayName))
}

/** Whether anybody is recorded at all. */
export async function isPopulated(reader: Reader): Promise<boolean> {
	return (await reader.select({ id: people.id }).from(people).limit(1)).length > 0
}
