import { and, asc, eq, sql } from 'drizzle-orm'
import type { BreakGlassState } from '#workflows/access/break-glass-context.ts'
import type { GrantContext, GrantState } from '#workflows/grants/grant.machine.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
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
	/** When the tenant took its removal; null where it took none. */
	removalTakenAt: Date | null
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
			removalTakenAt: grants.removalTakenAt,
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

/** Kinds of fact that no charter asks about: an access is judged as before without them. */
const NOT_JUDGED = [
	'person.read_in_recorded',
	'person.agreement_recorded',
	'person.travel_recorded',
	'person.visit_recorded',
	'person.event_reported',
] as const satisfies readonly EntryKind[]

/** People of whom facts were erased that accesses are judged on: what is left of them says nothing of what was. */
export async function peopleWithErasedFacts(reader: Reader): Promise<Set<string>> {
	const { rows } = await reader.execute<{ subject: string }>(sql`
		with erasure as (
			select subject, leaf from ledger_entries where kind = 'record.erased'
			union all
			select subject, leaf from ledger_pending where kind = 'record.erased'
		)
		select distinct e.subject from erasure e
			cross join lateral jsonb_array_elements(convert_from(e.leaf, 'UTF8')::jsonb #> '{open,erased}') gone
		where e.subject is not null and gone -> 'groups' ? 'fact'
			and not exists (select 1 from ledger_entries f
				where f.id = (gone ->> 'entryId')::uuid and f.kind in ${[...NOT_JUDGED]})
			and not exists (select 1 from ledger_pending f
				where f.id = (gone ->> 'entryId')::uuid and f.kind in ${[...NOT_JUDGED]})`)
	return new Set(rows.map(({ subject }) => subject))
}
