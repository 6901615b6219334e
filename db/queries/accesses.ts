import { and, asc, eq, sql } from 'drizzle-orm'
import type { BreakGlassState } from '#workflows/access/break-glass-context.ts'
import type { GrantContext, GrantState } from '#workflows/grants/grant.machine.ts'
import type { Reader } from '../client.ts'
import { breakGlassUses, charterVersions, grants, people, requests } from '../schema/index.ts'

export type AccessRow = {
	grantId: string
	requestId: string
	requestNumber: number
	personId: string
	personName: string
	role: string
	state: GrantState
	context: GrantContext
	createdAt: Date
	/** State of the use of break-glass that it came of; null for any other access. */
	breakGlass: BreakGlassState | null
}
/** Where the next batch begins: after this access. */
export type AccessCursor = { createdAt: Date; grantId: string }

/** Text of an instant within the statechart's context; such texts sort by time. */
const told = (key: 'startsAt' | 'closedAt' | 'endsAt') => sql`(${grants.context} ->> ${key}) collate "C"`

/**
 * Accesses of one charter that the tenant may have held at some moment of the period, in the order in which they were
 * approved, in batches after `after`. Those that were never sent and those that the tenant refused are none. The exact
 * beginning of one that was sent but not confirmed is left to the caller.
 */
export async function accessesBetween(
	reader: Reader,
	{ charterId, from, until }: { charterId: string; from: Date; until: Date },
	{ after, limit }: { after: AccessCursor | null; limit: number },
): Promise<AccessRow[]> {
	return reader
		.select({
			grantId: grants.id,
			requestId: requests.id,
			requestNumber: requests.number,
			personId: grants.personId,
			personName: people.displayName,
			role: grants.role,
			state: grants.state,
			context: grants.context,
			createdAt: grants.createdAt,
			breakGlass: breakGlassUses.state,
		})
		.from(grants)
		.innerJoin(requests, eq(requests.id, grants.requestId))
		.innerJoin(charterVersions, eq(charterVersions.id, requests.charterVersionId))
		.innerJoin(people, eq(people.id, grants.personId))
		.leftJoin(breakGlassUses, eq(breakGlassUses.id, requests.id))
		.where(
			and(
				eq(charterVersions.charterId, charterId),
				sql`${grants.state} <> 'failed'`,
				sql`${told('endsAt')} is not null`,
				sql`${grants.createdAt} < ${until.toISOString()}`,
				sql`(${told('startsAt')} is null or ${told('startsAt')} < ${until.toISOString()})`,
				sql`(${told('closedAt')} is null or ${told('closedAt')} >= ${from.toISOString()})`,
				after === null
					? undefined
					: sql`(${grants.createdAt}, ${grants.id}) > (${after.createdAt.toISOString()}::timestamptz, ${after.grantId}::uuid)`,
			),
		)
		.orderBy(asc(grants.createdAt), asc(grants.id))
		.limit(limit)
}

/** People of whom facts were erased: what is left of them says nothing of what was. */
export async function peopleWithErasedFacts(reader: Reader): Promise<Set<string>> {
	const { rows } = await reader.execute<{ subject: string }>(sql`
		select distinct subject from (
			select subject, kind, leaf from ledger_entries
			union all
			select subject, kind, leaf from ledger_pending
		) entry
		where kind = 'record.erased' and subject is not null
			and convert_from(leaf, 'UTF8')::jsonb @> '{"open": {"erased": [{"groups": ["fact"]}]}}'::jsonb`)
	return new Set(rows.map(({ subject }) => subject))
}
