import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { Instant } from '#workflows/shared/instants.ts'
import { partKey, type KnownPart, type SeenPart, type TenantPart } from '#workflows/tenant/charter-places.ts'
import type { PartTrouble } from '#workflows/tenant/tenant-picture.ts'
import type { Reader, Tx } from '../client.ts'
import { tenantPlaces } from '../schema/index.ts'

export type StoredPart = KnownPart & { triedAt: Instant | null; askedAt: Instant | null }

/** What is known of this tenant's parts, by `partKey`. */
export async function knownParts(reader: Reader, tenant: string): Promise<Map<string, StoredPart>> {
	const rows = await reader.select().from(tenantPlaces).where(eq(tenantPlaces.tenant, tenant))
	return new Map(
		rows.map(({ kind, objectId, seen, readAt, triedAt, askedAt, trouble, troubleCode }) => [
			partKey({ kind, id: objectId }),
			{
				kind,
				id: objectId,
				seen,
				readAt: readAt?.toISOString() ?? null,
				triedAt: triedAt?.toISOString() ?? null,
				askedAt: askedAt?.toISOString() ?? null,
				trouble,
				code: troubleCode,
			},
		]),
	)
}

/** Whether somebody wants parts of this tenant read since they were last tried. */
export async function isReadingAsked(reader: Reader, tenant: string): Promise<boolean> {
	const rows = await reader
		.select({ one: sql`1` })
		.from(tenantPlaces)
		.where(
			and(
				eq(tenantPlaces.tenant, tenant),
				or(isNull(tenantPlaces.triedAt), gt(tenantPlaces.askedAt, tenantPlaces.triedAt)),
			),
		)
		.limit(1)
	return rows.length > 0
}

/** Asks for these parts to be read as soon as may be; what is known of them stands until then. */
export async function askForParts(
	tx: Tx,
	tenant: string,
	parts: readonly TenantPart[],
	at: Date,
): Promise<void> {
	if (parts.length === 0) return
	await tx
		.insert(tenantPlaces)
		// In one order, so that two who ask for the same never wait for each other.
		.values(inOrder(parts).map(({ kind, id }) => ({ tenant, kind, objectId: id, askedAt: at })))
		.onConflictDoUpdate({
			target: [tenantPlaces.tenant, tenantPlaces.kind, tenantPlaces.objectId],
			set: { askedAt: sql`greatest(${tenantPlaces.askedAt}, excluded.asked_at)` },
		})
}

const inOrder = (parts: readonly TenantPart[]): TenantPart[] =>
	[...parts].sort((a, b) => (partKey(a) < partKey(b) ? -1 : 1))

/** What an attempt to read a part came to: what was seen takes the place of what was; a trouble leaves that as it is. */
export type ReadOutcome = TenantPart &
	({ seen: SeenPart } | { trouble: PartTrouble; code: string | null }) & { triedAt: Date }

export async function saveParts(tx: Tx, tenant: string, read: readonly ReadOutcome[]): Promise<void> {
	for (const part of inOrder(read) as ReadOutcome[]) {
		const change =
			'seen' in part
				? { seen: part.seen, readAt: part.triedAt, trouble: null, troubleCode: null }
				: { trouble: part.trouble, troubleCode: part.code?.slice(0, 200) ?? null }
		await tx
			.insert(tenantPlaces)
			.values({ tenant, kind: part.kind, objectId: part.id, triedAt: part.triedAt, ...change })
			.onConflictDoUpdate({
				target: [tenantPlaces.tenant, tenantPlaces.kind, tenantPlaces.objectId],
				set: { triedAt: part.triedAt, ...change },
			})
	}
}

/**
 * Forgets all but these parts of this tenant. What was asked for since `before` stays: somebody has just saved what names it.
 */
export async function keepParts(
	tx: Tx,
	tenant: string,
	wanted: readonly TenantPart[],
	before: Date,
): Promise<void> {
	const keys = JSON.stringify(wanted.map(partKey))
	await tx.delete(tenantPlaces).where(sql`
		(${tenantPlaces.tenant} <> ${tenant}
			or ${tenantPlaces.kind} || ' ' || ${tenantPlaces.objectId} not in (select jsonb_array_elements_text(${keys}::jsonb)))
		and (${tenantPlaces.askedAt} is null or ${tenantPlaces.askedAt} < ${before})`)
}
