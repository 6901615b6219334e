import {
	accessesBetween,
	peopleWithErasedFacts,
	type AccessCursor,
	type AccessRow,
} from '#db/queries/accesses.ts'
import { listCharterVersions } from '#db/queries/charter.ts'
import { factsOf } from '#db/queries/facts.ts'
import { layAccess, type LaidAccess, type Period } from '#workflows/audit-export/answer.ts'
import type { AccessInterval, CharterSpan } from '#workflows/audit-export/coverage.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import type { Deps } from '../../deps.ts'

/** How many accesses are held at a time; the facts of their people come with them. */
const BATCH = 500

export type Scope = { charterId: string; period: Period }
export type AccessInScope = { row: AccessRow; access: AccessInterval; laid: LaidAccess }

/** Every version of a charter with the time from which it was in force, oldest first; NOT_FOUND where there is none. */
export async function charterSpans(
	{ database, charters }: Pick<Deps, 'database' | 'charters'>,
	charterId: string,
): Promise<CharterSpan[]> {
	const versions = (await listCharterVersions(database.db)).filter(
		(version) => version.charterId === charterId,
	)
	if (versions.length === 0) throw new DomainError('NOT_FOUND', 'No such charter.', { charterId })
	const spans: CharterSpan[] = []
	for (const { id, version, inForceFrom } of versions.reverse()) {
		const { charter } = await charters.version(database.db, id)
		spans.push({ version, from: inForceFrom.toISOString(), charter })
	}
	return spans
}

/**
 * Every access of the charter within the period, each laid against the charters then in force and the facts as they are
 * known now. One pass, a batch at a time, so that memory does not grow with the period.
 */
export async function* laidAccesses(
	deps: Pick<Deps, 'database' | 'charters'>,
	{ charterId, period }: Scope,
	after: AccessCursor | null = null,
): AsyncGenerator<AccessInScope> {
	const { db } = deps.database
	const charters = await charterSpans(deps, charterId)
	const erased = await peopleWithErasedFacts(db)
	const between = { charterId, from: new Date(period.from), until: new Date(period.until) }
	for (let cursor = after; ;) {
		const rows = await accessesBetween(db, between, { after: cursor, limit: BATCH })
		const facts = await factsOf(
			db,
			rows.map(({ personId }) => personId),
		)
		for (const row of rows) {
			const access = intervalOf(row)
			if (access.from >= period.until || (access.until !== null && access.until < period.from)) continue
			const known = erased.has(row.personId) ? null : (facts.get(row.personId) ?? null)
			const { personId, context } = row
			const laid = layAccess(
				{
					personId,
					// Of what was not there the tenant takes no removal.
					isConfirmed: context.startsAt !== null || row.removalTakenAt !== null,
					access,
					breakGlass: row.breakGlass === null ? null : row.breakGlass === 'reviewed' ? 'reviewed' : 'owed',
				},
				{ charters, facts: known, period },
			)
			yield { row, access, laid }
		}
		const last = rows.at(-1)
		if (!last || rows.length < BATCH) return
		cursor = { createdAt: last.createdAt, grantId: last.grantId }
	}
}

/** From the tenant's word on, or where it gave none from when it was asked; until it confirmed the end. */
function intervalOf({ role, createdAt, context }: AccessRow): AccessInterval {
	const { startsAt, endsAt, durationMs, closedAt } = context
	const sentAt = endsAt === null ? createdAt.toISOString() : plusMs(endsAt, -durationMs)
	return { role, from: startsAt ?? sentAt, until: closedAt }
}
