import { and, asc, count, desc, eq, gt, inArray, isNull, or, sql, type SQL } from 'drizzle-orm'
import type { Reader, Tx } from '../client.ts'
import { appointments, employments, people, scimTokens, scimUsers, sessions } from '../schema/index.ts'

export type ScimTokenRow = typeof scimTokens.$inferSelect

/** A person as a provisioning system sees them. */
export type ScimUserRow = {
	id: string
	userName: string
	displayName: string
	entraObjectId: string
	organization: string
	createdAt: Date
	/** What the system itself said; null as long as it has said nothing. */
	said: typeof scimUsers.$inferSelect | null
}

/** Columns that a filter or an order may name. */
export const SCIM_COLUMNS = {
	id: { sql: sql`${people.id}::text`, type: 'text' },
	userName: { sql: sql`${people.userPrincipalName}`, type: 'text' },
	displayName: { sql: sql`${people.displayName}`, type: 'text' },
	entraObjectId: { sql: sql`${people.entraObjectId}::text`, type: 'text' },
	organization: { sql: sql`${people.employer}`, type: 'text' },
	externalId: { sql: sql`${scimUsers.externalId}`, type: 'exact' },
	givenName: { sql: sql`${scimUsers.givenName}`, type: 'text' },
	familyName: { sql: sql`${scimUsers.familyName}`, type: 'text' },
	email: { sql: sql`${scimUsers.email}`, type: 'text' },
	employeeNumber: { sql: sql`${scimUsers.employeeNumber}`, type: 'text' },
	managerId: { sql: sql`${scimUsers.managerId}::text`, type: 'text' },
	active: { sql: sql`coalesce(${scimUsers.active}, true)`, type: 'boolean' },
	created: { sql: sql`${people.createdAt}`, type: 'instant' },
	lastModified: { sql: sql`coalesce(${scimUsers.updatedAt}, ${people.createdAt})`, type: 'instant' },
} as const satisfies Record<string, { sql: SQL; type: 'text' | 'exact' | 'boolean' | 'instant' }>
export type ScimColumn = keyof typeof SCIM_COLUMNS

export type ScimComparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'
/** A condition of RFC 7644, section 3.4.2.2, on what is stored. Values have the type of their column. */
export type ScimCondition =
	| { op: 'and' | 'or'; of: readonly ScimCondition[] }
	| { op: 'not'; of: ScimCondition }
	| { op: 'never' }
	| { op: 'pr'; column: ScimColumn }
	| { op: ScimComparison; column: ScimColumn; value: string | boolean | Date | null }

/** Nobody whom the system took away, and nobody whose data was erased. */
const visible = sql`${scimUsers.removedAt} is null and ${people.userPrincipalName} not like '%@erased.invalid'`

const SIGN = { gt: sql`>`, ge: sql`>=`, lt: sql`<`, le: sql`<=` } as const

function whereOf(condition: ScimCondition): SQL {
	switch (condition.op) {
		case 'and':
			return and(...condition.of.map(whereOf)) ?? sql`true`
		case 'or':
			return or(...condition.of.map(whereOf)) ?? sql`false`
		case 'not':
			// What is unknown does not match, so its negation does.
			return sql`(${whereOf(condition.of)}) is not true`
		case 'never':
			return sql`false`
		case 'pr':
			return sql`${SCIM_COLUMNS[condition.column].sql} is not null`
		default:
			return compared(condition)
	}
}

function compared({
	op,
	column,
	value,
}: {
	op: ScimComparison
	column: ScimColumn
	value: string | boolean | Date | null
}): SQL {
	const { sql: stored, type } = SCIM_COLUMNS[column]
	if (value === null) return op === 'ne' ? sql`${stored} is not null` : sql`${stored} is null`
	const folded = type === 'text' ? sql`lower(${stored})` : stored
	const given = value instanceof Date ? value.toISOString() : value
	const operand =
		type === 'text' ? sql`lower(${given})` : type === 'instant' ? sql`${given}::timestamptz` : sql`${given}`
	switch (op) {
		case 'eq':
			return sql`${folded} = ${operand}`
		case 'ne':
			return sql`${folded} is distinct from ${operand}`
		case 'co':
			return sql`strpos(${folded}, ${operand}) > 0`
		case 'sw':
			return sql`starts_with(${folded}, ${operand})`
		case 'ew':
			return sql`right(${folded}, length(${operand})) = ${operand}`
		default:
			return sql`${folded} ${SIGN[op]} ${operand}`
	}
}

const COLUMNS = {
	id: people.id,
	userName: people.userPrincipalName,
	displayName: people.displayName,
	entraObjectId: people.entraObjectId,
	organization: people.employer,
	createdAt: people.createdAt,
	said: scimUsers,
}

/** One person as SCIM sees them; null for whoever is not there for it. */
export async function findScimUser(reader: Reader, id: string): Promise<ScimUserRow | null> {
	const [row] = await reader
		.select(COLUMNS)
		.from(people)
		.leftJoin(scimUsers, eq(scimUsers.personId, people.id))
		.where(and(eq(people.id, id), visible))
	return row ?? null
}

/** How many people fit, and the page of them that begins at `startIndex` (from 1). */
export async function listScimUsers(
	reader: Reader,
	{
		condition,
		order,
		startIndex,
		limit,
	}: {
		condition: ScimCondition | null
		order: { column: ScimColumn; descending: boolean } | null
		startIndex: number
		limit: number
	},
): Promise<{ total: number; rows: ScimUserRow[] }> {
	const where = and(visible, condition === null ? undefined : whereOf(condition))
	const [counted] = await reader
		.select({ n: count() })
		.from(people)
		.leftJoin(scimUsers, eq(scimUsers.personId, people.id))
		.where(where)
	const total = counted?.n ?? 0
	if (limit === 0 || startIndex > total) return { total, rows: [] }
	const by = order === null ? null : SCIM_COLUMNS[order.column]
	const key = by === null ? null : by.type === 'text' ? sql`lower(${by.sql})` : by.sql
	// What is unassigned comes last in ascending order, and first in descending (RFC 7644, section 3.4.2.3).
	const ordered = key === null ? [] : [order?.descending === true ? desc(key) : asc(key)]
	const rows = await reader
		.select(COLUMNS)
		.from(people)
		.leftJoin(scimUsers, eq(scimUsers.personId, people.id))
		.where(where)
		.orderBy(...ordered, asc(people.createdAt), asc(people.id))
		.offset(startIndex - 1)
		.limit(limit)
	return { total, rows }
}

/** Whoever has this object id, name or external id already, those whom the system took away as well. */
export async function scimClashes(
	reader: Reader,
	{
		userName,
		entraObjectId,
		externalId,
		employeeNumber,
	}: {
		userName: string
		entraObjectId: string | null
		externalId: string | null
		employeeNumber: string | null
	},
) {
	return reader
		.select(COLUMNS)
		.from(people)
		.leftJoin(scimUsers, eq(scimUsers.personId, people.id))
		.where(
			or(
				sql`lower(${people.userPrincipalName}) = lower(${userName})`,
				entraObjectId === null ? undefined : eq(people.entraObjectId, entraObjectId),
				externalId === null ? undefined : eq(scimUsers.externalId, externalId),
				employeeNumber === null ? undefined : eq(scimUsers.employeeNumber, employeeNumber),
			),
		)
		.limit(10)
}

/** Which of these people are there. */
export async function knownPeople(reader: Reader, ids: readonly string[]): Promise<Set<string>> {
	if (ids.length === 0) return new Set()
	const rows = await reader
		.select({ id: people.id })
		.from(people)
		.where(inArray(people.id, [...ids]))
	return new Set(rows.map(({ id }) => id))
}

export async function saveScimUser(tx: Tx, row: typeof scimUsers.$inferInsert): Promise<void> {
	const { personId: _, ...said } = row
	await tx.insert(scimUsers).values(row).onConflictDoUpdate({ target: scimUsers.personId, set: said })
}

/** Changes who a person is in the directory: name, user principal name, employer. */
export async function renamePerson(
	tx: Tx,
	personId: string,
	identity: { displayName: string; userPrincipalName: string; employer: string },
): Promise<void> {
	await tx.update(people).set(identity).where(eq(people.id, personId))
}

/** Whether a provisioning system has deactivated this person. */
export async function isDeactivated(reader: Reader, personId: string): Promise<boolean> {
	const [row] = await reader
		.select({ active: scimUsers.active })
		.from(scimUsers)
		.where(eq(scimUsers.personId, personId))
	return row?.active === false
}

/** Employments and appointments that have not ended by this instant, and sessions that are open. */
export async function heldBy(reader: Reader, personId: string, at: Date) {
	const still = <T extends typeof employments | typeof appointments>(table: T) =>
		and(
			eq(table.personId, personId),
			isNull(table.retractedAt),
			or(isNull(table.validUntil), gt(table.validUntil, at)),
		)
	const held = {
		employments: await reader.select().from(employments).where(still(employments)).orderBy(employments.id),
		appointments: await reader
			.select()
			.from(appointments)
			.where(still(appointments))
			.orderBy(appointments.id),
	}
	const [open] = await reader
		.select({ n: count() })
		.from(sessions)
		.where(and(eq(sessions.personId, personId), isNull(sessions.endedAt), gt(sessions.expiresAt, at)))
	return { ...held, sessions: open?.n ?? 0 }
}

/** Marks facts as known to be superseded from then on; what was known until then stays. */
export async function retractHeld(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
	if (ids.length === 0) return
	for (const table of [employments, appointments])
		await tx
			.update(table)
			.set({ retractedAt: at })
			.where(inArray(table.id, [...ids]))
}

export async function insertScimToken(tx: Tx, row: typeof scimTokens.$inferInsert): Promise<void> {
	await tx.insert(scimTokens).values(row)
}

/** The token with this hash, if it was ever made; it may be over. */
export async function findScimToken(reader: Reader, tokenSha256: string): Promise<ScimTokenRow | null> {
	const [row] = await reader.select().from(scimTokens).where(eq(scimTokens.tokenSha256, tokenSha256))
	return row ?? null
}

export async function touchScimToken(tx: Tx, id: string, at: Date): Promise<void> {
	await tx.update(scimTokens).set({ lastUsedAt: at }).where(eq(scimTokens.id, id))
}

/** A token that works at this instant, locked; null where it is over or never was. */
export async function lockScimToken(tx: Tx, id: string, at: Date): Promise<ScimTokenRow | null> {
	const [row] = await tx
		.select()
		.from(scimTokens)
		.where(
			and(
				eq(scimTokens.id, id),
				isNull(scimTokens.revokedAt),
				or(isNull(scimTokens.expiresAt), gt(scimTokens.expiresAt, at)),
			),
		)
		.for('update')
	return row ?? null
}

export async function endScimToken(
	tx: Tx,
	id: string,
	end: { revokedAt: Date } | { expiresAt: Date },
): Promise<void> {
	await tx.update(scimTokens).set(end).where(eq(scimTokens.id, id))
}

/** Every token with who made it, newest first. */
export async function listScimTokens(
	reader: Reader,
	limit: number,
): Promise<(ScimTokenRow & { creatorName: string })[]> {
	const rows = await reader
		.select({ token: scimTokens, creatorName: people.displayName })
		.from(scimTokens)
		.innerJoin(people, eq(people.id, scimTokens.createdBy))
		.orderBy(desc(scimTokens.createdAt))
		.limit(limit)
	return rows.map(({ token, creatorName }) => ({ ...token, creatorName }))
}
