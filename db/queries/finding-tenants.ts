import { and, asc, desc, inArray, isNotNull, isNull, notInArray, or, sql, eq } from 'drizzle-orm'
import { CLOSED_FINDING_STATES } from '#workflows/grants/finding-context.ts'
import { CLOSED_GRANT_STATES } from '#workflows/grants/grant-states.ts'
import type { Reader, Tx } from '../client.ts'
import { amongTexts } from '../schema/columns.ts'
import { findings, grants, policyBaselines, reconcileRuns } from '../schema/index.ts'
import { stored, type StoredFinding } from './findings.ts'

/* Which tenant findings, looks and rules are of. What one tenant does not list says nothing of another. */

const isOpenFinding = sql`${findings.state} not in ${amongTexts(CLOSED_FINDING_STATES)}`
const isLiveGrant = sql`${grants.state} not in ${amongTexts(CLOSED_GRANT_STATES)}`

/**
 * Another tenant than these that an access is held in, an open finding is of, or the last look was at; null where there is
 * none. The first is the one that is set, the others are those that were left for good.
 */
export async function tenantElsewhere(
	reader: Reader,
	ours: readonly [string, ...string[]],
): Promise<string | null> {
	const grant = await reader
		.selectDistinct({ id: grants.tenantId })
		.from(grants)
		.where(and(isLiveGrant, isNotNull(grants.tenantId), notInArray(grants.tenantId, [...ours])))
		.limit(1)
	if (grant[0]) return grant[0].id
	const finding = await reader
		.selectDistinct({ id: findings.tenantId })
		.from(findings)
		.where(and(isOpenFinding, isNotNull(findings.tenantId), notInArray(findings.tenantId, [...ours])))
		.limit(1)
	if (finding[0]) return finding[0].id
	const [run] = await reader
		.select({ id: reconcileRuns.tenantId })
		.from(reconcileRuns)
		.where(isNull(reconcileRuns.trouble))
		.orderBy(desc(reconcileRuns.finishedAt))
		.limit(1)
	const last = run?.id ?? null
	return last === null || ours.includes(last) ? null : last
}

/** Whether an access that is not over was given in another tenant, whatever is said of that one. */
export async function areGrantsElsewhere(reader: Reader, tenantId: string): Promise<boolean> {
	const elsewhere = and(isLiveGrant, isNotNull(grants.tenantId), notInArray(grants.tenantId, [tenantId]))
	return (await reader.$count(grants, elsewhere)) > 0
}

/** What is open and was not known to be of any tenant is of this one from now on. */
export async function claimForTenant(tx: Tx, tenantId: string): Promise<void> {
	await tx
		.update(findings)
		.set({ tenantId })
		.where(and(isOpenFinding, isNull(findings.tenantId)))
	await tx.update(policyBaselines).set({ tenantId }).where(isNull(policyBaselines.tenantId))
}

/** Open findings of these tenants, locked in order of id. */
export async function lockFindingsOf(tx: Tx, tenantIds: readonly string[]): Promise<StoredFinding[]> {
	if (tenantIds.length === 0) return []
	const rows = await tx
		.select()
		.from(findings)
		.where(and(isOpenFinding, inArray(findings.tenantId, [...tenantIds])))
		.orderBy(asc(findings.id))
		.for('update')
	return rows.map(stored)
}

/** Of this tenant, or not known to be of another. */
export const isOfTenant = (
	column: typeof grants.tenantId | typeof policyBaselines.tenantId | typeof reconcileRuns.tenantId,
	tenantId: string,
) => or(isNull(column), eq(column, tenantId))
