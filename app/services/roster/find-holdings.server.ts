import type { BoundaryRow, HolderRow } from '#db/queries/boundaries.ts'
import { holdersFrom, openBoundaries } from '#db/queries/boundaries.ts'
import {
	accessesTo,
	peopleByAccount,
	readings,
	sightings,
	type ReadingRow,
	type SightingRow,
} from '#db/queries/roster.ts'
import type { Span } from '#workflows/charter/forecast/fit-spans.ts'
import type { GrantState } from '#workflows/grants/grant-states.ts'
import { directoryRoleOf } from '#workflows/lockbox/approver-roles.ts'
import type { Deps } from '../deps.ts'
import { READING_HOLDS_MS, tenantIdOf } from './read-provider-roles.server.ts'
import type { HoldingView } from './views.ts'

/** That somebody holds the provider's role, and where that is known from. */
export type Holding = Pick<HoldingView, 'source' | 'void'> & {
	personId: string | null
	/** Object id of an account; null where only the person is known. */
	account: string | null
	span: Span
	recorded: HolderRow | null
}

export type BoundaryHoldings = {
	boundary: BoundaryRow
	/** Null where the tenant cannot be asked about the role. */
	reading: { readAt: Date | null; trouble: string | null; isOld: boolean } | null
	holdings: Holding[]
}

/** Confirmed by Entra and not being ended, or approved for a later start. */
const COUNTED: readonly GrantState[] = ['active', 'extending', 'scheduled', 'planned']

/** Who holds the roles of every boundary, as officers, the tenant and our own accesses say it. */
export async function findHoldings(deps: Deps, at: Date): Promise<BoundaryHoldings[]> {
	const { db } = deps.database
	const tenantId = tenantIdOf(deps)
	const boundaries = await openBoundaries(db)
	const recorded = await holdersFrom(db, at)
	const read = await readings(db)
	const seen = await sightings(db)
	const people = await peopleByAccount(
		db,
		seen.map(({ objectId }) => objectId),
	)
	const roles = boundaries.flatMap((boundary) => directoryRoleOf(boundary, tenantId) ?? [])
	const accesses = await accessesTo(db, roles, COUNTED)
	return boundaries.map((boundary) => {
		const role = directoryRoleOf(boundary, tenantId)
		const reading = role === null ? null : readingOf(read.get(boundary.id), at)
		const inTenant = seen.filter(({ boundaryId }) => role !== null && boundaryId === boundary.id)
		return {
			boundary,
			reading,
			holdings: [
				...recorded
					.filter(({ boundaryId }) => boundaryId === boundary.id)
					.map((row) => recordedHolding(row, reading, inTenant, people)),
				...inTenant.map((row) => seenHolding(row, reading, people)),
				...accesses
					.filter(({ directoryRole }) => directoryRole === role)
					.flatMap(({ personId, state, context }): Holding[] => {
						const span = accessSpan(state, context, at)
						const known = { personId, account: null, recorded: null, void: null }
						return span === null ? [] : [{ source: 'access', span, ...known }]
					}),
			],
		}
	})
}

function readingOf(row: ReadingRow | undefined, at: Date): BoundaryHoldings['reading'] {
	const readAt = row?.readAt ?? null
	return {
		readAt,
		trouble: row?.trouble ?? null,
		isOld: readAt === null || at.getTime() - readAt.getTime() > READING_HOLDS_MS,
	}
}

const spanOf = ({ validFrom, validUntil }: { validFrom: Date | null; validUntil: Date | null }): Span => ({
	from: validFrom?.getTime() ?? -Infinity,
	until: validUntil?.getTime() ?? Infinity,
})

/**
 * What an officer recorded is not believed against the tenant: whoever should hold the role already and is not among
 * those who do holds nothing. What is to begin later nobody can have seen yet.
 */
function recordedHolding(
	row: HolderRow,
	reading: BoundaryHoldings['reading'],
	inTenant: readonly SightingRow[],
	people: ReadonlyMap<string, string>,
): Holding {
	const isContradicted =
		reading !== null &&
		!reading.isOld &&
		reading.readAt !== null &&
		row.validFrom <= reading.readAt &&
		!inTenant.some(({ kind, objectId }) => kind === 'active' && people.get(objectId) === row.personId)
	return {
		source: 'recorded',
		personId: row.personId,
		account: null,
		span: spanOf(row),
		recorded: row,
		void: isContradicted ? 'NOT_IN_TENANT' : null,
	}
}

function seenHolding(
	row: SightingRow,
	reading: BoundaryHoldings['reading'],
	people: ReadonlyMap<string, string>,
): Holding {
	const personId = people.get(row.objectId) ?? null
	return {
		source: row.kind === 'active' ? 'tenant' : 'eligible',
		personId,
		account: row.objectId,
		span: spanOf(row),
		recorded: null,
		void:
			reading?.isOld !== false
				? 'READING_OLD'
				: personId === null
					? 'UNKNOWN_HERE'
					: row.kind === 'eligible'
						? 'NOT_ACTIVATED'
						: null,
	}
}

/** When an access of ours is held: what Entra confirmed until its end, what is approved from its start on. */
function accessSpan(
	state: GrantState,
	context: { startAt: string | null; startsAt: string | null; endsAt: string | null; durationMs: number },
	at: Date,
): Span | null {
	if (state === 'active' || state === 'extending')
		return context.endsAt === null ? null : { from: at.getTime(), until: Date.parse(context.endsAt) }
	if (context.startAt === null) return null
	const from = Date.parse(context.startAt)
	return { from, until: from + context.durationMs }
}
